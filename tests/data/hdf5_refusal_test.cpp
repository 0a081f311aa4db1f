// What read_hdf5 says of files that are well-formed HDF5 but no data set.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <limits>

#include "polytask/base/text.h"
#include "polytask/data/hdf5_reader.h"
#include "tests/data/raw_hdf5.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

using test::counting;
using test::RawHdf5;

class Hdf5Refusal : public ::testing::Test {
 protected:
  // Expects the message "PATH: dataset "x": `text`".
  void expect(Fault fault, const std::string& dataset, const std::string& text,
              const Hdf5Options& options = {}) {
    test::expect_error(fault,
                       cat(path_.string(), ": dataset \"", dataset, "\"", text),
                       [&] { (void)read_hdf5(path_, options); });
  }

  void expect_parts(Fault fault, std::vector<std::string> parts,
                    const Hdf5Options& options = {}) {
    parts.push_back(path_.string());
    test::expect_error_parts(fault, parts,
                             [&] { (void)read_hdf5(path_, options); });
  }

  // Two grey images of 2 x 4 pixels, and labels of any shape.
  void write(const std::vector<hsize_t>& shape,
             const std::vector<double>& labels) {
    RawHdf5 file(path_);
    file.add_bytes("x", {2, 1, 2, 4}, counting(16));
    file.add_reals("y", shape, labels);
  }

  void write_images(const std::vector<hsize_t>& shape, hid_t type) {
    RawHdf5 file(path_);
    file.add<double>("x", shape, {}, H5T_NATIVE_DOUBLE, type);
    file.add_bytes("y", {2}, {0, 1});
  }

  test::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "a.h5";
};

TEST_F(Hdf5Refusal, NoSuchFile) {
  expect_parts(Fault::io, {": expected a file, found nothing; check the path"});
}

TEST_F(Hdf5Refusal, ADirectory) {
  path_ = folder_.path();
  expect_parts(Fault::io, {"expected an HDF5 file, found a directory"});
}

TEST_F(Hdf5Refusal, APipeIsNotWaitedFor) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  expect_parts(Fault::io, {"found a device or pipe"});
}

TEST_F(Hdf5Refusal, AnotherKindOfFile) {
  const auto expect_found = [&](const char* content, const char* words) {
    test::write_bytes(path_, content);
    expect_parts(Fault::data,
                 {std::string(": expected an HDF5 file, found ") + words});
  };
  expect_found("", "an empty file");
  expect_found("\x89PNG\r\n\x1a\n", "a PNG image");
  expect_found("a,b\n1,2\n", "a table (CSV); give the folder of its images");
}

