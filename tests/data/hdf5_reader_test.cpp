#include "polytask/data/hdf5_reader.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/data/raw_hdf5.h"
#include "tests/data/small_dataset.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

using test::counting;
using test::RawHdf5;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

class Hdf5Reader : public ::testing::Test {
 protected:
  // Two images of 3 channels, 2 x 4 pixels.
  static void add_images(RawHdf5& file) {
    file.add_bytes("x", {2, 3, 2, 4}, counting(48));
  }

  void expect_targets(const DatasetPtr& data, std::vector<float> expected) {
    std::vector<float> found;
    for (std::int64_t i = 0; i < data->size(); ++i) {
      for (const float t : test::targets_of(*data, i)) {
        found.push_back(std::isnan(t) ? -1.0f : t);
      }
    }
    EXPECT_EQ(found, expected);
  }

  test::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "a.h5";
};

std::vector<unsigned char> bytes_of(const Dataset& data, std::int64_t index) {
  std::vector<unsigned char> bytes;
  for (const std::byte b : test::image_of(data, index)) {
    bytes.push_back(static_cast<unsigned char>(b));
  }
  return bytes;
}

std::vector<float> reals_of(const Dataset& data, std::int64_t index) {
  std::vector<float> reals(data.spec().values_per_image());
  data.read_image(index, std::as_writable_bytes(std::span(reals)));
  return reals;
}

TEST_F(Hdf5Reader, MovesChannelsLast) {
  {
    RawHdf5 file(path_);
    file.add_bytes("x", {2, 3, 1, 2}, counting(12));
    file.add_bytes("y", {2, 1}, {1, 0});
  }
  const DatasetPtr data = read_hdf5(path_);
  EXPECT_EQ(data->size(), 2);
  EXPECT_EQ(data->spec().height, 1);
  EXPECT_EQ(data->spec().width, 2);
  EXPECT_EQ(data->spec().channels, 3);
  EXPECT_EQ(data->spec().pixels, PixelType::uint8);
  EXPECT_EQ(bytes_of(*data, 0), (std::vector<unsigned char>{0, 2, 4, 1, 3, 5}));
  EXPECT_EQ(bytes_of(*data, 1),
            (std::vector<unsigned char>{6, 8, 10, 7, 9, 11}));
  EXPECT_EQ(data->image_name(1), "a.h5[1]");
}

TEST_F(Hdf5Reader, KeepsChannelsThatAreLast) {
  {
    RawHdf5 file(path_);
    file.add_bytes("x", {1, 2, 2, 3}, counting(12));
    file.add_bytes("y", {1, 1}, {1});
  }
  const DatasetPtr data = read_hdf5(path_);
  EXPECT_EQ(data->spec().height, 2);
  EXPECT_EQ(data->spec().channels, 3);
  EXPECT_EQ(bytes_of(*data, 0), counting(12));
}

TEST_F(Hdf5Reader, ReadsGreyImagesInBothLayouts) {
  {
    RawHdf5 file(path_);
    file.add_bytes("first", {1, 1, 2, 4}, counting(8));
    file.add_bytes("last", {1, 2, 4, 1}, counting(8));
    file.add_bytes("y", {1}, {1});
  }
  for (const char* name : {"first", "last"}) {
    const DatasetPtr data = read_hdf5(path_, {.images = name});
    EXPECT_EQ(data->spec().height, 2);
    EXPECT_EQ(data->spec().width, 4);
    EXPECT_EQ(data->spec().channels, 1);
    EXPECT_EQ(bytes_of(*data, 0), counting(8));
  }
}

TEST_F(Hdf5Reader, KeepsEveryFloatTypeAsFloat32) {
  const std::vector<double> values{0.5, -1, 2, 3, 4, 5};
  {
    RawHdf5 file(path_);
    file.add_reals("f64", {1, 3, 1, 2}, values);
    file.add_reals("f32", {1, 3, 1, 2}, values, H5T_IEEE_F32LE);
    file.add_reals("big", {1, 3, 1, 2}, values, H5T_IEEE_F32BE);
    file.add_bytes("y", {1}, {1});
  }
  for (const char* name : {"f64", "f32", "big"}) {
    const DatasetPtr data = read_hdf5(path_, {.images = name});
    EXPECT_EQ(data->spec().pixels, PixelType::float32);
    EXPECT_EQ(reals_of(*data, 0), (std::vector<float>{0.5, 2, 4, -1, 3, 5}));
  }
}

