#include "polytask/worlds/streets/cars.h"

#include <array>

#include "polytask/worlds/drawing/shapes.h"

namespace polytask::draw {
namespace {

constexpr std::array<std::uint32_t, 14> kPaints{
    0xD8D8DA, 0xB0B4B8, 0x808488, 0x303236, 0x202226, 0xF0F0F0, 0x8C1C20,
    0xC02828, 0x203C74, 0x3C6CA8, 0x2C5038, 0xB88C30, 0x6C5844, 0x88A4AC};
constexpr Vector kBack{0.0f, 0.1f, -1.0f};
constexpr std::uint32_t kRubber = 0x1C1C1E;
constexpr std::uint32_t kRed = 0xB01C18;

// Metres; `deck` is the height of bonnet and boot, `cabin_*` run from the end
// nearest the camera.
struct Body {
  float half = 0.9f;
  float length = 4.3f;
  float deck = 0.92f;
  float roof = 1.45f;
  float cabin_from = 0.5f;
  float cabin_to = 3.2f;
  float taper = 0.14f;  // how much narrower the roof is, each side
  float slant = 0.45f;  // of the windows along the car
  Color paint;
  Color glass;
};

Body some_body(const StreetStage& street, const Car& car, Dice& dice) {
  Body body;
  const int kind = dice.below(10);
  body.paint = dice.near(shown(dice.pick(kPaints)), 0.08f);
  body.glass = mix(shown(0x20262C), street.now().light.middle * 0.45f, 0.35f);
  body.half = dice.between(0.84f, 0.94f);
  body.length = dice.between(3.9f, 4.7f);
  const bool front = car.view == CarView::front;
  if (kind < 3) {  // hatchback
    body.cabin_from = front ? 1.15f : 0.1f;
    body.cabin_to = front ? body.length - 0.15f : body.length - 1.2f;
  } else if (kind < 6) {  // saloon
    body.cabin_from = front ? 1.2f : 0.75f;
    body.cabin_to = body.length - (front ? 0.8f : 1.25f);
    body.slant = 0.55f;
  } else if (kind < 8) {  // off-road
    body.deck = 1.08f;
    body.roof = 1.72f;
    body.half += 0.05f;
    body.cabin_from = front ? 1.1f : 0.08f;
    body.cabin_to = front ? body.length - 0.1f : body.length - 1.15f;
    body.taper = 0.1f;
    body.slant = 0.3f;
  } else {  // van
    body.deck = 1.15f;
    body.roof = dice.between(1.95f, 2.25f);
    body.half += 0.08f;
    body.length += 0.6f;
    body.cabin_from = front ? 0.55f : 0.02f;
    body.cabin_to = front ? body.length - 0.02f : body.length - 0.6f;
    body.taper = 0.06f;
    body.slant = front ? 0.35f : 0.04f;
  }
  return body;
}

// A car standing along the road: a box with a smaller box on it.
class LongCar {
 public:
  LongCar(const StreetStage& street, const Car& car, const Body& body)
      : street_(street), car_(car), body_(body), end_(street, car.foot) {
    const float bend = street.road().bend * car.foot.z * car.foot.z;
    const float across = car.foot.x - street.road().camera + bend;
    side_ = across > 0.0f ? -1.0f : 1.0f;  // the one that can be seen
  }

  void draw() const {
    draw_side();
    draw_cabin();
    draw_end();
  }

 private:
  [[nodiscard]] Vector place(float right, float up, float along) const {
    return {car_.foot.x + right, up, car_.foot.z + along};
  }
  [[nodiscard]] Color lit(Color albedo, const Vector& normal) const {
    return street_.lit(albedo, normal, car_.foot);
  }
  void panel(std::initializer_list<Vector> corners, Color color) const {
    draw_panel(street_, std::span(corners.begin(), corners.size()), color);
  }

