#include "polytask/worlds/streets/street_scene.h"

#include <algorithm>

#include "polytask/worlds/streets/street_air.h"
#include "polytask/worlds/streets/street_ground.h"
#include "polytask/worlds/streets/street_sky.h"

namespace polytask::draw {
namespace {

bool is_asked_for(Fixture kind) {
  return kind == Fixture::stop_sign || kind == Fixture::traffic_light;
}

// One thing of the plan: which it is, and how many pixels it painted.
struct Piece {
  enum class Kind { house, car, walker, thing };
  Kind kind = Kind::house;
  std::size_t index = 0;
  float z = 0.0f;
  int owner = 0;  // 0: no one asks
  int painted = 0;
  int visible = 0;
};

// Far ones first; houses before all, since nothing that counts stands behind
// their walls.
std::vector<Piece> pieces_of(const StreetPlan& plan) {
  std::vector<Piece> pieces;
  int owner = 0;
  const auto add = [&](Piece::Kind kind, std::size_t index, float z, bool own) {
    pieces.push_back({kind, index, z, own ? ++owner : 0, 0, 0});
  };
  for (std::size_t i = 0; i < plan.cars.size(); ++i) {
    add(Piece::Kind::car, i, plan.cars[i].foot.z, true);
  }
  for (std::size_t i = 0; i < plan.walkers.size(); ++i) {
    add(Piece::Kind::walker, i, plan.walkers[i].foot.z, true);
  }
  for (std::size_t i = 0; i < plan.things.size(); ++i) {
    add(Piece::Kind::thing, i, plan.things[i].foot.z, true);
  }
  for (std::size_t i = 0; i < plan.houses.size(); ++i) {
    const House& house = plan.houses[i];
    add(Piece::Kind::house, i, 1000.0f + house.near, false);
  }
  std::ranges::stable_sort(
      pieces, [](const Piece& a, const Piece& b) { return a.z > b.z; });
  return pieces;
}

void draw_piece(const StreetStage& street, const StreetPlan& plan,
                const Piece& piece) {
  switch (piece.kind) {
    case Piece::Kind::house:
      return draw_house(street, plan.houses[piece.index]);
    case Piece::Kind::car:
      return draw_car(street, plan.cars[piece.index]);
    case Piece::Kind::walker:
      return draw_walker(street, plan.walkers[piece.index]);
    case Piece::Kind::thing:
      return draw_standing(street, plan.things[piece.index]);
  }
}

int owned(const Canvas& canvas, int owner) {
  return static_cast<int>(std::ranges::count(canvas.owners(), owner));
}

std::vector<Piece> paint_once(Canvas& canvas, const StreetPlan& plan) {
  Dice dice(plan.look, 0);
  canvas = Canvas(canvas.height(), canvas.width());
  canvas.sign_as(0);
  const Sky sky(plan.now.light, plan.view, dice);
  const Stage stage{canvas, plan.now.light, plan.view, sky};
  const StreetStage street(stage, plan.now, plan.road);
  draw_street_sky(street, dice);
  draw_skyline(street, dice);
  draw_street_ground(street);
  std::vector<Piece> pieces = pieces_of(plan);
  for (Piece& piece : pieces) {
    canvas.sign_as(piece.owner);
    draw_piece(street, plan, piece);
    if (piece.owner > 0) piece.painted = owned(canvas, piece.owner);
  }
  canvas.sign_as(0);
  draw_street_air(street, dice);
  for (Piece& piece : pieces) {
    if (piece.owner > 0) piece.visible = owned(canvas, piece.owner);
  }
  return pieces;
}

bool can_be_seen(const Piece& piece, const StreetPlan& plan) {
  const auto least =
      static_cast<int>(kLeastShare * static_cast<float>(piece.painted));
  return piece.visible >= std::max(kLeastPixels, least) &&
         decay(piece.z * plan.now.light.thickness) >= kLeastClear;
}

template <class Thing>
void remove(std::vector<Thing>& things, std::vector<std::size_t> indices) {
  std::ranges::sort(indices, std::greater<>());
  for (const std::size_t i : indices) {
    things.erase(things.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

// True when there was something to take out.
bool take_out_the_hidden(StreetPlan& plan, const std::vector<Piece>& pieces) {
  std::vector<std::size_t> cars;
  std::vector<std::size_t> walkers;
  std::vector<std::size_t> things;
  for (const Piece& piece : pieces) {
    if (piece.owner == 0 || can_be_seen(piece, plan)) continue;
    if (piece.kind == Piece::Kind::car) cars.push_back(piece.index);
    if (piece.kind == Piece::Kind::walker) walkers.push_back(piece.index);
    if (piece.kind == Piece::Kind::thing &&
        is_asked_for(plan.things[piece.index].kind)) {
      things.push_back(piece.index);
    }
  }
  remove(plan.cars, cars);
  remove(plan.walkers, walkers);
  remove(plan.things, things);
  return !cars.empty() || !walkers.empty() || !things.empty();
}

}  // namespace

void paint_street(Canvas& canvas, StreetPlan& plan) {
  // Whatever is taken out uncovers others, so this ends, mostly at once.
  while (take_out_the_hidden(plan, paint_once(canvas, plan))) {
  }
}

StreetAnswers answers_of(const StreetPlan& plan) {
  StreetAnswers answers;
  answers.weather = plan.now.weather;
  answers.hour = plan.now.hour;
  answers.pedestrians = static_cast<int>(plan.walkers.size());
  for (const Standing& thing : plan.things) {
    answers.stop_sign |= thing.kind == Fixture::stop_sign;
    answers.traffic_light |= thing.kind == Fixture::traffic_light;
  }
  for (const Car& car : plan.cars) {
    answers.nearest_car =
        std::min(answers.nearest_car.value_or(car.foot.z), car.foot.z);
  }
  return answers;
}

}  // namespace polytask::draw