TEST_F(Hdf5Reader, ReadsCompressedChunksThatDoNotDivideTheShape) {
  const std::size_t count = 7 * 3 * 5 * 6;
  const Hdf5Handle plist(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  const hsize_t chunk[] = {2, 2, 3, 4};
  H5Pset_chunk(plist.get(), 4, chunk);
  H5Pset_shuffle(plist.get());
  H5Pset_deflate(plist.get(), 6);
  {
    RawHdf5 file(path_);
    file.add_bytes("chunked", {7, 3, 5, 6}, counting(count), plist.get());
    file.add_bytes("plain", {7, 3, 5, 6}, counting(count));
    file.add_bytes("y", {7}, std::vector<unsigned char>(7, 1));
  }
  const DatasetPtr chunked = read_hdf5(path_, {.images = "chunked"});
  const DatasetPtr plain = read_hdf5(path_, {.images = "plain"});
  for (std::int64_t i = 0; i < 7; ++i) {
    EXPECT_EQ(bytes_of(*chunked, i), bytes_of(*plain, i));
  }
}

TEST_F(Hdf5Reader, ReadsMoreThanOneSlab) {
  const std::size_t count = 100 * 3 * 200 * 200;  // 12 MB, slabs of 4 MiB
  {
    RawHdf5 file(path_);
    file.add_bytes("x", {100, 3, 200, 200}, counting(count));
    file.add_bytes("y", {100}, std::vector<unsigned char>(100, 0));
  }
  const DatasetPtr data = read_hdf5(path_);
  for (std::int64_t i = 0; i < 100; ++i) {
    const auto bytes = bytes_of(*data, i);
    const std::size_t first = static_cast<std::size_t>(i) * 120000;
    EXPECT_EQ(bytes[0], first % 256);
    EXPECT_EQ(bytes[1], (first + 40000) % 256);
    EXPECT_EQ(bytes[119999], (first + 119999) % 256);
  }
}

TEST_F(Hdf5Reader, ReadsLabelsOfEveryNumberType) {
  {
    RawHdf5 file(path_);
    add_images(file);
    const std::vector<double> values{0, 1, -1, 1};
    file.add_reals("i8", {2, 2}, values, H5T_STD_I8LE);
    file.add_reals("i64", {2, 2}, values, H5T_STD_I64BE);
    file.add_reals("f32", {2, 2}, values, H5T_IEEE_F32LE);
    file.add_reals("f64", {2, 2}, {0, 1, kNaN, 1});
  }
  for (const char* name : {"i8", "i64", "f32", "f64"}) {
    SCOPED_TRACE(name);
    expect_targets(read_hdf5(path_, {.labels = name}), {0, 1, -1, 1});
  }
}

TEST_F(Hdf5Reader, ReadsLabelsOfTheBoolTypeOfPython) {
  const Hdf5Handle type(H5Tenum_create(H5T_NATIVE_INT8), H5Tclose);
  const signed char no = 0;
  const signed char yes = 1;
  H5Tenum_insert(type.get(), "FALSE", &no);
  H5Tenum_insert(type.get(), "TRUE", &yes);
  {
    RawHdf5 file(path_);
    add_images(file);
    file.add<signed char>("y", {2, 2}, {1, 0, 0, 1}, type.get(), type.get());
  }
  expect_targets(read_hdf5(path_), {1, 0, 0, 1});
}

TEST_F(Hdf5Reader, OneAxisOfLabelsIsOneLabel) {
  {
    RawHdf5 file(path_);
    add_images(file);
    file.add_bytes("y", {2}, {1, 0});
  }
  const DatasetPtr data = read_hdf5(path_);
  EXPECT_EQ(data->spec().labels, std::vector<std::string>{"label_0"});
  expect_targets(data, {1, 0});
}

TEST_F(Hdf5Reader, TakesLabelNamesFromAnAttribute) {
  const std::vector<std::string> names{"sea", "mountains"};
  for (const char* attribute : {"labels", "label_names", "names"}) {
    for (const std::size_t width : {0u, 12u, 9u}) {
      {
        RawHdf5 file(path_);
        add_images(file);
        file.add_bytes("y", {2, 2}, {1, 0, 0, 1});
        file.add_names("y", attribute, names, width);
      }
      EXPECT_EQ(read_hdf5(path_)->spec().labels, names);
    }
  }
}

TEST_F(Hdf5Reader, ChosenLabelNamesWinOverTheAttribute) {
  {
    RawHdf5 file(path_);
    add_images(file);
    file.add_bytes("y", {2, 2}, {1, 0, 0, 1});
    file.add_names("y", "labels", {"a", "b"}, 0);
  }
  const DatasetPtr data = read_hdf5(path_, {.label_names = {"c", "d"}});
  EXPECT_EQ(data->spec().labels, (std::vector<std::string>{"c", "d"}));
}

TEST_F(Hdf5Reader, NamesFindDatasetsInGroups) {
  {
    RawHdf5 file(path_);
    const Hdf5Handle group(
        H5Gcreate2(file.id(), "train", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
        H5Gclose);
    file.add_bytes("train/x", {1, 1, 2, 2}, counting(4));
    file.add_bytes("train/y", {1}, {1});
  }
  for (const std::string root : {"", "/"}) {
    const DatasetPtr data = read_hdf5(
        path_, {.images = root + "train/x", .labels = root + "train/y"});
    EXPECT_EQ(bytes_of(*data, 0), counting(4));
  }
}

TEST_F(Hdf5Reader, AGroupHoldsADatasetATask) {
  {
    RawHdf5 file(path_);
    add_images(file);
    const Hdf5Handle group(
        H5Gcreate2(file.id(), "y", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
        H5Gclose);
    file.add_bytes("y/objects", {2, 2}, {1, 0, 0, 1});
    file.add_names("y/objects", "labels", {"car", "sign"}, 0);
    file.add_reals("y/distance", {2}, {12.5, kNaN});
    file.add<signed char>("y/weather", {2}, {2, -1}, H5T_STD_I8LE,
                          H5T_NATIVE_SCHAR);
    file.add_names("y/weather", "classes", {"clear", "fog", "rain"}, 0);
  }
  const DatasetPtr data = read_hdf5(path_, {.values = CellValues::numbers});
  EXPECT_EQ(data->spec().labels,
            (std::vector<std::string>{"distance", "objects/car", "objects/sign",
                                      "weather"}));
  EXPECT_EQ(data->spec().classes,
            (std::vector<ColumnClasses>{
                {.column = "weather", .names = {"clear", "fog", "rain"}}}));
  const std::vector<float> first = test::targets_of(*data, 0);
  EXPECT_EQ(first, (std::vector<float>{12.5f, 1, 0, 2}));
  const std::vector<float> second = test::targets_of(*data, 1);
  EXPECT_TRUE(std::isnan(second[0]));
  EXPECT_EQ(second[3], -1.0f);
}

TEST_F(Hdf5Reader, LabelsMayBeAbsentWhenTheyAreNotRequired) {
  {
    RawHdf5 file(path_);
    add_images(file);
  }
  const DatasetPtr data = read_hdf5(path_, {.require_labels = false});
  EXPECT_EQ(data->size(), 2);
  EXPECT_TRUE(data->spec().labels.empty());
  EXPECT_EQ(test::image_of(*data, 1).size(), 24u);
}

TEST_F(Hdf5Reader, TheLayoutOptionDecidesWhatIsAmbiguous) {
  {
    RawHdf5 file(path_);
    file.add_bytes("x", {1, 3, 2, 3}, counting(18));
    file.add_bytes("y", {1}, {1});
  }
  const DatasetPtr first = read_hdf5(path_, {.layout = ImageLayout::nchw});
  EXPECT_EQ(first->spec().height, 2);
  EXPECT_EQ(first->spec().width, 3);
  const DatasetPtr last = read_hdf5(path_, {.layout = ImageLayout::nhwc});
  EXPECT_EQ(last->spec().height, 3);
  EXPECT_EQ(last->spec().width, 2);
}

TEST_F(Hdf5Reader, ImagesOutliveTheFile) {
  {
    RawHdf5 file(path_);
    add_images(file);
    file.add_bytes("y", {2}, {1, 0});
  }
  const DatasetPtr data = read_hdf5(path_);
  std::filesystem::remove(path_);
  EXPECT_EQ(bytes_of(*data, 1)[0], 24);
}

}  // namespace
}  // namespace polytask
