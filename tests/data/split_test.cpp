#include "polytask/data/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "tests/support/expect_error.h"
#include "tests/support/places.h"

namespace polytask {
namespace {

using Indices = std::vector<std::int64_t>;

std::uint64_t checksum(const Indices& indices) {
  std::uint64_t value = 0;
  for (const std::int64_t index : indices) {
    value = value * 31 + static_cast<std::uint64_t>(index);
  }
  return value;
}

void expect_part(const Indices& found, const nlohmann::json& golden) {
  if (golden.contains("all")) {
    EXPECT_EQ(found, golden["all"].get<Indices>());
    return;
  }
  ASSERT_EQ(found.size(), golden["length"].get<std::size_t>());
  EXPECT_EQ(Indices(found.begin(), found.begin() + 5),
            golden["first"].get<Indices>());
  EXPECT_EQ(Indices(found.end() - 5, found.end()),
            golden["last"].get<Indices>());
  EXPECT_EQ(std::to_string(checksum(found)),
            golden["checksum"].get<std::string>());
}

// Made by tests/golden/make_split_golden.py.
TEST(Split, EqualsScikitLearnIndexForIndex) {
  std::ifstream file(test::source_path("tests/golden/split.json"));
  const nlohmann::json cases = nlohmann::json::parse(file);
  ASSERT_EQ(cases.size(), 15u);
  for (const auto& golden : cases) {
    SCOPED_TRACE(golden["size"].dump() + " " + golden["test_size"].dump());
    const Split split = train_test_split(
        golden["size"].get<std::int64_t>(),
        {.test_size = golden["test_size"].get<double>(),
         .random_state = golden["random_state"].get<std::uint32_t>()});
    expect_part(split.train, golden["train"]);
    expect_part(split.test, golden["test"]);
  }
}

TEST(Split, EveryImageIsInOnePart) {
  for (std::int64_t size = 2; size < 60; ++size) {
    const Split split = train_test_split(size, {.random_state = 5});
    Indices all = split.train;
    all.insert(all.end(), split.test.begin(), split.test.end());
    std::ranges::sort(all);
    Indices expected(static_cast<std::size_t>(size));
    std::iota(expected.begin(), expected.end(), std::int64_t{0});
    EXPECT_EQ(all, expected);
  }
}

TEST(Split, AValidationPartIsCutFromWhatWouldBeTrainedOn) {
  const Split two =
      train_test_split(21, {.test_size = 0.2, .random_state = 100});
  const Split three = train_test_split(
      21, {.test_size = 0.2, .validation_size = 0.1, .random_state = 100});
  EXPECT_EQ(three.test, two.test);
  EXPECT_EQ(three.validation.size(), 3u);  // 2.1 rounded up
  Indices rest = three.validation;
  rest.insert(rest.end(), three.train.begin(), three.train.end());
  EXPECT_EQ(rest, two.train);
  EXPECT_TRUE(two.validation.empty());
}

TEST(Split, AValidationPartNeedsNoTestPart) {
  const Split split =
      train_test_split(10, {.test_size = 0.0, .validation_size = 0.25});
  EXPECT_TRUE(split.test.empty());
  EXPECT_EQ(split.validation.size(), 3u);
  EXPECT_EQ(split.train.size(), 7u);
}

TEST(Split, ThreePartsMustLeaveSomeToTrainOn) {
  test::expect_error(
      Fault::config,
      "data.split: expected shares of 0 or more for test_size and "
      "validation_size that leave some images to train on, got 0.5 and 0.5",
      [] {
        (void)train_test_split(10, {.test_size = 0.5, .validation_size = 0.5});
      });
  test::expect_error(
      Fault::config,
      "data.split: test_size 0.4 and validation_size 0.4 of 2 images leave "
      "none to train on",
      [] {
        (void)train_test_split(2, {.test_size = 0.4, .validation_size = 0.4});
      });
}

TEST(Split, TestPartIsRoundedUp) {
  EXPECT_EQ(train_test_split(11, {.test_size = 0.2}).test.size(), 3u);
  EXPECT_EQ(train_test_split(10, {.test_size = 0.2}).test.size(), 2u);
}

TEST(Split, AShareOutOfRangeIsAnError) {
  for (const double share : {0.0, 1.0, -0.1, 2.0, std::nan("")}) {
    test::expect_error_parts(
        Fault::config,
        {"data.split.test_size: expected a share between 0 and 1, got"},
        [&] { (void)train_test_split(10, {.test_size = share}); });
  }
}

TEST(Split, AnEmptyPartIsAnError) {
  test::expect_error(Fault::config,
                     "data.split.test_size: 0.2 of 1 images leaves 0 to train "
                     "on and 1 to validate on; expected at least one of each",
                     [] { (void)train_test_split(1, {}); });
  test::expect_error_parts(Fault::config, {"0.2 of 0 images"},
                           [] { (void)train_test_split(0, {}); });
}

TEST(Split, ANegativeOrEnormousSizeIsAnError) {
  for (const std::int64_t size : {std::int64_t{-1}, std::int64_t{1} << 33}) {
    test::expect_error_parts(Fault::config,
                             {"expected 0 to 4294967296 images, got"},
                             [&] { (void)train_test_split(size, {}); });
  }
}

}  // namespace
}  // namespace polytask
