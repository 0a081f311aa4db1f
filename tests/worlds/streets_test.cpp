#include "polytask/worlds/worlds.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "polytask/base/crc32c.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

constexpr std::size_t kColumns = 8;
enum Column : std::size_t {
  kPedestrian,
  kCar,
  kStopSign,
  kTrafficLight,
  kWeather,
  kTime,
  kPedestrians,
  kDistance
};

using Image = std::vector<std::byte>;
using Answers = std::array<float, kColumns>;

Image image_of(const Dataset& dataset, std::int64_t index) {
  Image image(dataset.spec().bytes_per_image());
  dataset.read_image(index, image);
  return image;
}

Answers answers_of(const Dataset& dataset, std::int64_t index) {
  Answers answers{};
  dataset.read_targets(index, answers);
  return answers;
}

// NaN equals NaN.
void expect_same_answers(const Answers& a, const Answers& b) {
  for (std::size_t k = 0; k < kColumns; ++k) {
    EXPECT_TRUE(a[k] == b[k] || (std::isnan(a[k]) && std::isnan(b[k])))
        << "column " << k << ": " << a[k] << " and " << b[k];
  }
}

void expect_same(const Dataset& a, const Dataset& b, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    EXPECT_EQ(image_of(a, i), image_of(b, i)) << "street " << i;
    expect_same_answers(answers_of(a, i), answers_of(b, i));
  }
}

// Many, small ones: drawn once for all tests that only look.
const Dataset& many() {
  static const DatasetPtr streets =
      draw_streets({.count = 300, .seed = 2, .height = 32, .width = 40});
  return *streets;
}

TEST(Streets, SayWhatTheyAsk) {
  const DatasetPtr streets = draw_streets({.count = 2});
  const DatasetSpec& spec = streets->spec();
  EXPECT_EQ(streets->size(), 2);
  EXPECT_EQ(spec.height, 96);
  EXPECT_EQ(spec.width, 128);
  EXPECT_EQ(spec.channels, 3);
  EXPECT_EQ(spec.pixels, PixelType::uint8);
  EXPECT_EQ(spec.labels, (std::vector<std::string>{
                             "objects/pedestrian", "objects/car",
                             "objects/stop sign", "objects/traffic light",
                             "weather", "time", "pedestrians", "distance"}));
  EXPECT_EQ(spec.classes,
            (std::vector<ColumnClasses>{
                {"weather", {"clear", "cloudy", "rain", "fog", "snow"}},
                {"time", {"day", "dusk", "night"}}}));
  EXPECT_EQ(streets->image_name(1), "street 1");
}

// Changing a picture changes every figure the documents quote: those who do it
// on purpose change these numbers too.
TEST(Streets, NeverChangeUnseen) {
  const DatasetPtr streets = draw_streets({.count = 12, .seed = 1});
  std::uint32_t all = 0;
  for (std::int64_t i = 0; i < 12; ++i) {
    all = crc32c(image_of(*streets, i), all);
  }
  EXPECT_EQ(all, 3409161904u);
}

TEST(Streets, AreTheSameWithAnyNumberOfThreads) {
  const StreetOptions one{.count = 24, .height = 32, .width = 40, .threads = 1};
  StreetOptions four = one;
  four.threads = 4;
  expect_same(*draw_streets(one), *draw_streets(four), 24);
}

TEST(Streets, DoNotDependOnHowManyThereAre) {
  const DatasetPtr few = draw_streets({.count = 4, .height = 32, .width = 40});
  const DatasetPtr some =
      draw_streets({.count = 16, .height = 32, .width = 40});
  expect_same(*few, *some, 4);
}

TEST(Streets, AnotherSeedDrawsOthers) {
  const DatasetPtr a =
      draw_streets({.count = 1, .seed = 1, .height = 32, .width = 32});
  const DatasetPtr b =
      draw_streets({.count = 1, .seed = 2, .height = 32, .width = 32});
  EXPECT_NE(image_of(*a, 0), image_of(*b, 0));
}

TEST(Streets, TheAnswersAgreeWithOneAnother) {
  for (std::int64_t i = 0; i < many().size(); ++i) {
    const Answers a = answers_of(many(), i);
    EXPECT_EQ(a[kPedestrian], a[kPedestrians] > 0.0f ? 1.0f : 0.0f);
    EXPECT_EQ(a[kCar], std::isnan(a[kDistance]) ? 0.0f : 1.0f);
    EXPECT_TRUE(std::isnan(a[kDistance]) ||
                (a[kDistance] >= 5.0f && a[kDistance] <= 30.0f));
    EXPECT_TRUE(a[kPedestrians] >= 0.0f && a[kPedestrians] <= 6.0f);
    EXPECT_EQ(a[kPedestrians], std::floor(a[kPedestrians]));
  }
}

