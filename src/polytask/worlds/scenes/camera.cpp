#include "polytask/worlds/scenes/camera.h"

#include <array>

#include "polytask/worlds/drawing/compression.h"
#include "polytask/worlds/drawing/film.h"

namespace polytask::draw {
namespace {

// Scales the light so that the mean and the bright parts are where a light
// meter would put them, give or take.
void expose(Canvas& canvas, Dice& dice) {
  float sum = 0.0f;
  for (int r = 0; r < canvas.height(); ++r) {
    for (int c = 0; c < canvas.width(); ++c) {
      sum += std::sqrt(std::max(luminance(canvas.at(r, c)), 0.0f));
    }
  }
  const auto count =
      static_cast<float>(canvas.height()) * static_cast<float>(canvas.width());
  const float mean = sum / count;
  const float wanted = mix(mean, 0.47f, 0.6f) * (1.0f + 0.16f * dice.bell());
  const float gain = std::clamp(wanted / (mean + 0.02f), 0.5f, 2.2f);
  const float warm = 0.1f * dice.bell();
  const float green = 0.025f * dice.bell();
  const Color cast =
      Color{1.0f + warm, 1.0f + green, 1.0f - warm} * (gain * gain);
  const float vivid =
      dice.chance(0.04f) ? dice.between(0.0f, 0.4f) : dice.between(0.5f, 1.35f);
  for (int r = 0; r < canvas.height(); ++r) {
    for (int c = 0; c < canvas.width(); ++c) {
      canvas.at(r, c) = saturate(canvas.at(r, c) * cast, vivid);
    }
  }
}

void pass_the_lens(Canvas& canvas, Dice& dice) {
  const float sharp = dice.unit();
  if (sharp > 0.4f) soften(canvas, 1, sharp < 0.7f ? 0.08f : 0.18f);
  if (sharp > 0.92f) soften(canvas, 2, 0.2f);
  if (!dice.chance(0.45f)) return;
  const float dark = dice.between(0.2f, 0.9f);
  const float cu = 0.5f * canvas.aspect();
  canvas.paint(canvas.whole(), [&](float u, float v) -> Paint {
    const float square = (u - cu) * (u - cu) + (v - 0.5f) * (v - 0.5f);
    return {{}, clamp01(dark * square * 1.3f)};
  });
}

// The film's curve: a toe, a straight part, a shoulder.
void develop(Canvas& canvas, Dice& dice) {
  const float contrast = dice.between(0.0f, 0.75f);
  const float fog = dice.chance(0.2f) ? dice.between(0.0f, 0.1f) : 0.0f;
  const auto tone = [&](float light) {
    const float shown_value = std::sqrt(std::max(light, 0.0f));
    const float shoulder =
        shown_value < 0.8f ? shown_value
                           : 1.0f - 0.2f * decay((shown_value - 0.8f) * 5.0f);
    const float curved = mix(shoulder, smooth(0.0f, 1.0f, shoulder), contrast);
    return fog + (1.0f - fog) * curved;
  };
  for (int r = 0; r < canvas.height(); ++r) {
    for (int c = 0; c < canvas.width(); ++c) {
      Color& p = canvas.at(r, c);
      p = {tone(p.red), tone(p.green), tone(p.blue)};
    }
  }
}

// Puts the darkest and the brightest fiftieth of the pixels near black and
// white, as a laboratory does; `strength` 0 leaves them where they are.
void stretch(Canvas& canvas, float strength) {
  std::array<int, 256> counts{};
  for (int r = 0; r < canvas.height(); ++r) {
    for (int c = 0; c < canvas.width(); ++c) {
      const float grey = clamp01(luminance(canvas.at(r, c)));
      ++counts[static_cast<std::size_t>(grey * 255.0f)];
    }
  }
  const int rare = canvas.height() * canvas.width() / 50;
  std::size_t low = 0;
  for (int seen = counts[0]; seen < rare; seen += counts[++low]) {
  }
  std::size_t high = 255;
  for (int seen = counts[255]; seen < rare; seen += counts[--high]) {
  }
  const float dark = static_cast<float>(low) / 255.0f;
  const float bright = static_cast<float>(high) / 255.0f;
  const float range = std::max(bright - dark, 0.05f);
  const float gain = mix(1.0f, std::min(0.92f / range, 3.5f), strength);
  const float shift = mix(dark, 0.04f, strength) - gain * dark;
  const Color base{shift, shift, shift};
  for (int r = 0; r < canvas.height(); ++r) {
    for (int c = 0; c < canvas.width(); ++c) {
      canvas.at(r, c) = canvas.at(r, c) * gain + base;
    }
  }
}

}  // namespace

void take_photograph(Canvas& canvas, Dice& dice, std::span<std::uint8_t> rgb) {
  expose(canvas, dice);
  pass_the_lens(canvas, dice);
  develop(canvas, dice);
  stretch(canvas, dice.between(0.1f, 0.85f));
  const float grain = dice.chance(0.12f) ? dice.between(0.01f, 0.024f)
                                         : dice.between(0.001f, 0.008f);
  add_grain(canvas, dice, grain, dice.between(0.0f, 0.6f));
  if (dice.chance(0.45f)) compress(canvas, dice.between(0.003f, 0.02f));
  store_bytes(canvas, rgb);
}

}  // namespace polytask::draw
