#include "polytask/data/hdf5_writer.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <limits>

#include "polytask/data/hdf5_reader.h"
#include "tests/data/raw_hdf5.h"
#include "tests/data/small_dataset.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

DatasetPtr colourful(PixelType pixels = PixelType::uint8) {
  return test::small_dataset({.height = 4,
                              .width = 5,
                              .channels = 3,
                              .pixels = pixels,
                              .labels = {"sea", "sunset"}},
                             3, {1, 0, 0, 1, 1, 1});
}

// Three channels, no labels.
DatasetPtr unlabelled(int height, int width, std::int64_t size) {
  return test::small_dataset(
      {.height = height, .width = width, .channels = 3, .labels = {}}, size,
      {});
}

void expect_equal(const Dataset& found, const Dataset& expected) {
  ASSERT_EQ(found.size(), expected.size());
  EXPECT_EQ(found.spec().height, expected.spec().height);
  EXPECT_EQ(found.spec().width, expected.spec().width);
  EXPECT_EQ(found.spec().channels, expected.spec().channels);
  EXPECT_EQ(found.spec().pixels, expected.spec().pixels);
  EXPECT_EQ(found.spec().labels, expected.spec().labels);
  for (std::int64_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(test::image_of(found, i), test::image_of(expected, i));
    EXPECT_EQ(test::targets_of(found, i), test::targets_of(expected, i));
  }
}

// Files of the folder, hidden ones too.
std::size_t count_files(const test::TemporaryFolder& folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    count += entry.is_regular_file() ? 1 : 0;
  }
  return count;
}

// While it lives, no process of this one writes files beyond `bytes`: what a
// full disk looks like without one.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_ = {};
};

TEST(Hdf5Writer, WhatIsWrittenIsReadBack) {
  const test::TemporaryFolder folder;
  for (const PixelType pixels : {PixelType::uint8, PixelType::float32}) {
    for (const bool channels_last : {false, true}) {
      for (const bool compress : {false, true}) {
        const DatasetPtr data = colourful(pixels);
        write_hdf5(*data, folder / "a.h5",
                   {.channels_last = channels_last, .compress = compress});
        expect_equal(*read_hdf5(folder / "a.h5"), *data);
      }
    }
  }
}

