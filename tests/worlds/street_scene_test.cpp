#include "polytask/worlds/streets/street_scene.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace polytask::draw {
namespace {

constexpr int kHeight = 96;
constexpr int kWidth = 128;

// A straight, empty road on a clear day.
StreetPlan empty_road(Weather weather = Weather::clear, Hour hour = Hour::day) {
  Dice dice(5, 0);
  StreetPlan plan = plan_street(dice, 4.0f / 3.0f);
  plan.now = some_conditions(dice, weather, hour, 4.0f / 3.0f);
  plan.view.tilt = 0.0f;
  plan.road.bend = 0.0f;
  plan.road.camera = 1.6f;
  plan.road.half = 3.4f;
  plan.houses.clear();
  plan.things.clear();
  plan.cars.clear();
  plan.walkers.clear();
  return plan;
}

struct Extent {
  int pixels = 0;
  int rows = 0;
  int lowest = 0;
};

Extent extent_of(const Canvas& canvas, int owner) {
  Extent extent;
  int first = canvas.height();
  for (int r = 0; r < canvas.height(); ++r) {
    for (int c = 0; c < canvas.width(); ++c) {
      const auto place = static_cast<std::size_t>(r * canvas.width() + c);
      if (canvas.owners()[place] != owner) continue;
      ++extent.pixels;
      first = std::min(first, r);
      extent.lowest = r;
    }
  }
  extent.rows = extent.pixels > 0 ? extent.lowest - first + 1 : 0;
  return extent;
}

double brightness(const StreetPlan& plan) {
  Canvas canvas(kHeight, kWidth);
  StreetPlan copy = plan;
  paint_street(canvas, copy);
  double sum = 0.0;
  for (int r = 0; r < kHeight; ++r) {
    for (int c = 0; c < kWidth; ++c) sum += luminance(canvas.at(r, c));
  }
  return sum / (kHeight * kWidth);
}

TEST(StreetScene, WhatCountsShowsEnoughPixels) {
  for (std::uint64_t i = 0; i < 25; ++i) {
    Dice dice(21, i);
    StreetPlan plan = plan_street(dice, 4.0f / 3.0f);
    Canvas canvas(48, 64);
    paint_street(canvas, plan);
    int owner = 0;
    for (std::size_t k = 0; k < plan.cars.size() + plan.walkers.size(); ++k) {
      EXPECT_GE(extent_of(canvas, ++owner).pixels, 8) << "street " << i;
    }
    for (const Standing& thing : plan.things) {
      ++owner;
      if (thing.kind != Fixture::stop_sign &&
          thing.kind != Fixture::traffic_light) {
        continue;
      }
      EXPECT_GE(extent_of(canvas, owner).pixels, 8) << "street " << i;
    }
  }
}

TEST(StreetScene, WhatStandsBehindAVanIsTakenOut) {
  StreetPlan plan = empty_road();
  plan.walkers.push_back({{1.6f, 0.0f, 18.0f}, 3});
  for (std::uint64_t look = 0; look < 12; ++look) {
    plan.cars = {{{1.6f, 0.0f, 7.0f}, CarView::rear, false, look}};
    StreetPlan painted = plan;
    Canvas canvas(kHeight, kWidth);
    paint_street(canvas, painted);
    EXPECT_EQ(answers_of(painted).pedestrians, 0) << "look " << look;
    EXPECT_EQ(painted.cars.size(), 1u);
  }
}

// A head above a roof: more than 8 pixels of it, but not a third of a person.
TEST(StreetScene, OneOfWhomTooLittleShowsIsTakenOut) {
  StreetPlan plan = empty_road();
  plan.walkers = {{{1.6f, 0.0f, 13.0f}, 3}};
  StreetPlan alone = plan;
  Canvas canvas(4 * kHeight, 4 * kWidth);
  paint_street(canvas, alone);
  EXPECT_EQ(answers_of(alone).pedestrians, 1);
  plan.cars = {{{1.6f, 0.0f, 7.0f}, CarView::rear, false, 6}};
  paint_street(canvas, plan);
  EXPECT_EQ(answers_of(plan).pedestrians, 0);
}

TEST(StreetScene, WhatStandsBesideItStays) {
  StreetPlan plan = empty_road();
  plan.walkers = {{{-2.5f, 0.0f, 12.0f}, 3}, {{4.3f, 0.0f, 14.0f}, 4}};
  plan.cars = {{{1.6f, 0.0f, 9.0f}, CarView::rear, false, 1}};
  plan.things = {{Fixture::stop_sign, {4.0f, 0.0f, 10.0f}, 2}};
  Canvas canvas(kHeight, kWidth);
  paint_street(canvas, plan);
  const StreetAnswers answers = answers_of(plan);
  EXPECT_EQ(answers.pedestrians, 2);
  EXPECT_EQ(answers.nearest_car, 9.0f);
  EXPECT_TRUE(answers.stop_sign);
  EXPECT_FALSE(answers.traffic_light);
}

TEST(StreetScene, WhatTheFogSwallowsIsTakenOut) {
  StreetPlan plan = empty_road(Weather::fog);
  plan.now.light.thickness = 0.1f;  // 22 % are left at 15.1 metres
  plan.cars = {{{1.6f, 0.0f, 14.0f}, CarView::rear, false, 1},
               {{-1.6f, 0.0f, 17.0f}, CarView::front, false, 2}};
  Canvas canvas(kHeight, kWidth);
  paint_street(canvas, plan);
  EXPECT_EQ(plan.cars.size(), 1u);
  EXPECT_EQ(answers_of(plan).nearest_car, 14.0f);
}

TEST(StreetScene, TooFarIsTakenOutToo) {
  StreetPlan plan = empty_road();
  plan.walkers = {{{4.5f, 0.0f, 60.0f}, 3}};
  Canvas canvas(kHeight, kWidth);
  paint_street(canvas, plan);
  EXPECT_EQ(answers_of(plan).pedestrians, 0);
}

// A pinhole camera: twice as far is half as large, and half as far below the
// horizon.
TEST(StreetScene, SizeAndPlaceOfACarTellItsDistance) {
  StreetPlan plan = empty_road();
  const auto extent_at = [&](float z) {
    plan.cars = {{{1.6f, 0.0f, z}, CarView::rear, false, 6}};
    Canvas canvas(2 * kHeight, 2 * kWidth);
    paint_street(canvas, plan);
    return extent_of(canvas, 1);
  };
  const Extent near = extent_at(7.0f);
  const Extent far = extent_at(14.0f);
  const float horizon = 2.0f * kHeight * plan.view.horizon;
  EXPECT_NEAR(near.rows, 2.0 * far.rows, 3.0);
  EXPECT_NEAR(static_cast<float>(near.lowest) - horizon,
              2.0f * (static_cast<float>(far.lowest) - horizon), 4.0f);
  EXPECT_NEAR(static_cast<float>(near.lowest) - horizon,
              2.0f * kHeight * 1.45f * plan.view.eye / 7.0f, 3.0f);
}

TEST(StreetScene, TheNearestCarIsMeasured) {
  StreetPlan plan = empty_road();
  plan.cars = {{{1.6f, 0.0f, 20.0f}, CarView::rear, false, 1},
               {{-1.6f, 0.0f, 8.0f}, CarView::front, false, 2},
               {{-1.6f, 0.0f, 30.0f}, CarView::front, false, 3}};
  EXPECT_EQ(answers_of(plan).nearest_car, 8.0f);
  plan.cars.clear();
  EXPECT_FALSE(answers_of(plan).nearest_car.has_value());
}

TEST(StreetScene, EveryFixtureLeavesItsMark) {
  for (int kind = 0; kind <= static_cast<int>(Fixture::tree); ++kind) {
    StreetPlan plan = empty_road();
    plan.things = {{static_cast<Fixture>(kind), {3.9f, 0.0f, 9.0f}, 8}};
    Canvas canvas(kHeight, kWidth);
    paint_street(canvas, plan);
    EXPECT_GT(extent_of(canvas, 1).pixels, 4) << "fixture " << kind;
  }
}

TEST(StreetScene, AStopSignIsRed) {
  StreetPlan plan = empty_road();
  plan.things = {{Fixture::stop_sign, {4.0f, 0.0f, 8.0f}, 2}};
  Canvas canvas(kHeight, kWidth);
  paint_street(canvas, plan);
  int red = 0;
  for (int r = 0; r < kHeight; ++r) {
    for (int c = 0; c < kWidth; ++c) {
      const Color p = canvas.at(r, c);
      red += p.red > 2.5f * p.green && p.red > 2.5f * p.blue ? 1 : 0;
    }
  }
  EXPECT_GT(red, 20);
}

TEST(StreetScene, DayIsBrighterThanDuskAndNight) {
  for (const Weather weather :
       {Weather::clear, Weather::cloudy, Weather::snow}) {
    const double day = brightness(empty_road(weather, Hour::day));
    EXPECT_GT(day, 1.2 * brightness(empty_road(weather, Hour::dusk)));
    EXPECT_GT(day, 2.0 * brightness(empty_road(weather, Hour::night)));
  }
}

TEST(StreetScene, SnowLiesOnlyWhereItMay) {
  Dice dice(1, 1);
  for (int i = 0; i < 50; ++i) {
    EXPECT_GT(some_conditions(dice, Weather::snow, Hour::day, 1.3f).snow, 0.2f);
    EXPECT_EQ(some_conditions(dice, Weather::rain, Hour::day, 1.3f).snow, 0.0f);
    EXPECT_GT(some_conditions(dice, Weather::rain, Hour::day, 1.3f).wet, 0.4f);
    EXPECT_GT(
        some_conditions(dice, Weather::fog, Hour::day, 1.3f).light.thickness,
        0.016f);
    EXPECT_LT(
        some_conditions(dice, Weather::clear, Hour::day, 1.3f).light.thickness,
        0.006f);
  }
}

}  // namespace
}  // namespace polytask::draw
