#include "polytask/worlds/streets/street_plan.h"

#include <gtest/gtest.h>

#include <cmath>

namespace polytask::draw {
namespace {

constexpr float kAspect = 4.0f / 3.0f;
constexpr std::uint64_t kPlans = 400;

StreetPlan plan_number(std::uint64_t i) {
  Dice dice(11, i);
  return plan_street(dice, kAspect);
}

float column_of(const StreetPlan& plan, const Vector& place) {
  const float bend = plan.road.bend * place.z * place.z;
  return plan.view.project({place.x - plan.road.camera + bend, 0.0f, place.z})
      .u;
}

TEST(StreetPlan, EverythingThatIsAskedForStandsInTheFrame) {
  for (std::uint64_t i = 0; i < kPlans; ++i) {
    const StreetPlan plan = plan_number(i);
    for (const Car& car : plan.cars) {
      EXPECT_GT(column_of(plan, car.foot), 0.0f);
      EXPECT_LT(column_of(plan, car.foot), kAspect);
      EXPECT_GE(car.foot.z, 5.0f);
      EXPECT_LE(car.foot.z, 30.0f);
    }
    for (const Walker& walker : plan.walkers) {
      EXPECT_GT(column_of(plan, walker.foot), 0.0f);
      EXPECT_LT(column_of(plan, walker.foot), kAspect);
      EXPECT_GE(walker.foot.z, 5.0f);
    }
  }
}

TEST(StreetPlan, CarsDoNotStandInOneAnother) {
  for (std::uint64_t i = 0; i < kPlans; ++i) {
    const StreetPlan plan = plan_number(i);
    for (std::size_t a = 0; a < plan.cars.size(); ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        const Vector& p = plan.cars[a].foot;
        const Vector& q = plan.cars[b].foot;
        const bool same_lane = std::abs(p.x - q.x) < 1.7f;
        EXPECT_FALSE(same_lane && std::abs(p.z - q.z) < 6.0f) << "plan " << i;
      }
    }
  }
}

TEST(StreetPlan, NoOneWalksInsideACar) {
  for (std::uint64_t i = 0; i < kPlans; ++i) {
    const StreetPlan plan = plan_number(i);
    for (const Walker& walker : plan.walkers) {
      for (const Car& car : plan.cars) {
        if (car.view == CarView::side) continue;
        const float dz = walker.foot.z - car.foot.z;
        const bool beside = std::abs(walker.foot.x - car.foot.x) > 1.0f;
        EXPECT_TRUE(beside || dz < 0.0f || dz > 5.0f) << "plan " << i;
      }
    }
  }
}

TEST(StreetPlan, NoHouseStandsInASideStreet) {
  for (std::uint64_t i = 0; i < kPlans; ++i) {
    const StreetPlan plan = plan_number(i);
    if (plan.road.junction <= 0.0f) continue;
    for (const House& house : plan.houses) {
      EXPECT_TRUE(house.near + house.length <= plan.road.junction ||
                  house.near >= plan.road.junction + kJunctionDepth)
          << "plan " << i;
    }
  }
}

TEST(StreetPlan, ThereAreNeverMoreThanSixWalkers) {
  std::size_t most = 0;
  for (std::uint64_t i = 0; i < kPlans; ++i) {
    most = std::max(most, plan_number(i).walkers.size());
  }
  EXPECT_EQ(most, 6u);
}

}  // namespace
}  // namespace polytask::draw