TEST(Streets, EveryClassOccursAboutAsOftenAsMeant) {
  std::array<int, 5> weather{};
  std::array<int, 3> time{};
  for (std::int64_t i = 0; i < many().size(); ++i) {
    const Answers a = answers_of(many(), i);
    ++weather.at(static_cast<std::size_t>(a[kWeather]));
    ++time.at(static_cast<std::size_t>(a[kTime]));
  }
  constexpr std::array<double, 5> kWeathers{0.30, 0.22, 0.18, 0.14, 0.16};
  constexpr std::array<double, 3> kTimes{0.52, 0.22, 0.26};
  for (std::size_t k = 0; k < 5; ++k) {
    EXPECT_NEAR(weather[k] / 300.0, kWeathers[k], 0.08) << "weather " << k;
  }
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(time[k] / 300.0, kTimes[k], 0.09) << "time " << k;
  }
}

TEST(Streets, NoObjectIsRareOrEverywhere) {
  const DatasetPtr streets = draw_streets({.count = 60, .seed = 4});
  std::array<int, 4> seen{};
  for (std::int64_t i = 0; i < streets->size(); ++i) {
    const Answers a = answers_of(*streets, i);
    for (std::size_t k = 0; k < 4; ++k) seen[k] += a[k] > 0.5f ? 1 : 0;
  }
  for (std::size_t k = 0; k < 4; ++k) {
    EXPECT_GT(seen[k], 10) << "object " << k;
    EXPECT_LT(seen[k], 48) << "object " << k;
  }
}

TEST(Streets, HidesTheShareThatIsAskedFor) {
  const DatasetPtr some = draw_streets(
      {.count = 300, .seed = 2, .height = 32, .width = 40, .missing = 0.25f});
  std::array<int, kColumns> hidden{};
  for (std::int64_t i = 0; i < some->size(); ++i) {
    const Answers whole = answers_of(many(), i);
    const Answers part = answers_of(*some, i);
    for (std::size_t k = 0; k < kColumns; ++k) {
      if (std::isnan(part[k])) {
        hidden[k] += std::isnan(whole[k]) ? 0 : 1;
      } else {
        EXPECT_EQ(part[k], whole[k]) << "street " << i << " column " << k;
      }
    }
  }
  for (std::size_t k = 0; k < kDistance; ++k) {
    EXPECT_NEAR(hidden[k], 75, 30) << "column " << k;
  }
  EXPECT_EQ(image_of(*some, 7), image_of(many(), 7));
}

TEST(Streets, WhatIsHiddenStaysHiddenAtALargerShare) {
  StreetOptions options{.count = 40, .height = 32, .width = 32};
  options.missing = 0.3f;
  const DatasetPtr few = draw_streets(options);
  options.missing = 0.7f;
  const DatasetPtr more = draw_streets(options);
  for (std::int64_t i = 0; i < 40; ++i) {
    const Answers a = answers_of(*few, i);
    const Answers b = answers_of(*more, i);
    for (std::size_t k = 0; k < kColumns; ++k) {
      EXPECT_TRUE(!std::isnan(a[k]) || std::isnan(b[k]));
    }
  }
}

TEST(Streets, EverythingMayBeHidden) {
  const DatasetPtr none =
      draw_streets({.count = 3, .height = 32, .width = 32, .missing = 1.0f});
  for (const float a : answers_of(*none, 2)) EXPECT_TRUE(std::isnan(a));
}

TEST(Streets, NoneIsAValidNumberOfThem) {
  EXPECT_EQ(draw_streets({.count = 0})->size(), 0);
}

TEST(Streets, EveryBadOptionIsNamed) {
  test::expect_error(
      Fault::config,
      "draw streets: count: expected 0 to 10000000, found -1; height: expected "
      "32 to 4096, found 31; width: expected 32 to 4096, found 5000; threads: "
      "expected 0 to 1024, found -2; missing: expected 0 to 1, found 1.5",
      [] {
        (void)draw_streets({.count = -1,
                            .height = 31,
                            .width = 5000,
                            .threads = -2,
                            .missing = 1.5f});
      });
}

TEST(Streets, AShareThatIsNoNumberIsRefused) {
  test::expect_error_parts(Fault::config, {"missing: expected 0 to 1"}, [] {
    (void)draw_streets({.missing = std::numeric_limits<float>::quiet_NaN()});
  });
}

}  // namespace
}  // namespace polytask
