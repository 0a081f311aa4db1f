#include "polytask/worlds/streets/walkers.h"

#include <array>

namespace polytask::draw {
namespace {

constexpr std::array<std::uint32_t, 14> kTops{
    0xB03030, 0x304C80, 0x404448, 0xD8D4CC, 0x386848, 0xC89038, 0x804878,
    0x5C88A8, 0x704C38, 0xE07840, 0x282C34, 0xB8B8A8, 0x8C2848, 0xE0C848};
constexpr std::array<std::uint32_t, 6> kTrousers{0x30384C, 0x26262C, 0x5C5448,
                                                 0x70706C, 0x48566C, 0x8C7C60};
constexpr std::array<std::uint32_t, 5> kSkins{0xE8BC98, 0xC89470, 0x9C6C4C,
                                              0x6C4834, 0xF0CCB0};
constexpr std::array<std::uint32_t, 5> kHairs{0x2C2018, 0x18161A, 0x6C4C2C,
                                              0xB08C50, 0x9C9894};
constexpr std::array<std::uint32_t, 6> kUmbrellas{0x202428, 0xA82830, 0x30508C,
                                                  0xD8B840, 0x486858, 0xC8C8CC};

struct Person {
  float size = 1.0f;   // 1 is 1.75 metres
  float stout = 1.0f;  // width
  float stride = 0.2f;
  float turn = 0.0f;  // -1 walks to the left, 1 to the right
  float coat = 0.9f;  // where it ends, metres from the ground at size 1
  bool hat = false;
  bool bag = false;
  bool umbrella = false;
  bool skirt = false;
  Color top;
  Color trousers;
  Color skin;
  Color hair;
  Color thing;  // umbrella, bag or hat
};

Person some_person(const StreetStage& street, Dice& dice) {
  Person person;
  person.size = dice.chance(0.15f) ? dice.between(0.66f, 0.82f)
                                   : dice.between(0.92f, 1.08f);
  person.stout = dice.between(0.88f, 1.2f);
  person.stride = dice.between(0.03f, 0.3f);
  person.turn = dice.between(-1.0f, 1.0f);
  const bool cold = street.now().snow > 0.0f || dice.chance(0.35f);
  person.coat = cold ? dice.between(0.5f, 0.85f) : dice.between(0.85f, 0.95f);
  person.hat = dice.chance(cold ? 0.5f : 0.12f);
  person.bag = dice.chance(0.25f);
  const bool raining = street.now().weather == Weather::rain;
  person.umbrella = raining && dice.chance(0.5f);
  person.skirt = dice.chance(0.2f);
  person.top = dice.near(shown(dice.pick(kTops)), 0.12f);
  person.trousers = dice.near(shown(dice.pick(kTrousers)), 0.12f);
  person.skin = shown(dice.pick(kSkins));
  person.hair = shown(dice.pick(kHairs));
  person.thing = dice.near(shown(dice.pick(kUmbrellas)), 0.1f);
  return person;
}

// In the person's own metres, at size 1.
class Drawing {
 public:
  Drawing(const StreetStage& street, const Walker& walker, const Person& person)
      : figure_(street, walker.foot), person_(person) {}

  void draw() const {
    draw_legs();
    draw_trunk();
    draw_head();
    if (person_.umbrella) draw_umbrella();
  }

 private:
  void limb(Point from, Point to, float a, float b, Color color) const {
    const float s = person_.size;
    const float w = s * person_.stout;
    figure_.limb({from.u * w, from.v * s}, {to.u * w, to.v * s}, a * w, b * w,
                 figure_.lit(color));
  }

  void draw_legs() const {
    const float step = person_.stride;
    const Color far = person_.trousers * 0.7f;
    const Color shoe = shown(0x201C1A);
    limb({0.05f, 0.85f}, {-step - 0.05f, 0.08f}, 0.095f, 0.065f, far);
    limb({-0.05f, 0.85f}, {step + 0.05f, 0.08f}, 0.095f, 0.065f,
         person_.trousers);
    const float toe = 0.1f * person_.turn;
    limb({-step - 0.05f, 0.05f}, {-step - 0.05f + toe, 0.04f}, 0.06f, 0.05f,
         shoe);
    limb({step + 0.05f, 0.05f}, {step + 0.05f + toe, 0.04f}, 0.06f, 0.05f,
         shoe);
    if (person_.skirt) {
      limb({0.0f, 0.9f}, {0.0f, 0.55f}, 0.15f, 0.24f, person_.trousers);
    }
  }

  void draw_trunk() const {
    const float swing = person_.stride * 0.8f * person_.turn;
    const Color shade = person_.top * 0.75f;
    limb({-0.21f, 1.36f}, {-0.24f - swing, 0.88f}, 0.065f, 0.05f, shade);
    limb({0.0f, 1.33f}, {0.0f, person_.coat}, 0.19f,
         person_.coat < 0.8f ? 0.22f : 0.165f, person_.top);
    if (person_.umbrella) {
      limb({0.2f, 1.36f}, {0.26f, 1.15f}, 0.065f, 0.055f, shade);
    } else {
      limb({0.21f, 1.36f}, {0.24f + swing, 0.88f}, 0.065f, 0.05f, shade);
      limb({0.24f + swing, 0.84f}, {0.24f + swing, 0.82f}, 0.045f, 0.04f,
           person_.skin);
    }
    if (person_.bag) {
      limb({-0.26f, 1.0f}, {-0.26f, 0.82f}, 0.11f, 0.13f, person_.thing);
    }
  }

  void draw_head() const {
    const float look = 0.03f * person_.turn;
    limb({0.0f, 1.45f}, {look, 1.6f}, 0.06f, 0.1f, person_.skin);
    limb({-look, 1.65f}, {-look, 1.67f}, 0.105f, 0.1f,
         person_.hat ? person_.thing : person_.hair);
    limb({look, 1.58f}, {look, 1.6f}, 0.085f, 0.09f, person_.skin);
  }

  void draw_umbrella() const {
    limb({0.27f, 1.1f}, {0.2f, 2.0f}, 0.02f, 0.02f, shown(0x303034));
    const float s = person_.size;
    const auto dome = [&](float scale, Color color) {
      std::array<Point, 7> points;
      for (std::size_t i = 0; i < points.size(); ++i) {
        const float turn = static_cast<float>(i) / 12.0f;
        points[i] = {(0.15f - 0.58f * scale * wave(turn + 0.25f)) * s,
                     (1.85f + 0.32f * wave(turn)) * s};
      }
      figure_.polygon(points, figure_.lit(color, {0.0f, 0.7f, -0.7f}));
    };
    dome(1.0f, person_.thing);
    dome(0.35f, person_.thing * 0.8f);
  }

  Figure figure_;
  const Person& person_;
};

}  // namespace

void draw_walker(const StreetStage& street, const Walker& walker) {
  Dice dice(walker.look, 0);
  const Person person = some_person(street, dice);
  draw_shade(street, walker.foot, 0.6f, 0.5f, 1.7f * person.size);
  Drawing(street, walker, person).draw();
}

}  // namespace polytask::draw
