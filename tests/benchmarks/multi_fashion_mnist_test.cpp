#include <gtest/gtest.h>

#include <array>
#include <map>

#include "benchmarks/multi_fashion_mnist/data_files.h"
#include "benchmarks/multi_fashion_mnist/overlay.h"
#include "polytask/data/hdf5_reader.h"
#include "tests/data/small_dataset.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask::benchmark {
namespace {

using test::expect_error;
using test::TemporaryFolder;
using Pictures = std::vector<std::uint8_t>;

std::string number(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
          static_cast<char>(value >> 8), static_cast<char>(value)};
}

// A picture for each brightness, all of it that bright.
std::string idx_pictures(const Pictures& brightness, std::uint32_t side = 28) {
  std::string bytes = number(0x803) +
                      number(static_cast<std::uint32_t>(brightness.size())) +
                      number(side) + number(side);
  for (const std::uint8_t b : brightness) {
    bytes += std::string(std::size_t{side} * side, static_cast<char>(b));
  }
  return bytes;
}

std::string idx_classes(const Pictures& classes) {
  return number(0x801) + number(static_cast<std::uint32_t>(classes.size())) +
         std::string(classes.begin(), classes.end());
}

void write_items(const std::filesystem::path& folder, const std::string& part,
                 const Pictures& brightness, const Pictures& classes) {
  std::filesystem::create_directories(folder);
  test::write_bytes(folder / (part + "-images-idx3-ubyte"),
                    idx_pictures(brightness));
  test::write_bytes(folder / (part + "-labels-idx1-ubyte"),
                    idx_classes(classes));
}

// N items: item i has class i mod 10 and brightness `first` + i.
Items items(std::size_t count, int first) {
  Items made;
  for (std::size_t i = 0; i < count; ++i) {
    made.classes.push_back(static_cast<std::uint8_t>(i % 10));
    made.pictures.insert(
        made.pictures.end(), Items::kPixels,
        static_cast<std::uint8_t>(first + static_cast<int>(i)));
  }
  return made;
}

int pixel(const Dataset& data, std::int64_t image, int row, int column) {
  const auto bytes = test::image_of(data, image);
  return static_cast<int>(
      bytes[static_cast<std::size_t>(row * kCanvas + column)]);
}

TEST(LayOver, ADigitIsAtTheTopLeftAndAFashionAtTheBottomRight) {
  Pictures digit(Items::kPixels, 0), fashion(Items::kPixels, 0);
  digit.front() = 1;     // row 0, column 0
  digit[27] = 2;         // row 0, column 27
  fashion[0] = 3;        // row 0, column 0
  fashion.back() = 4;    // row 27, column 27
  fashion[27 * 28] = 5;  // row 27, column 0
  Pictures canvas(36 * 36, 99);
  lay_over(digit, fashion, canvas);
  EXPECT_EQ(canvas[0], 1);
  EXPECT_EQ(canvas[27], 2);
  EXPECT_EQ(canvas[8 * 36 + 8], 3);
  EXPECT_EQ(canvas[35 * 36 + 35], 4);
  EXPECT_EQ(canvas[35 * 36 + 8], 5);
  int bright = 0;
  for (const std::uint8_t value : canvas) bright += value > 0 ? 1 : 0;
  EXPECT_EQ(bright, 5);
}

TEST(LayOver, WhereTheyOverlapTheBrighterPixelIsSeen) {
  Pictures digit(Items::kPixels, 100), fashion(Items::kPixels, 70);
  fashion[0] = 200;  // over the digit's row 8, column 8
  Pictures canvas(36 * 36);
  lay_over(digit, fashion, canvas);
  EXPECT_EQ(canvas[8 * 36 + 8], 200);
  EXPECT_EQ(canvas[8 * 36 + 9], 100);
  EXPECT_EQ(canvas[27 * 36 + 27], 100);
  EXPECT_EQ(canvas[28 * 36 + 28], 70);
  EXPECT_EQ(canvas[35], 0);
}

