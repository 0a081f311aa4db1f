#include "polytask/worlds/streets/street_plan.h"

#include <array>

#include "polytask/worlds/streets/street_ground.h"

namespace polytask::draw {
namespace {

constexpr float kNearest = 5.0f;       // metres, of anything that is asked for
constexpr float kFarthestCar = 30.0f;  // 7 pixels high at 96
constexpr float kFarthestWalker = 11.0f;

template <std::size_t N>
int draw_from(Dice& dice, const std::array<float, N>& shares) {
  float left = dice.unit();
  for (std::size_t i = 0; i + 1 < N; ++i) {
    left -= shares[i];
    if (left < 0.0f) return static_cast<int>(i);
  }
  return static_cast<int>(N) - 1;
}

// Near ones as often as far ones, as the eye counts.
float some_distance(Dice& dice, float from, float to) {
  return from * std::max(power(to / from, dice.unit()), 1.0f);
}

// More near ones.
float some_car_distance(Dice& dice) {
  const float t = dice.unit();
  const float far = power(kFarthestCar / kNearest, t * std::sqrt(t));
  return kNearest * std::max(far, 1.0f);
}

View some_view(Dice& dice, float aspect) {
  View view;
  view.horizon = dice.between(0.37f, 0.45f);
  view.tilt = dice.chance(0.3f) ? 0.012f * dice.bell() : 0.0f;
  view.focal = 1.45f;
  view.eye = dice.between(1.28f, 1.45f);
  view.centre = 0.5f * aspect;
  return view;
}

// Fills a plan whose view, road and conditions are made.
class Planner {
 public:
  Planner(StreetPlan& plan, Dice& dice, float aspect)
      : plan_(plan), road_(plan.road), dice_(dice), aspect_(aspect) {}

  void plan() {
    plan_crossing();
    plan_cars();
    plan_walkers();
    plan_furniture();
    plan_houses();
  }

 private:
  [[nodiscard]] bool in_frame(const Vector& place) const {
    const Road& road = road_;
    const float across = place.x - road.camera + road.bend * place.z * place.z;
    const float scale = plan_.view.focal / place.z;
    const float u = plan_.view.centre + scale * across;
    const float margin = 0.4f * scale;
    return u > margin && u < aspect_ - margin;
  }
  void stand(Fixture kind, float x, float z) {
    plan_.things.push_back({kind, {x, 0.0f, z}, dice_.bits()});
  }
  // Beside the kerb, on the side `side`, at least so far that it is in frame.
  void stand_at_kerb(Fixture kind, float side, float z) {
    const float x = side * (road_.half + dice_.between(0.35f, 0.7f));
    while (!in_frame({x, 0.0f, z}) && z < 20.0f) z += 0.5f;
    stand(kind, x, z);
  }

  // A junction has lights, a stop sign, or neither.
  void plan_crossing() {
    const float kind = dice_.unit();
    const float z = some_distance(dice_, 5.5f, 10.0f);
    const float side = dice_.chance(0.85f) ? 1.0f : -1.0f;
    if (kind < 0.34f) {
      stand_at_kerb(Fixture::traffic_light, side, z);
      const float there = plan_.things.back().foot.z;
      if (dice_.chance(0.4f)) {
        stand_at_kerb(Fixture::traffic_light, -side, there + 0.4f);
      }
      if (dice_.chance(0.7f)) road_.zebra = there + 1.0f;
      if (dice_.chance(0.75f)) road_.junction = there + 5.0f;
    } else if (kind < 0.62f) {
      stand_at_kerb(Fixture::stop_sign, side, std::min(z, 7.5f));
      const float there = plan_.things.back().foot.z;
      if (dice_.chance(0.8f)) road_.junction = there + 2.0f;
    } else if (dice_.chance(0.35f)) {
      road_.zebra = z;
    }
    if (kind > 0.3f && kind < 0.36f) {
      stand_at_kerb(Fixture::stop_sign, side, std::min(z + 1.5f, 8.0f));
    }
  }

