// How HDF5 files are stored: chunks, links, room that was never filled.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "polytask/data/hdf5_reader.h"
#include "tests/data/raw_hdf5.h"
#include "tests/data/small_dataset.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

using test::counting;
using test::RawHdf5;

class Hdf5Storage : public ::testing::Test {
 protected:
  void expect_refusal(const std::string& text) {
    test::expect_error(Fault::data, path_.string() + ": " + text,
                       [&] { (void)read_hdf5(path_); });
  }

  test::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "a.h5";
};

Hdf5Handle chunked(const std::vector<hsize_t>& chunk, bool gzip = false) {
  Hdf5Handle plist(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_chunk(plist.get(), static_cast<int>(chunk.size()), chunk.data());
  if (gzip) H5Pset_deflate(plist.get(), 1);
  return plist;
}

// 0, 1 and missing, different in every row and column.
signed char label(std::size_t row, std::size_t column) {
  return static_cast<signed char>((row * 7 + column * 5 + row / 11) % 3) - 1;
}

std::vector<signed char> labels(std::size_t rows, std::size_t columns) {
  std::vector<signed char> all;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t c = 0; c < columns; ++c) all.push_back(label(i, c));
  }
  return all;
}

void expect_labels(const Dataset& data, std::size_t columns) {
  std::size_t wrong = 0;
  for (std::int64_t i = 0; i < data.size(); ++i) {
    const std::vector<float> row = test::targets_of(data, i);
    ASSERT_EQ(row.size(), columns);
    for (std::size_t c = 0; c < columns; ++c) {
      const auto expected =
          static_cast<float>(label(static_cast<std::size_t>(i), c));
      const float found = std::isnan(row[c]) ? -1.0f : row[c];
      if (found != expected) ++wrong;
    }
  }
  EXPECT_EQ(wrong, 0u);
}

// Chunks of a million labels, more of them side by side than a cache holds:
// each unpacked once for every few rows took longer than the worker may.
TEST_F(Hdf5Storage, WideTablesInLargeChunksAreUnpackedOnce) {
  {
    RawHdf5 file(path_);
    file.add_bytes("x", {2000, 1, 1, 2}, counting(4000));
    file.add("y", {2000, 10000}, labels(2000, 10000), H5T_NATIVE_INT8,
             H5T_STD_I8LE, chunked({1000, 1000}, true).get());
  }
  expect_labels(*read_hdf5(path_), 10000);
}

TEST_F(Hdf5Storage, ChunksOfEveryShapeGiveTheSameTable) {
  const std::vector<std::vector<hsize_t>> shapes{
      {1, 1}, {1, 130}, {700, 1}, {7, 13}, {699, 129}, {700, 130}, {512, 64}};
  for (const std::vector<hsize_t>& shape : shapes) {
    {
      RawHdf5 file(path_);
      file.add_bytes("x", {700, 1, 1, 2}, counting(1400));
      file.add("y", {700, 130}, labels(700, 130), H5T_NATIVE_INT8, H5T_STD_I8LE,
               chunked(shape, true).get());
    }
    SCOPED_TRACE(shape[0] * 1000 + shape[1]);
    expect_labels(*read_hdf5(path_), 130);
  }
}

// More labels than are read at once, in bands of chunks that are cut.
TEST_F(Hdf5Storage, LongTablesAreReadInParts) {
  {
    RawHdf5 file(path_);
    file.add_bytes("x", {30000, 1, 1, 2}, counting(60000));
    file.add("y", {30000, 50}, labels(30000, 50), H5T_NATIVE_INT8, H5T_STD_I8LE,
             chunked({7001, 50}).get());
  }
  expect_labels(*read_hdf5(path_), 50);
}

