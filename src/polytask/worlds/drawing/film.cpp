#include "polytask/worlds/drawing/film.h"

namespace polytask::draw {
namespace {

std::uint8_t byte_of(float shown_value) {
  return static_cast<std::uint8_t>(
      floor_to_int(clamp01(shown_value) * 255.0f + 0.5f));
}

}  // namespace

void soften(Canvas& canvas, int step, float side) {
  const float middle = 1.0f - 2.0f * side;
  const auto pass = [&](int row_step, int column_step) {
    const Canvas before = canvas;
    for (int r = 0; r < canvas.height(); ++r) {
      for (int c = 0; c < canvas.width(); ++c) {
        const Color a =
            before.at(std::max(r - row_step, 0), std::max(c - column_step, 0));
        const Color b =
            before.at(std::min(r + row_step, canvas.height() - 1),
                      std::min(c + column_step, canvas.width() - 1));
        canvas.at(r, c) = before.at(r, c) * middle + (a + b) * side;
      }
    }
  };
  pass(0, step);
  pass(step, 0);
}

void add_grain(Canvas& canvas, Dice& dice, float amount, float tint) {
  for (int r = 0; r < canvas.height(); ++r) {
    for (int c = 0; c < canvas.width(); ++c) {
      // Sums of two uniform bytes, deviation 1: cheap and nearly bell-shaped.
      const std::uint64_t bits = dice.bits();
      const auto part = [bits](int shift) {
        const auto a = static_cast<float>((bits >> shift) & 0xFF);
        const auto b = static_cast<float>((bits >> (shift + 8)) & 0xFF);
        return (a + b - 255.0f) / 104.0f;
      };
      const float grey = part(0);
      canvas.at(r, c) = canvas.at(r, c) + Color{grey + tint * part(16),
                                                grey + tint * part(32),
                                                grey + tint * part(48)} *
                                              amount;
    }
  }
}

void store_bytes(const Canvas& canvas, std::span<std::uint8_t> rgb) {
  std::size_t i = 0;
  for (int r = 0; r < canvas.height(); ++r) {
    for (int c = 0; c < canvas.width(); ++c) {
      const Color p = canvas.at(r, c);
      rgb[i++] = byte_of(p.red);
      rgb[i++] = byte_of(p.green);
      rgb[i++] = byte_of(p.blue);
    }
  }
}

}  // namespace polytask::draw