TEST_F(Hdf5Refusal, AMissingDatasetListsThoseThatAreThere) {
  {
    RawHdf5 file(path_);
    const Hdf5Handle group(
        H5Gcreate2(file.id(), "g", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
        H5Gclose);
    file.add_bytes("g/images", {1, 1, 2, 2}, counting(4));
    file.add_reals("targets", {1}, {1.0});
  }
  const std::string there =
      "it is not there; the file has \"g/images\" (1, 1, 2, 2) uint8, "
      "\"targets\" (1,) float64; say which one with the option ";
  expect(Fault::data, "x", ": " + there + "images");
  expect(Fault::data, "y", ": " + there + "labels", {.images = "g/images"});
  expect(Fault::data, "q/x", ": " + there + "images", {.images = "q/x"});
}

TEST_F(Hdf5Refusal, AnEmptyFileHasNoDataset) {
  { RawHdf5 file(path_); }
  expect(Fault::data, "x",
         ": it is not there; the file has no dataset at all; say which one "
         "with the option images");
}

TEST_F(Hdf5Refusal, AGroupIsNoDataset) {
  {
    RawHdf5 file(path_);
    const Hdf5Handle group(
        H5Gcreate2(file.id(), "x", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
        H5Gclose);
  }
  expect_parts(Fault::data, {"dataset \"x\": it cannot be opened as a dataset",
                             "the file has no dataset at all"});
}

TEST_F(Hdf5Refusal, ImagesAndLabelsOfDifferentLength) {
  write({3, 2}, {0, 1, 0, 1, 0, 1});
  expect(Fault::data, "y",
         cat(": expected a row for each of the 2 images of ", path_.string(),
             ": dataset \"x\", found 3; images and labels must be of one "
             "length"));
}

TEST_F(Hdf5Refusal, LabelsOfTheWrongRank) {
  write({2, 2, 2}, {0, 1, 0, 1, 0, 1, 0, 1});
  expect(Fault::data, "y",
         ": expected labels of shape (N, L) or (N,), found (2, 2, 2)");
}

TEST_F(Hdf5Refusal, NoLabelsAtAll) {
  write({2, 0}, {});
  expect(Fault::data, "y", ": expected 1 to 65536 labels, found shape (2, 0)");
}

TEST_F(Hdf5Refusal, ALabelThatIsNeitherZeroOneNorMissing) {
  write({2, 2}, {0, 1, 0.5, -1});
  expect(Fault::data, "y",
         ": expected 0, 1 or missing (-1 or NaN) in every cell, found:\n"
         "  - row 1, column 0 (\"label_0\"): 0.5");
}

TEST_F(Hdf5Refusal, InfinityIsNoLabel) {
  write({2, 1}, {0, std::numeric_limits<double>::infinity()});
  expect_parts(Fault::data, {"row 1, column 0 (\"label_0\"): inf"});
}

TEST_F(Hdf5Refusal, OfManyWrongLabelsTheFirstFiveAreShown) {
  {
    RawHdf5 file(path_);
    file.add_bytes("x", {9, 1, 1, 4}, counting(36));
    file.add_reals("y", {9, 2},
                   {2, 3, 0, 1, 4, 0, 0, 5, 6, 0, 7, 7, 0, 1, 8, 0, 9, 9});
  }
  expect(Fault::data, "y",
         ": expected 0, 1 or missing (-1 or NaN) in every cell, found:\n"
         "  - row 0, column 0 (\"label_0\"): 2\n"
         "  - row 0, column 1 (\"label_1\"): 3\n"
         "  - row 2, column 0 (\"label_0\"): 4\n"
         "  - row 3, column 1 (\"label_1\"): 5\n"
         "  - row 4, column 0 (\"label_0\"): 6\n"
         "  and in 3 more rows");
}

TEST_F(Hdf5Refusal, LabelsThatAreText) {
  const Hdf5Handle text(H5Tcopy(H5T_C_S1), H5Tclose);
  {
    RawHdf5 file(path_);
    file.add_bytes("x", {2, 1, 2, 4}, counting(16));
    file.add_bytes("unused", {1}, {1});
    file.add<char>("y", {2, 1}, {}, text.get(), text.get());
  }
  expect(Fault::data, "y",
         ": expected labels of an integer, float or bool type, found text");
}

TEST_F(Hdf5Refusal, FewerOrMoreNamesThanLabels) {
  write({2, 2}, {0, 1, 0, 1});
  const std::string text =
      ": the label names do not fit; put them right or give others with the "
      "option label_names:\n  - expected one name a label, 2, found ";
  expect(Fault::config, "y", text + "1", {.label_names = {"sea"}});
  expect(Fault::config, "y", text + "3", {.label_names = {"a", "b", "c"}});
}

TEST_F(Hdf5Refusal, AnAttributeWithTooFewNames) {
  {
    RawHdf5 file(path_);
    file.add_bytes("x", {2, 1, 2, 4}, counting(16));
    file.add_bytes("y", {2, 2}, {0, 1, 0, 1});
    file.add_names("y", "names", {"sea"}, 0);
  }
  expect(Fault::data, "y",
         ", attribute \"names\": the label names do not fit; put them right "
         "or give others with the option label_names:\n"
         "  - expected one name a label, 2, found 1");
}

TEST_F(Hdf5Refusal, ImagesOfTheWrongRank) {
  write_images({2, 5, 5}, H5T_STD_U8LE);
  expect(Fault::data, "x",
         ": expected images of shape (N, C, H, W) or (N, H, W, C), found (2, "
         "5, 5); give grey images a channel axis: reshape to (N, 1, H, W)");
}

TEST_F(Hdf5Refusal, ImagesOfTheWrongType) {
  write_images({2, 3, 5, 5}, H5T_STD_I64LE);
  expect(Fault::data, "x",
         ": expected images of uint8 or a float type, found int64; convert "
         "them, in Python: x.astype(\"uint8\") keeps values of 0 to 255 and no "
         "others, larger ones take (x / largest).astype(\"float32\"), divided "
         "by the largest value that can occur");
  write_images({2, 3, 5, 5}, H5T_STD_U16LE);
  expect_parts(
      Fault::data,
      {"found uint16", "larger ones take (x / 65535).astype(\"float32\")"});
  write_images({2, 3, 5, 5}, H5T_STD_I8LE);
  expect_parts(Fault::data, {"found int8"});
}

TEST_F(Hdf5Refusal, NoChannelAxis) {
  write_images({2, 4, 5, 5}, H5T_STD_U8LE);
  expect(Fault::data, "x",
         ": expected 1 or 3 channels on the second or on the last axis, found "
         "shape (2, 4, 5, 5)");
}

TEST_F(Hdf5Refusal, AnAmbiguousLayoutSaysHowToDecide) {
  write_images({2, 3, 5, 3}, H5T_STD_U8LE);
  expect(Fault::data, "x",
         ": shape (2, 3, 5, 3) can be read both as (N, C, H, W) and as (N, H, "
         "W, C); say which with the option layout: nchw or nhwc");
}

TEST_F(Hdf5Refusal, ALayoutThatDoesNotFit) {
  write_images({2, 3, 5, 5}, H5T_STD_U8LE);
  expect(Fault::data, "x",
         ": layout is nhwc: expected 1 or 3 channels on the last axis, found "
         "shape (2, 3, 5, 5)",
         {.layout = ImageLayout::nhwc});
  write_images({2, 5, 5, 3}, H5T_STD_U8LE);
  expect(Fault::data, "x",
         ": layout is nchw: expected 1 or 3 channels on the second axis, "
         "found shape (2, 5, 5, 3)",
         {.layout = ImageLayout::nchw});
}

TEST_F(Hdf5Refusal, NoImages) {
  write_images({0, 3, 5, 5}, H5T_STD_U8LE);
  expect(Fault::data, "x",
         ": expected at least one image of at least one pixel, found shape "
         "(0, 3, 5, 5)");
}

TEST_F(Hdf5Refusal, PixelsThatAreNotFinite) {
  std::vector<double> values(7 * 4, 0.5);
  values[4] = std::numeric_limits<double>::quiet_NaN();
  values[11] = std::numeric_limits<double>::infinity();
  {
    RawHdf5 file(path_);
    file.add_reals("x", {7, 1, 1, 4}, values);
    file.add_bytes("y", {7}, std::vector<unsigned char>(7, 0));
  }
  expect(Fault::data, "x",
         ": expected pixels that are finite float32 numbers, found NaN or "
         "infinity in row 1, row 2; leave these images out or repair them");
}

TEST_F(Hdf5Refusal, AFloat64BeyondFloat32IsNotFinite) {
  {
    RawHdf5 file(path_);
    file.add_reals("x", {1, 1, 1, 2}, {1e300, 0});
    file.add_bytes("y", {1}, {0});
  }
  expect_parts(Fault::data, {"NaN or infinity in row 0;"});
}

TEST_F(Hdf5Refusal, LinksToElsewhere) {
  {
    RawHdf5 file(path_);
    file.add_bytes("real", {2, 1, 2, 4}, counting(16));
    H5Lcreate_external("other.h5", "/x", file.id(), "outside", H5P_DEFAULT,
                       H5P_DEFAULT);
  }
  const std::string text =
      " is a link to elsewhere, which is not followed; store the data itself "
      "there";
  expect(Fault::data, "outside", ": \"outside\"" + text, {.images = "outside"});
}

TEST_F(Hdf5Refusal, ExternalStorage) {
  const Hdf5Handle plist(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_external(plist.get(), "/etc/hostname", 0, 16);
  {
    RawHdf5 file(path_);
    file.add_bytes("x", {2, 1, 2, 4}, {}, plist.get());
  }
  expect_parts(Fault::data, {"its data is in other files"});
}

TEST_F(Hdf5Refusal, AVirtualDataset) {
  const Hdf5Handle plist(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  const hsize_t shape[] = {2, 1, 2, 4};
  const Hdf5Handle space(H5Screate_simple(4, shape, nullptr), H5Sclose);
  H5Pset_virtual(plist.get(), space.get(), "other.h5", "x", space.get());
  {
    RawHdf5 file(path_);
    file.add_bytes("x", {2, 1, 2, 4}, {}, plist.get());
  }
  expect_parts(Fault::data, {"it is virtual, made of other files"});
}

TEST_F(Hdf5Refusal, DataThatExpandsBeyondReason) {
  const Hdf5Handle plist(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  const hsize_t chunk[] = {1, 1, 1000, 1000};
  H5Pset_chunk(plist.get(), 4, chunk);
  {
    RawHdf5 file(path_);
    file.add_bytes("x", {1000000, 1, 1000, 1000}, {}, plist.get());
    file.add_bytes("y", {1}, {0});
  }
  expect_parts(Fault::data, {"its shape (1000000, 1, 1000, 1000) declares more "
                             "than 1000 times the"});
}

TEST_F(Hdf5Refusal, AShapeWhoseProductOverflows) {
  const Hdf5Handle plist(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  const hsize_t chunk[] = {1, 1, 1, 1};
  H5Pset_chunk(plist.get(), 4, chunk);
  const hsize_t huge = hsize_t{1} << 31;
  {
    RawHdf5 file(path_);
    file.add_bytes("x", {huge, huge, huge, 3}, {}, plist.get());
  }
  expect_parts(Fault::data, {"declares more than 1000 times"});
}

TEST_F(Hdf5Refusal, NamesOfTheFileAreQuotedWithoutControlCharacters) {
  {
    RawHdf5 file(path_);
    file.add_bytes("\x1b[31mred", {1}, {0});
  }
  expect_parts(Fault::data, {"the file has \"?[31mred\" (1,) uint8"});
}

}  // namespace
}  // namespace polytask