TEST_F(Hdf5Storage, WrongCellsAreTheFirstByRowWhateverTheChunks) {
  std::vector<signed char> values(600 * 600, 0);
  values[0 * 600 + 599] = 7;
  values[2 * 600 + 1] = 8;
  values[2 * 600 + 300] = 9;
  values[500 * 600 + 0] = 10;
  values[501 * 600 + 0] = 11;
  values[502 * 600 + 0] = 12;
  {
    RawHdf5 file(path_);
    file.add_bytes("x", {600, 1, 1, 2}, counting(1200));
    file.add("y", {600, 600}, values, H5T_NATIVE_INT8, H5T_STD_I8LE,
             chunked({600, 10}).get());
  }
  expect_refusal(
      "dataset \"y\": expected 0, 1 or missing (-1 or NaN) in every cell, "
      "found:\n  - row 0, column 599 (\"label_599\"): 7"
      "\n  - row 2, column 1 (\"label_1\"): 8"
      "\n  - row 2, column 300 (\"label_300\"): 9"
      "\n  - row 500, column 0 (\"label_0\"): 10"
      "\n  - row 501, column 0 (\"label_0\"): 11"
      "\n  and in 1 more rows");
}

// PatchCamelyon's labels are (N, 1, 1, 1).
TEST_F(Hdf5Storage, AxesOfLengthOneSayNothing) {
  {
    RawHdf5 file(path_);
    file.add_bytes("x", {3, 1, 2, 2}, counting(12));
    file.add_bytes("y", {3, 1, 1, 1}, {1, 0, 1});
  }
  const DatasetPtr data = read_hdf5(path_);
  EXPECT_EQ(data->spec().labels, (std::vector<std::string>{"label_0"}));
  EXPECT_EQ(test::targets_of(*data, 0), (std::vector<float>{1.0f}));
  EXPECT_EQ(test::targets_of(*data, 1), (std::vector<float>{0.0f}));
  {
    RawHdf5 file(path_);
    file.add_bytes("x", {2, 1, 2, 2}, counting(8));
    file.add_bytes("y", {2, 1, 3}, {1, 0, 1, 0, 0, 1});
  }
  EXPECT_EQ(test::targets_of(*read_hdf5(path_), 1),
            (std::vector<float>{0.0f, 0.0f, 1.0f}));
}

