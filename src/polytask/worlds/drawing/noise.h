// Smooth random fields: what clouds, rock, waves and leaves are made of.
//
// Gradient noise (Perlin, SIGGRAPH 1985) on a hashed lattice with features of
// size 1, and sums of it at doubling frequencies.

#pragma once

#include <cstdint>

namespace polytask::draw {

// About [-1, 1], 0 at lattice points.
[[nodiscard]] float noise(float x, float y, std::uint32_t seed);

// Fractional Brownian motion: octave k has frequency 2^k and weight gain^k;
// about [-1, 1].
[[nodiscard]] float fractal(float x, float y, std::uint32_t seed, int octaves,
                            float gain = 0.5f);

// Sharp crests where the noise crosses zero, each octave strongest on the
// crests of the one before; [0, 1]. After Musgrave's ridged multifractal.
[[nodiscard]] float ridges(float x, float y, std::uint32_t seed, int octaves);

// One random point a unit cell: distances to the nearest and to the second
// nearest (equal on the cell borders), and the nearest one's own number.
struct Cell {
  float nearest = 0.0f;
  float second = 0.0f;
  float value = 0.0f;  // [0, 1)
};
[[nodiscard]] Cell cells(float x, float y, std::uint32_t seed);

}  // namespace polytask::draw
