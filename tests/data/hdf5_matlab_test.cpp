// HDF5 files that MATLAB writes (version 7.3): 512 bytes of its own before the
// file, axes reversed, MATLAB_class on every variable.

#include <gtest/gtest.h>

#include <fstream>

#include "polytask/data/hdf5_reader.h"
#include "tests/data/raw_hdf5.h"
#include "tests/data/small_dataset.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

using test::counting;
using test::RawHdf5;

class MatlabFile : public ::testing::Test {
 protected:
  // A variable of this shape in the file; MATLAB's size is the reverse.
  static void add(RawHdf5& file, const std::string& name,
                  const std::vector<hsize_t>& shape,
                  const std::vector<unsigned char>& values) {
    file.add_bytes(name, shape, values);
    file.add_text(name, "MATLAB_class", "uint8");
  }

  // Fills the user block as MATLAB does.
  void add_header() {
    std::string header = "MATLAB 7.3 MAT-file, Platform: GLNXA64";
    header.resize(512, ' ');
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file << header;
  }

  void expect_cure(const std::string& text) {
    test::expect_error(Fault::data, path_.string() + ": " + text,
                       [&] { (void)read_hdf5(path_); });
  }

  test::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "a.mat";
};

std::vector<int> pixels_of(const Dataset& data, std::int64_t index) {
  std::vector<int> pixels;
  for (const std::byte b : test::image_of(data, index)) {
    pixels.push_back(static_cast<int>(b));
  }
  return pixels;
}

// x is 2 x 3 x 3 x 2 (H, W, C, N), counting in MATLAB's order: down the
// columns, then along, then by channel. Image 0 has red 0 2 4 / 1 3 5.
TEST_F(MatlabFile, ImagesAreUprightAndLabelsHaveARowEach) {
  {
    RawHdf5 file(path_, 512);
    add(file, "x", {2, 3, 3, 2}, counting(36));
    add(file, "y", {3, 2}, {1, 0, 0, 0, 0, 1});
  }
  add_header();
  const DatasetPtr data = read_hdf5(path_);
  EXPECT_EQ(data->size(), 2);
  EXPECT_EQ(data->spec().height, 2);
  EXPECT_EQ(data->spec().width, 3);
  EXPECT_EQ(data->spec().channels, 3);
  EXPECT_EQ(pixels_of(*data, 0),
            (std::vector<int>{0, 6, 12, 2, 8, 14, 4, 10, 16,  //
                              1, 7, 13, 3, 9, 15, 5, 11, 17}));
  EXPECT_EQ(pixels_of(*data, 1)[0], 18);
  // y is 2 x 3 in MATLAB: [1 0 0; 0 0 1].
  EXPECT_EQ(test::targets_of(*data, 0), (std::vector<float>{1, 0, 0}));
  EXPECT_EQ(test::targets_of(*data, 1), (std::vector<float>{0, 0, 1}));
}

TEST_F(MatlabFile, GreyImagesAndAColumnOfLabels) {
  {
    RawHdf5 file(path_, 512);
    add(file, "x", {2, 1, 3, 2}, counting(12));
    add(file, "y", {1, 2}, {1, 0});
  }
  const DatasetPtr data = read_hdf5(path_);
  EXPECT_EQ(pixels_of(*data, 0), (std::vector<int>{0, 2, 4, 1, 3, 5}));
  EXPECT_EQ(test::targets_of(*data, 0), (std::vector<float>{1}));
}

TEST_F(MatlabFile, AStructIsAGroupOfTasks) {
  {
    RawHdf5 file(path_, 512);
    add(file, "x", {2, 1, 3, 2}, counting(12));
    const Hdf5Handle group(
        H5Gcreate2(file.id(), "y", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
        H5Gclose);
    add(file, "y/weather", {1, 2}, {3, 4});
  }
  const DatasetPtr data = read_hdf5(path_);
  EXPECT_EQ(data->spec().labels, (std::vector<std::string>{"weather"}));
  EXPECT_EQ(test::targets_of(*data, 1), (std::vector<float>{4}));
}

TEST_F(MatlabFile, OtherOrdersAreRefusedWithTheCure) {
  const auto write = [&](const std::vector<hsize_t>& shape) {
    RawHdf5 file(path_, 512);
    add(file, "x", shape, {});
    add(file, "y", {1, 2}, {1, 0});
  };
  const std::string expected =
      "dataset \"x\": expected images of MATLAB as H x W x C x N, C = 1 or 3, "
      "found ";
  write({3, 6, 5, 2});
  expect_cure(expected +
              "2 x 5 x 6 x 3; from N x H x W x C in MATLAB: x = "
              "permute(x, [2 3 4 1])");
  write({6, 5, 3, 2});
  expect_cure(expected +
              "2 x 3 x 5 x 6; from N x C x H x W in MATLAB: x = "
              "permute(x, [3 4 2 1])");
  write({2, 6, 5, 3});
  expect_cure(expected +
              "3 x 5 x 6 x 2; from C x H x W x N in MATLAB: x = "
              "permute(x, [2 3 1 4])");
  write({2, 6, 5});
  expect_cure(expected +
              "5 x 6 x 2; in MATLAB: x = reshape(x, size(x, 1), "
              "size(x, 2), 1, [])");
}

TEST_F(MatlabFile, LabelsThatLieAreRefusedWithTheCure) {
  {
    RawHdf5 file(path_, 512);
    add(file, "x", {4, 1, 3, 2}, counting(24));
    add(file, "y", {4, 2}, {1, 0, 0, 0, 0, 1, 1, 1});
  }
  expect_cure("dataset \"y\": expected a row for each of the 4 images of " +
              path_.string() +
              ": dataset \"x\", found 2; transpose it, in MATLAB: y = y'");
}

// A user block alone changes nothing.
TEST_F(MatlabFile, WithoutItsClassAFileIsRead) {
  {
    RawHdf5 file(path_, 1024);
    file.add_bytes("x", {2, 3, 1, 2}, counting(12));
    file.add_bytes("y", {2, 1}, {1, 0});
  }
  EXPECT_EQ(pixels_of(*read_hdf5(path_), 0),
            (std::vector<int>{0, 2, 4, 1, 3, 5}));
}

}  // namespace
}  // namespace polytask