TEST_F(Hdf5Storage, SoftLinksWithinTheFileAreFollowed) {
  {
    RawHdf5 file(path_);
    const Hdf5Handle group(
        H5Gcreate2(file.id(), "data", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
        H5Gclose);
    file.add_bytes("data/images", {2, 1, 2, 2}, counting(8));
    file.add_bytes("data/labels", {2, 1}, {1, 0});
    H5Lcreate_soft("/data/images", file.id(), "x", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("data", file.id(), "all", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("all/labels", file.id(), "y", H5P_DEFAULT, H5P_DEFAULT);
  }
  const DatasetPtr data = read_hdf5(path_);
  EXPECT_EQ(data->size(), 2);
  EXPECT_EQ(test::targets_of(*data, 0), (std::vector<float>{1.0f}));
}

// Directly, on the way, and behind a soft link.
TEST_F(Hdf5Storage, ExternalLinksAreNeverFollowed) {
  {
    RawHdf5 other(folder_ / "other.h5");
    const Hdf5Handle group(
        H5Gcreate2(other.id(), "g", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
        H5Gclose);
    other.add_bytes("g/x", {2, 1, 2, 2}, counting(8));
    other.add_bytes("y", {2, 1}, {1, 0});
  }
  {
    RawHdf5 file(path_);
    file.add_bytes("y", {2, 1}, {1, 0});
    H5Lcreate_external("other.h5", "/g/x", file.id(), "x", H5P_DEFAULT,
                       H5P_DEFAULT);
    H5Lcreate_external("other.h5", "/g", file.id(), "there", H5P_DEFAULT,
                       H5P_DEFAULT);
    H5Lcreate_soft("there/x", file.id(), "soft", H5P_DEFAULT, H5P_DEFAULT);
  }
  expect_refusal(
      "dataset \"x\": \"x\" is a link to elsewhere, which is not followed; "
      "store the data itself there");
  const auto refused = [&](const char* images, const std::string& part) {
    test::expect_error_parts(Fault::data, {part}, [&] {
      (void)read_hdf5(path_, {.images = images});
    });
  };
  refused("there/x", "dataset \"there/x\": it is not there");
  refused("soft", "dataset \"soft\": it cannot be opened as a dataset");
}

TEST_F(Hdf5Storage, MembersThatAreExternalLinksAreRefusedNotLeftOut) {
  {
    RawHdf5 other(folder_ / "other.h5");
    other.add_bytes("y", {2}, {1, 0});
  }
  {
    RawHdf5 file(path_);
    file.add_bytes("x", {2, 1, 2, 2}, counting(8));
    const Hdf5Handle group(
        H5Gcreate2(file.id(), "y", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
        H5Gclose);
    file.add_bytes("y/weather", {2}, {1, 0});
    H5Lcreate_external("other.h5", "/y", file.id(), "y/wind", H5P_DEFAULT,
                       H5P_DEFAULT);
  }
  expect_refusal(
      "dataset \"y/wind\": \"y/wind\" is a link to elsewhere, which is not "
      "followed; store the data itself there");
}

TEST_F(Hdf5Storage, LoopsOfSoftLinksEnd) {
  {
    RawHdf5 file(path_);
    file.add_bytes("y", {2, 1}, {1, 0});
    H5Lcreate_soft("b", file.id(), "x", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("x", file.id(), "b", H5P_DEFAULT, H5P_DEFAULT);
  }
  test::expect_error_parts(Fault::data,
                           {"dataset \"x\": it cannot be opened as a dataset"},
                           [&] { (void)read_hdf5(path_); });
}

// Room for more rows than were written: the rest would be black images.
void write_some(const std::filesystem::path& path, hsize_t rows,
                hsize_t written) {
  RawHdf5 file(path);
  file.add_bytes("x", {rows, 1, 2, 2}, {}, chunked({10, 1, 2, 2}, true).get());
  const Hdf5Handle dataset(H5Dopen2(file.id(), "x", H5P_DEFAULT), H5Dclose);
  const std::vector<hsize_t> start{0, 0, 0, 0};
  const std::vector<hsize_t> count{written, 1, 2, 2};
  const Hdf5Handle space(H5Dget_space(dataset.get()), H5Sclose);
  H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr,
                      count.data(), nullptr);
  const Hdf5Handle memory(H5Screate_simple(4, count.data(), nullptr), H5Sclose);
  const std::vector<unsigned char> pixels(written * 4, 9);
  EXPECT_GE(H5Dwrite(dataset.get(), H5T_NATIVE_UINT8, memory.get(), space.get(),
                     H5P_DEFAULT, pixels.data()),
            0);
  const hsize_t answered = std::min<hsize_t>(rows, 1000);
  file.add_bytes("y", {answered}, std::vector<unsigned char>(answered, 1));
}

TEST_F(Hdf5Storage, RowsThatWereNeverWrittenAreNotImages) {
  write_some(path_, 100, 35);
  expect_refusal(
      "dataset \"x\": of its 10 chunks only 4 were ever written; resize the "
      "dataset to the rows written, at most 40: in Python resize(40, axis=0), "
      "and the labels likewise");
  write_some(path_, 40, 40);
  EXPECT_EQ(read_hdf5(path_)->size(), 40);
}

TEST_F(Hdf5Storage, MuchRoomIsNoDamage) {
  write_some(path_, 100'000'000, 20);
  test::expect_error_parts(
      Fault::data,
      {"dataset \"x\": its shape (100000000, 1, 2, 2) declares more than 1000 "
       "times the ",
       " bytes of the file; resize the dataset to the rows written"},
      [&] { (void)read_hdf5(path_); });
}

TEST_F(Hdf5Storage, ImagesThatWereNeverWrittenAtAll) {
  {
    RawHdf5 file(path_);
    file.add_bytes("x", {4, 1, 2, 2}, {});
    file.add_bytes("y", {4}, {1, 0, 1, 0});
  }
  expect_refusal(
      "dataset \"x\": none of its 4 rows was ever written; write the images");
}

}  // namespace
}  // namespace polytask