TEST(Overlay, EveryItemIsUsedTwiceAndKeepsItsClass) {
  const DatasetPtr data = overlay(items(30, 1), items(30, 101));
  ASSERT_EQ(data->size(), 60);
  std::map<int, int> digits, fashions;
  for (std::int64_t i = 0; i < data->size(); ++i) {
    const int digit = pixel(*data, i, 0, 0) - 1;
    const int fashion = pixel(*data, i, 35, 35) - 101;
    ++digits[digit];
    ++fashions[fashion];
    EXPECT_EQ(test::targets_of(*data, i)[0], static_cast<float>(digit % 10));
    EXPECT_EQ(test::targets_of(*data, i)[1], static_cast<float>(fashion % 10));
  }
  EXPECT_EQ(digits.size(), 30u);
  EXPECT_EQ(fashions.size(), 30u);
  for (const auto& [item, times] : digits) EXPECT_EQ(times, 2) << item;
  for (const auto& [item, times] : fashions) EXPECT_EQ(times, 2) << item;
}

// The first pixels of digits and the last of fashions: who stands where.
std::vector<int> partners(const DatasetPtr& data) {
  std::vector<int> all;
  for (std::int64_t i = 0; i < data->size(); ++i) {
    all.push_back(pixel(*data, i, 0, 0));
    all.push_back(pixel(*data, i, 35, 35));
  }
  return all;
}

TEST(Overlay, TheSameSeedDrawsTheSamePartnersAndAnotherSeedOthers) {
  const Items digits = items(20, 1), fashions = items(20, 101);
  const auto drawn = partners(overlay(digits, fashions, {.seed = 7}));
  EXPECT_EQ(drawn, partners(overlay(digits, fashions, {.seed = 7})));
  EXPECT_NE(drawn, partners(overlay(digits, fashions, {.seed = 8})));
  EXPECT_NE(drawn, partners(overlay(digits, fashions, {.seed = 7, .part = 1})));
}

TEST(Overlay, TheSecondUseOfAnItemHasAnotherPartner) {
  const auto drawn = partners(overlay(items(20, 1), items(20, 101)));
  std::map<int, std::vector<int>> beside;
  for (std::size_t i = 0; i < drawn.size(); i += 2) {
    beside[drawn[i]].push_back(drawn[i + 1]);
  }
  int other = 0;
  for (const auto& [digit, fashions] : beside) {
    other += fashions.at(0) != fashions.at(1) ? 1 : 0;
  }
  EXPECT_GT(other, 15);
}

TEST(Overlay, RefusesDigitsWithoutPartners) {
  expect_error(Fault::data,
               "Multi-Fashion+MNIST: expected as many digits as fashions, "
               "found 3 and 2; give the same part of both data sets",
               [] { (void)overlay(items(3, 1), items(2, 101)); });
}

TEST(DataFiles, TrainingAndTestItemsStayApart) {
  const TemporaryFolder folder;
  write_items(folder / "digits", "train", {10, 11, 12}, {0, 1, 2});
  write_items(folder / "digits", "t10k", {110, 111}, {3, 4});
  write_items(folder / "fashions", "train", {20, 21, 22}, {5, 6, 7});
  write_items(folder / "fashions", "t10k", {120, 121}, {8, 9});
  write_data_files({folder / "digits", folder / "fashions", folder.path()}, 1);

  const DatasetPtr train =
      read_hdf5(folder / "train.h5", {.values = CellValues::numbers});
  EXPECT_EQ(train->size(), 6);
  for (const int brightness : partners(train)) EXPECT_LT(brightness, 100);
  const DatasetPtr held_back =
      read_hdf5(folder / "test.h5", {.values = CellValues::numbers});
  EXPECT_EQ(held_back->size(), 4);
  for (const int brightness : partners(held_back)) EXPECT_GT(brightness, 100);

  const DatasetSpec& spec = train->spec();
  EXPECT_EQ(spec.height, 36);
  EXPECT_EQ(spec.width, 36);
  EXPECT_EQ(spec.channels, 1);
  EXPECT_EQ(spec.labels, (std::vector<std::string>{"digit", "fashion"}));
  ASSERT_EQ(spec.classes.size(), 2u);
  EXPECT_EQ(spec.classes[0].names[3], "3");
  EXPECT_EQ(spec.classes[1].names,
            (std::vector<std::string>{"T-shirt", "trouser", "pullover", "dress",
                                      "coat", "sandal", "shirt", "sneaker",
                                      "bag", "ankle boot"}));
}