  void draw_side() const {
    const float x = side_ * body_.half;
    const Color color = lit(body_.paint, unit({side_, 0.15f, -0.25f}));
    panel({place(x, 0.3f, 0.0f), place(x, 0.3f, body_.length),
           place(x, body_.deck - 0.05f, body_.length),
           place(x, body_.deck, 0.0f)},
          color);
    for (const float along : {body_.length - 0.8f, 0.75f}) {
      const float r = 0.33f;
      panel({place(x, 0.0f, along - 0.7f * r), place(x, 0.0f, along + 0.7f * r),
             place(x, r, along + r), place(x, 1.9f * r, along + 0.5f * r),
             place(x, 1.9f * r, along - 0.5f * r), place(x, r, along - r)},
            lit(shown(kRubber), {side_, 0.0f, 0.0f}));
    }
    const Color top =
        mix(body_.paint, shown(0xF0F3F7), 0.8f * street_.now().snow);
    panel({place(-body_.half, body_.deck, 0.0f),
           place(body_.half, body_.deck, 0.0f),
           place(0.95f * body_.half, body_.deck, body_.length),
           place(-0.95f * body_.half, body_.deck, body_.length)},
          lit(top, {0.0f, 1.0f, 0.0f}));
  }

  void draw_cabin() const {
    const float low = body_.half - 0.03f;
    const float high = body_.half - body_.taper;
    const float from = body_.cabin_from;
    const float to = body_.cabin_to;
    const float s = body_.slant;
    const auto side = [&](float inset, Color color) {
      const float lift = inset * 0.25f;
      panel({place(side_ * low, body_.deck + lift, from + inset),
             place(side_ * low, body_.deck + lift, to - inset),
             place(side_ * high, body_.roof - lift, to - s - inset),
             place(side_ * high, body_.roof - lift, from + s + inset)},
            color);
    };
    side(0.0f, lit(body_.paint, unit({side_, 0.3f, -0.2f})));
    side(0.25f, lit(body_.glass, {side_, 0.2f, 0.0f}));
    const Color skin = lit(body_.paint, unit({0.0f, 0.5f, -0.8f}));
    panel(
        {place(-low, body_.deck, from), place(low, body_.deck, from),
         place(high, body_.roof, from + s), place(-high, body_.roof, from + s)},
        skin);
    const float rise = body_.roof - body_.deck;
    const auto part = [&](float right, float t) {
      const float half = mix(low, high, t) - 0.1f;
      return place(right * half, body_.deck + t * rise, from + s * t);
    };
    const Color sky = street_.stage().sky.gradient(0.3f);
    const Color glass =
        lit(body_.glass, kBack) + street_.glowing(sky * 0.12f, car_.foot.z);
    panel({part(-1.0f, 0.08f), part(1.0f, 0.08f), part(1.0f, 0.84f),
           part(-1.0f, 0.84f)},
          glass);
    if (street_.now().snow <= 0.3f || !car_.parked) return;
    panel(
        {place(-high, body_.roof, from + s), place(high, body_.roof, from + s),
         place(0.95f * high, body_.roof + 0.1f, from + s),
         place(-0.95f * high, body_.roof + 0.1f, from + s)},
        lit(shown(0xF0F3F7), {0.0f, 1.0f, 0.0f}));
  }

  void draw_end() const {
    const float w = body_.half;
    for (const float x : {-0.75f * w, 0.75f * w}) {
      end_.rectangle(x - 0.12f, 0.0f, x + 0.12f, 0.4f,
                     end_.lit(shown(kRubber)));
    }
    const Color paint = end_.lit(body_.paint, kBack);
    end_.polygon(std::array<Point, 6>{{{-w, 0.42f},
                                       {-0.93f * w, 0.26f},
                                       {0.93f * w, 0.26f},
                                       {w, 0.42f},
                                       {0.97f * w, body_.deck},
                                       {-0.97f * w, body_.deck}}},
                 paint);
    const Color dark = end_.lit(body_.paint * 0.35f, kBack);
    end_.rectangle(-0.92f * w, 0.26f, 0.92f * w, 0.4f, dark);
    const Color plate = end_.lit(shown(0xE8E4D0), kBack);
    if (car_.view == CarView::front) {
      const float grille = body_.deck - 0.32f;
      end_.rectangle(-0.5f * w, grille - 0.1f, 0.5f * w, grille + 0.08f, dark);
      end_.rectangle(-0.26f, 0.36f, 0.26f, 0.47f, plate);
    } else {
      end_.rectangle(-0.26f, 0.52f, 0.26f, 0.64f, plate);
    }
  }