TEST(Hdf5Writer, UsesTheLayoutOfThePost) {
  const test::TemporaryFolder folder;
  write_hdf5(*colourful(), folder / "a.h5");
  const Hdf5Handle file(
      H5Fopen((folder / "a.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT),
      H5Fclose);
  for (const std::string name : {"x", "y"}) {
    const Hdf5Handle dataset(H5Dopen2(file.get(), name.c_str(), H5P_DEFAULT),
                             H5Dclose);
    const Hdf5Handle type(H5Dget_type(dataset.get()), H5Tclose);
    const Hdf5Handle space(H5Dget_space(dataset.get()), H5Sclose);
    EXPECT_EQ(hdf5_type_name(type.get()), "uint8");
    H5O_info_t info;
    H5Oget_info2(dataset.get(), &info, H5O_INFO_TIME);
    EXPECT_EQ(info.ctime, 0) << "the time of writing would change the bytes";
    std::vector<hsize_t> shape(name == "x" ? 4 : 2);
    H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr);
    EXPECT_EQ(shape, name == "x" ? (std::vector<hsize_t>{3, 3, 4, 5})
                                 : (std::vector<hsize_t>{3, 2}));
  }
}

TEST(Hdf5Writer, MissingLabelsStayMissing) {
  const test::TemporaryFolder folder;
  const DatasetPtr data = test::labelled({"sea"}, {1.0f, kMissing, 0.0f});
  write_hdf5(*data, folder / "a.h5", {.channels_last = true});
  const DatasetPtr found =
      read_hdf5(folder / "a.h5", {.layout = ImageLayout::nhwc});
  EXPECT_EQ(test::targets_of(*found, 0)[0], 1.0f);
  EXPECT_TRUE(std::isnan(test::targets_of(*found, 1)[0]));
  EXPECT_EQ(test::targets_of(*found, 2)[0], 0.0f);
}

TEST(Hdf5Writer, WithoutLabelsThereIsNoLabelsDataset) {
  const test::TemporaryFolder folder;
  const DatasetPtr data = unlabelled(2, 2, 2);
  write_hdf5(*data, folder / "a.h5");
  expect_equal(*read_hdf5(folder / "a.h5", {.require_labels = false}), *data);
}

TEST(Hdf5Writer, ManyChunksAreReadBack) {
  const test::TemporaryFolder folder;
  const DatasetPtr data = unlabelled(300, 301, 11);  // 3 a chunk
  write_hdf5(*data, folder / "a.h5", {.compress = false});
  expect_equal(*read_hdf5(folder / "a.h5", {.require_labels = false}), *data);
}

TEST(Hdf5Writer, TheSameDataGivesTheSameBytes) {
  const test::TemporaryFolder folder;
  write_hdf5(*colourful(), folder / "a.h5");
  write_hdf5(*colourful(), folder / "b.h5");
  EXPECT_EQ(test::read_bytes(folder / "a.h5"),
            test::read_bytes(folder / "b.h5"));
}

TEST(Hdf5Writer, AFullDiskLeavesTheOldFileAndNothingElse) {
  const test::TemporaryFolder folder;
  const DatasetPtr old = test::labelled({"sea"}, {1.0f, 0.0f});
  write_hdf5(*old, folder / "a.h5");
  const std::string before = test::read_bytes(folder / "a.h5");
  for (const rlim_t bytes : {0u, 1u, 100u, 2048u, 4096u, 100000u, 1000000u}) {
    const FullDisk disk(bytes);
    const DatasetPtr data = unlabelled(200, 200, 11);
    test::expect_error_parts(
        Fault::io, {"a.h5: cannot be written: File too large; nothing was"},
        [&] { write_hdf5(*data, folder / "a.h5", {.compress = false}); });
  }
  EXPECT_EQ(test::read_bytes(folder / "a.h5"), before);
  EXPECT_EQ(count_files(folder), 1u);
}

TEST(Hdf5Writer, ADiskThatIsFullAtTheVeryEndIsNoticed) {
  const test::TemporaryFolder folder;
  write_hdf5(*colourful(), folder / "a.h5");
  const rlim_t size = test::read_bytes(folder / "a.h5").size();
  for (const rlim_t bytes : {size / 8, size / 2, size - 8, size - 1}) {
    const FullDisk disk(bytes);
    test::expect_error_parts(Fault::io, {"b.h5: cannot be written"}, [&] {
      write_hdf5(*colourful(), folder / "b.h5");
    });
  }
  EXPECT_EQ(count_files(folder), 1u);
}

TEST(Hdf5Writer, AFolderThatIsNotThereIsAnError) {
  const test::TemporaryFolder folder;
  test::expect_error_parts(
      Fault::io, {"b.h5: cannot be written: No such file or directory"},
      [&] { write_hdf5(*colourful(), folder.path() / "sub" / "b.h5"); });
}

TEST(Hdf5Writer, ADirectoryIsNotReplaced) {
  const test::TemporaryFolder folder;
  std::filesystem::create_directory(folder / "sub");
  test::expect_error_parts(Fault::io, {"cannot be written: Is a directory"},
                           [&] { write_hdf5(*colourful(), folder / "sub"); });
  EXPECT_EQ(count_files(folder), 0u);
}

TEST(Hdf5Writer, NoImagesIsAnError) {
  const test::TemporaryFolder folder;
  const DatasetPtr none = unlabelled(2, 2, 0);
  test::expect_error_parts(Fault::shape, {"expected at least one image"},
                           [&] { write_hdf5(*none, folder / "a.h5"); });
  EXPECT_EQ(count_files(folder), 0u);
}

}  // namespace
}  // namespace polytask