  [[nodiscard]] bool is_free(float x, float z) const {
    for (const Car& car : plan_.cars) {
      const bool same_lane = std::abs(car.foot.x - x) < 2.0f;
      if (same_lane && std::abs(car.foot.z - z) < 6.5f) return false;
    }
    return true;
  }
  void add_car(float x, float z, CarView view, bool parked) {
    if (!is_free(x, z) || !in_frame({x, 0.0f, z})) return;
    plan_.cars.push_back({{x, 0.0f, z}, view, parked, dice_.bits()});
  }

  void plan_cars() {
    constexpr std::array<float, 5> kHowMany{0.35f, 0.27f, 0.18f, 0.12f, 0.08f};
    const int count = draw_from(dice_, kHowMany);
    for (int i = 0; i < count; ++i) {
      const float z = some_car_distance(dice_);
      const float lane = 0.5f * road_.lane + 0.2f * dice_.bell();
      const float where = dice_.unit();
      const bool room_to_park = road_.half > road_.lane + 1.0f;
      const float bay = road_.half - 1.05f;
      if (road_.junction > 0.0f && where < 0.25f) {
        const float x = dice_.between(-5.0f, 6.0f);
        add_car(x, road_.junction + dice_.between(1.5f, 4.0f), CarView::side,
                false);
      } else if (room_to_park && where < 0.6f) {
        const bool right = dice_.chance(0.6f);
        add_car(right ? bay : -bay, z, right ? CarView::rear : CarView::front,
                true);
      } else if (dice_.chance(0.5f)) {
        add_car(lane, z, CarView::rear, false);
      } else {
        add_car(-lane, z, CarView::front, false);
      }
    }
  }

  // On a pavement, on a crossing, or just on the road.
  [[nodiscard]] Vector some_place_to_walk() {
    const float z = some_distance(dice_, kNearest, kFarthestWalker);
    if (road_.zebra > 0.0f && dice_.chance(0.45f)) {
      return {dice_.between(-road_.half, road_.half), 0.0f,
              road_.zebra + dice_.between(0.3f, kZebraDepth - 0.3f)};
    }
    if (dice_.chance(0.12f)) {
      return {dice_.between(-road_.half, road_.half), 0.0f, std::max(z, 7.0f)};
    }
    const float side = dice_.chance(0.6f) ? 1.0f : -1.0f;
    const float out = dice_.between(0.6f, road_.pavement - 0.3f);
    return {side * (road_.half + out), 0.0f, z};
  }
  // Near enough to hide a part of one another.
  [[nodiscard]] Vector some_place_beside_the_last() {
    if (plan_.walkers.empty()) return some_place_to_walk();
    const Vector last = plan_.walkers.back().foot;
    const float dx = dice_.between(0.35f, 0.8f);
    const bool left = dice_.chance(0.5f);
    const float dz = dice_.between(-1.2f, 1.2f);
    return {last.x + (left ? -dx : dx), 0.0f, std::max(last.z + dz, kNearest)};
  }
  // Not inside a car.
  [[nodiscard]] bool can_walk(const Vector& place) const {
    for (const Car& car : plan_.cars) {
      const bool across = car.view == CarView::side;
      const float wide = across ? 3.0f : 1.4f;
      const float deep = across ? 2.5f : 5.6f;
      const float dz = place.z - car.foot.z;
      if (std::abs(place.x - car.foot.x) < wide && dz > -0.8f && dz < deep) {
        return false;
      }
    }
    return in_frame(place);
  }

  void plan_walkers() {
    constexpr std::array<float, 7> kHowMany{0.36f, 0.2f,  0.14f, 0.11f,
                                            0.08f, 0.06f, 0.05f};
    const int count = draw_from(dice_, kHowMany);
    for (int i = 0; i < count; ++i) {
      for (int tries = 0; tries < 4; ++tries) {
        const Vector place = dice_.chance(0.4f) ? some_place_beside_the_last()
                                                : some_place_to_walk();
        if (!can_walk(place)) continue;
        plan_.walkers.push_back({place, dice_.bits()});
        break;
      }
    }
  }