TEST(DataFiles, TheSameSeedGivesTheSameBytes) {
  const TemporaryFolder folder;
  for (const char* part : {"train", "t10k"}) {
    write_items(folder / "digits", part, {1, 2, 3, 4, 5}, {0, 1, 2, 3, 4});
    write_items(folder / "fashions", part, {6, 7, 8, 9, 10}, {5, 6, 7, 8, 9});
  }
  std::array<std::string, 3> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    write_data_files({folder / "digits", folder / "fashions", folder.path()},
                     i < 2 ? 1 : 2);
    bytes[i] = test::read_bytes(folder / "train.h5");
  }
  EXPECT_EQ(bytes[0], bytes[1]);
  EXPECT_NE(bytes[0], bytes[2]);
}

// Writes good files of two items, then `bytes` over one of them; what is said
// of it, without its path.
class DamagedFile : public ::testing::Test {
 protected:
  void expect_refused(const std::string& name, const std::string& bytes,
                      const std::string& message) {
    write_items(folder_.path(), "train", {1, 2}, {0, 1});
    test::write_bytes(folder_ / name, bytes);
    expect_error(Fault::data,
                 (folder_ / name).string() + ": " + message +
                     "; get it again with benchmarks/multi_fashion_mnist/setup",
                 [&] { (void)read_items(folder_.path(), "train"); });
  }

  TemporaryFolder folder_;
  const std::string images_ = "train-images-idx3-ubyte";
  const std::string classes_ = "train-labels-idx1-ubyte";
};

TEST_F(DamagedFile, WithoutAHead) {
  expect_refused(images_, "", "expected at least 16 bytes, found 0");
  expect_refused(classes_, "abcdefg", "expected at least 8 bytes, found 7");
}

TEST_F(DamagedFile, OfAnotherFormat) {
  expect_refused(images_, std::string(16, 'a'),
                 "expected an IDX file of bytes with 3 axes, which begins with "
                 "2051, found one that begins with 1633771873");
  expect_refused(classes_, idx_pictures({1, 2}),
                 "expected an IDX file of bytes with 1 axes, which begins with "
                 "2049, found one that begins with 2051");
}

TEST_F(DamagedFile, ThatIsTooShortOrTooLong) {
  const std::string good = idx_pictures({1, 2});
  expect_refused(images_, good.substr(0, good.size() - 1),
                 "expected 1584 bytes for 2 items, found 1583");
  expect_refused(images_, good + '\0',
                 "expected 1584 bytes for 2 items, found 1585");
}

TEST_F(DamagedFile, OfNothingOrOfMoreThanThereCanBe) {
  expect_refused(images_, idx_pictures({}),
                 "expected 1 to 1000000 items, found 0");
  expect_refused(classes_, number(0x801) + number(0xffffffff),
                 "expected 1 to 1000000 items, found 4294967295");
}

TEST_F(DamagedFile, OfPicturesOfAnotherSize) {
  expect_refused(images_, idx_pictures({1, 2}, 32),
                 "expected pictures of 28 x 28, found 32 x 32");
}

TEST_F(DamagedFile, OfClassesThatDoNotFitThePictures) {
  expect_refused(classes_, idx_classes({1}),
                 "expected the classes of 2 pictures, found 1");
  expect_refused(classes_, idx_classes({1, 10}),
                 "expected classes 0 to 9, found 10 for item 1");
}

TEST(MissingFile, IsNamed) {
  const TemporaryFolder folder;
  expect_error(Fault::io,
               (folder / "t10k-images-idx3-ubyte").string() +
                   ": cannot be read; get it again with "
                   "benchmarks/multi_fashion_mnist/setup",
               [&] { (void)read_items(folder.path(), "t10k"); });
}

}  // namespace
}  // namespace polytask::benchmark
