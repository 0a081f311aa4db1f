#include "polytask/worlds/drawing/noise.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "polytask/worlds/drawing/arithmetic.h"

namespace polytask::draw {
namespace {

std::uint32_t lattice(int x, int y, std::uint32_t seed) {
  std::uint32_t h = static_cast<std::uint32_t>(x) * 0x9E3779B1u ^
                    static_cast<std::uint32_t>(y) * 0x85EBCA77u ^ seed;
  h = (h ^ (h >> 15)) * 0x2C1B3C6Du;
  h = (h ^ (h >> 12)) * 0x297A2D39u;
  return h ^ (h >> 15);
}

struct Direction {
  float x = 0.0f;
  float y = 0.0f;
};

// Sixteen directions around the circle. A table, because branches on random
// bits cost more than all the arithmetic.
constexpr std::array<Direction, 16> kDirections{{
    {1.00f, 0.00f},
    {0.92f, 0.38f},
    {0.71f, 0.71f},
    {0.38f, 0.92f},
    {0.00f, 1.00f},
    {-0.38f, 0.92f},
    {-0.71f, 0.71f},
    {-0.92f, 0.38f},
    {-1.00f, 0.00f},
    {-0.92f, -0.38f},
    {-0.71f, -0.71f},
    {-0.38f, -0.92f},
    {0.00f, -1.00f},
    {0.38f, -0.92f},
    {0.71f, -0.71f},
    {0.92f, -0.38f},
}};

// The slope in the direction of a lattice point.
float slope(std::uint32_t hash, float dx, float dy) {
  const Direction& direction = kDirections[hash & 15];
  return direction.x * dx + direction.y * dy;
}

float fade(float t) { return t * t * t * (t * (t * 6.0f - 15.0f) + 10.0f); }

// Turned a little from octave to octave, so that lattices do not line up.
void next_octave(float& x, float& y) {
  const float turned = 1.6f * x - 1.2f * y + 7.31f;
  y = 1.2f * x + 1.6f * y + 3.17f;
  x = turned;
}

}  // namespace

float noise(float x, float y, std::uint32_t seed) {
  const int ix = floor_to_int(x);
  const int iy = floor_to_int(y);
  const float dx = x - static_cast<float>(ix);
  const float dy = y - static_cast<float>(iy);
  const float a = slope(lattice(ix, iy, seed), dx, dy);
  const float b = slope(lattice(ix + 1, iy, seed), dx - 1.0f, dy);
  const float c = slope(lattice(ix, iy + 1, seed), dx, dy - 1.0f);
  const float d = slope(lattice(ix + 1, iy + 1, seed), dx - 1.0f, dy - 1.0f);
  const float tx = fade(dx);
  const float top = a + (b - a) * tx;
  const float bottom = c + (d - c) * tx;
  return 1.5f * (top + (bottom - top) * fade(dy));
}

float fractal(float x, float y, std::uint32_t seed, int octaves, float gain) {
  float sum = 0.0f;
  float weight = 1.0f;
  float total = 0.0f;
  for (int i = 0; i < octaves; ++i) {
    sum += weight * noise(x, y, seed + static_cast<std::uint32_t>(i));
    total += weight;
    weight *= gain;
    next_octave(x, y);
  }
  return 1.3f * sum / total;
}

float ridges(float x, float y, std::uint32_t seed, int octaves) {
  float sum = 0.0f;
  float weight = 1.0f;
  float total = 0.0f;
  float before = 1.0f;
  for (int i = 0; i < octaves; ++i) {
    const float n = noise(x, y, seed + static_cast<std::uint32_t>(i));
    const float crest = 1.0f - std::min(std::abs(n), 1.0f);
    const float sharp = crest * crest * before;
    sum += weight * sharp;
    total += weight;
    before = std::min(sharp * 1.4f, 1.0f);
    weight *= 0.5f;
    next_octave(x, y);
  }
  return sum / total;
}

Cell cells(float x, float y, std::uint32_t seed) {
  const int ix = floor_to_int(x);
  const int iy = floor_to_int(y);
  Cell cell{8.0f, 8.0f, 0.0f};
  for (int j = iy - 1; j <= iy + 1; ++j) {
    for (int i = ix - 1; i <= ix + 1; ++i) {
      const std::uint32_t h = lattice(i, j, seed);
      const float px =
          static_cast<float>(i) + static_cast<float>(h & 0xFFF) / 4096.0f;
      const float py = static_cast<float>(j) +
                       static_cast<float>((h >> 12) & 0xFFF) / 4096.0f;
      const float square = (px - x) * (px - x) + (py - y) * (py - y);
      if (square < cell.nearest) {
        cell.second = cell.nearest;
        cell.nearest = square;
        cell.value = static_cast<float>(h >> 24) / 256.0f;
      } else {
        cell.second = std::min(cell.second, square);
      }
    }
  }
  cell.nearest = std::sqrt(cell.nearest);
  cell.second = std::sqrt(cell.second);
  return cell;
}

}  // namespace polytask::draw