  void plan_furniture() {
    constexpr std::array<Fixture, 11> kOthers{
        Fixture::round_sign, Fixture::bollard,  Fixture::bin,
        Fixture::yield_sign, Fixture::bin,      Fixture::bin,
        Fixture::post_box,   Fixture::post_box, Fixture::container,
        Fixture::bollard,    Fixture::bollard};
    const int count = dice_.below(4);
    for (int i = 0; i < count; ++i) {
      const Fixture kind = dice_.pick(kOthers);
      const float side = dice_.chance(0.6f) ? 1.0f : -1.0f;
      const float z = some_distance(dice_, 6.0f, 18.0f);
      if (kind == Fixture::bollard || kind == Fixture::round_sign ||
          kind == Fixture::yield_sign) {
        stand_at_kerb(kind, side, z);
      } else {
        stand(kind, side * (road_.half + road_.pavement - 0.2f), z);
      }
    }
    for (float z = road_.lamp_first; z < 70.0f; z += road_.lamp_every) {
      if (in_side_street(z, 0.0f)) continue;
      stand(Fixture::lamp_post, road_.lamp_side * (road_.half + 0.5f), z);
    }
    plan_trees();
  }
  void plan_trees() {
    const bool many = road_.neighbourhood != Neighbourhood::town;
    const int count = many ? 3 + dice_.below(9) : dice_.below(4);
    for (int i = 0; i < count; ++i) {
      const float z = some_distance(dice_, 9.0f, 60.0f);
      const float side = dice_.chance(0.5f) ? 1.0f : -1.0f;
      const float out = many ? dice_.between(1.2f, 9.0f) : -0.3f;
      if (in_side_street(z, 1.0f)) continue;
      stand(Fixture::tree, side * (road_.half + road_.pavement + out), z);
    }
  }

  // Do `length` metres from z on reach into the side street?
  [[nodiscard]] bool in_side_street(float z, float length) const {
    return road_.junction > 0.0f && z + length > road_.junction - 0.5f &&
           z < road_.junction + kJunctionDepth + 0.5f;
  }

  void plan_houses() {
    if (road_.neighbourhood == Neighbourhood::park) return;
    const bool town = road_.neighbourhood == Neighbourhood::town;
    for (const float side : {-1.0f, 1.0f}) {
      float z = dice_.between(2.0f, 7.0f);
      while (z < 75.0f) {
        House house;
        house.side = side;
        house.near = z;
        house.length = dice_.between(7.0f, town ? 16.0f : 11.0f);
        house.width = dice_.between(7.0f, 11.0f);
        house.height =
            town ? dice_.between(6.0f, 15.0f) : dice_.between(2.8f, 5.8f);
        house.x = road_.half + road_.pavement + road_.setback +
                  (town ? 0.0f : dice_.between(0.0f, 2.0f));
        house.look = dice_.bits();
        z += house.length +
             (town && dice_.chance(0.75f) ? 0.0f : dice_.between(2.0f, 9.0f));
        if (in_side_street(house.near, house.length)) {
          if (house.near < road_.junction) {
            house.length = road_.junction - 0.5f - house.near;
            if (house.length > 3.0f) plan_.houses.push_back(house);
          }
          z = road_.junction + kJunctionDepth + 0.5f;
          continue;
        }
        plan_.houses.push_back(house);
      }
    }
  }

  StreetPlan& plan_;
  Road& road_;
  Dice& dice_;
  float aspect_;
};

}  // namespace

StreetPlan plan_street(Dice& dice, float aspect) {
  constexpr std::array<float, kWeatherCount> kWeathers{0.3f, 0.22f, 0.18f,
                                                       0.14f, 0.16f};
  constexpr std::array<float, kHourCount> kHours{0.52f, 0.22f, 0.26f};
  StreetPlan plan;
  const auto weather = static_cast<Weather>(draw_from(dice, kWeathers));
  const auto hour = static_cast<Hour>(draw_from(dice, kHours));
  plan.view = some_view(dice, aspect);
  plan.now = some_conditions(dice, weather, hour, aspect);
  plan.road = some_road(dice);
  Planner(plan, dice, aspect).plan();
  plan.look = dice.bits();
  return plan;
}

}  // namespace polytask::draw
