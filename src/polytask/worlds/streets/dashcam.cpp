#include "polytask/worlds/streets/dashcam.h"

#include "polytask/worlds/drawing/compression.h"
#include "polytask/worlds/drawing/film.h"

namespace polytask::draw {
namespace {

// The meter brings the mean half the way to where it wants it; at night it
// gives up earlier.
float exposure(const Canvas& canvas, const Conditions& now, Dice& dice) {
  float sum = 0.0f;
  for (int r = 0; r < canvas.height(); ++r) {
    for (int c = 0; c < canvas.width(); ++c) {
      sum += std::sqrt(std::max(luminance(canvas.at(r, c)), 0.0f));
    }
  }
  const auto count =
      static_cast<float>(canvas.height()) * static_cast<float>(canvas.width());
  const float mean = sum / count;
  const bool night = now.hour == Hour::night;
  const float wanted = mix(mean, night ? 0.3f : 0.5f, 0.55f);
  const float gain = std::clamp(wanted / (mean + 0.02f), 0.6f, 1.9f) *
                     (1.0f + 0.09f * dice.bell());
  return gain * gain;
}

// A straight line with a shoulder, so that lamps keep their colour.
float developed(float light, float contrast) {
  const float value = std::sqrt(std::max(light, 0.0f));
  const float shoulder =
      value < 0.8f ? value : 1.0f - 0.2f * decay((value - 0.8f) * 5.0f);
  return mix(shoulder, smooth(0.0f, 1.0f, shoulder), contrast);
}

}  // namespace

void take_frame(Canvas& canvas, const Conditions& now, Dice& dice,
                std::span<std::uint8_t> rgb) {
  const float gain = exposure(canvas, now, dice);
  const float warm = 0.05f * dice.bell();
  const float green = 0.02f * dice.bell();
  const Color cast = Color{1.0f + warm, 1.0f + green, 1.0f - warm} * gain;
  const float vivid = dice.between(0.75f, 1.25f);
  const float contrast = dice.between(0.05f, 0.5f);
  for (int r = 0; r < canvas.height(); ++r) {
    for (int c = 0; c < canvas.width(); ++c) {
      const Color p = saturate(canvas.at(r, c) * cast, vivid);
      canvas.at(r, c) = {developed(p.red, contrast),
                         developed(p.green, contrast),
                         developed(p.blue, contrast)};
    }
  }
  if (dice.chance(0.5f)) soften(canvas, 1, dice.between(0.04f, 0.16f));
  const bool dark = now.hour != Hour::day;
  const float grain = dice.between(0.004f, dark ? 0.016f : 0.01f);
  add_grain(canvas, dice, grain, dice.between(0.1f, 0.7f));
  if (dice.chance(0.35f)) compress(canvas, dice.between(0.003f, 0.014f));
  store_bytes(canvas, rgb);
}

}  // namespace polytask::draw