  const StreetStage& street_;
  const Car& car_;
  const Body& body_;
  Figure end_;
  float side_;
};

void draw_tail_lights(const StreetStage& street, const Car& car,
                      const Body& body, bool braking) {
  const Figure end(street, car.foot);
  const bool on = !car.parked && street.now().lamps > 0.2f;
  const float up = body.deck - 0.14f;
  for (const float x : {-body.half + 0.15f, body.half - 0.15f}) {
    Color red = end.lit(shown(kRed), kBack);
    if (on) red = red + street.glowing({0.6f, 0.04f, 0.03f}, car.foot.z);
    if (braking) red = red + street.glowing({0.9f, 0.1f, 0.06f}, car.foot.z);
    end.rectangle(x - 0.13f, up - 0.12f, x + 0.13f, up + 0.1f, red);
    if (on || braking) {
      draw_glow(street, {car.foot.x + x, up, car.foot.z}, braking ? 0.9f : 0.6f,
                Color{1.2f, 0.12f, 0.08f} * (0.4f + street.now().lamps));
    }
  }
}

void draw_headlights(const StreetStage& street, const Car& car,
                     const Body& body) {
  const Figure end(street, car.foot);
  const float lamps = car.parked ? 0.0f : street.now().lamps;
  const float up = body.deck - 0.26f;
  for (const float x : {-body.half + 0.22f, body.half - 0.22f}) {
    Color lens = end.lit(shown(0xD8DCE0), kBack);
    if (lamps > 0.0f) {
      lens = lens + street.glowing(Color{2.0f, 1.9f, 1.6f} * lamps, car.foot.z);
    }
    end.rectangle(x - 0.17f, up - 0.1f, x + 0.17f, up + 0.09f, lens);
    if (lamps > 0.0f) {
      draw_glow(street, {car.foot.x + x, up, car.foot.z}, 0.5f + 0.8f * lamps,
                Color{2.2f, 2.1f, 1.8f} * lamps);
    }
  }
}

// Across the road, as at a junction.
void draw_sideways(const StreetStage& street, const Car& car, const Body& body,
                   bool to_the_left) {
  const Figure figure(street, car.foot);
  const float l = 0.5f * body.length;
  const float turn = to_the_left ? -1.0f : 1.0f;
  const Color paint = figure.lit(body.paint, kBack);
  figure.polygon(std::array<Point, 6>{{{-l, 0.35f},
                                       {-l + 0.1f, 0.28f},
                                       {l - 0.1f, 0.28f},
                                       {l, 0.35f},
                                       {l - 0.05f, body.deck - 0.04f},
                                       {-l + 0.05f, body.deck - 0.04f}}},
                 paint);
  const auto cabin = [&](float inset, Color color) {
    const auto x = [&](float along) { return turn * (l - along); };
    figure.polygon(
        std::array<Point, 4>{
            {{x(body.cabin_from + inset), body.deck - 0.08f + inset},
             {x(body.cabin_to - inset), body.deck - 0.08f + inset},
             {x(body.cabin_to - body.slant - inset), body.roof - inset},
             {x(body.cabin_from + body.slant + inset), body.roof - inset}}},
        color);
  };
  cabin(0.0f, paint);
  cabin(0.12f, figure.lit(body.glass, kBack));
  for (const float x : {-l + 0.8f, l - 0.8f}) {
    figure.disc(x, 0.32f, 0.32f, figure.lit(shown(kRubber)));
    figure.disc(x, 0.32f, 0.16f, figure.lit(shown(0x9C9CA0)));
  }
  figure.rectangle(-0.04f, 0.4f, 0.04f, body.roof - 0.1f, paint);
}

}  // namespace

void draw_car(const StreetStage& street, const Car& car) {
  Dice dice(car.look, 0);
  const Body body = some_body(street, car, dice);
  const bool choice = dice.chance(0.3f);
  if (car.view == CarView::side) {
    draw_shade(street, {car.foot.x, 0.0f, car.foot.z + 0.9f}, body.length, 1.8f,
               body.roof);
    return draw_sideways(street, car, body, choice);
  }
  draw_shade(street, {car.foot.x, 0.0f, car.foot.z + 0.5f * body.length},
             2.0f * body.half, body.length, body.roof);
  LongCar(street, car, body).draw();
  if (car.view == CarView::front) {
    draw_headlights(street, car, body);
  } else {
    draw_tail_lights(street, car, body, choice && !car.parked);
  }
}

}  // namespace polytask::draw
