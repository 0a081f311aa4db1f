#include "polytask/worlds/drawing/compression.h"

#include <array>

namespace polytask::draw {
namespace {

using Block = std::array<std::array<float, 8>, 8>;

Block cosine_table() {
  Block table;
  for (std::size_t k = 0; k < 8; ++k) {
    for (std::size_t i = 0; i < 8; ++i) {
      const auto turns = static_cast<float>((2 * i + 1) * k) / 32.0f;
      table[k][i] = wave(turns + 0.25f) * (k == 0 ? 0.35355339f : 0.5f);
    }
  }
  return table;
}

// table * block, or its transpose.
Block product(const Block& a, const Block& b, bool transpose) {
  Block out{};
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t k = 0; k < 8; ++k) {
      const float factor = transpose ? a[k][i] : a[i][k];
      for (std::size_t j = 0; j < 8; ++j) out[i][j] += factor * b[k][j];
    }
  }
  return out;
}

Block turned(const Block& a) {
  Block out{};
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t j = 0; j < 8; ++j) out[j][i] = a[i][j];
  }
  return out;
}

void round_waves(Block& block, float coarse) {
  static const Block table = cosine_table();
  const Block rows = product(table, block, false);
  Block waves = product(table, turned(rows), false);
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t j = 0; j < 8; ++j) {
      const float step = coarse * (0.6f + static_cast<float>(i + j));
      const int steps = floor_to_int(waves[i][j] / step + 0.5f);
      waves[i][j] = step * static_cast<float>(steps);
    }
  }
  const Block back = product(table, waves, true);
  block = product(table, turned(back), true);
}

// Brightness; beyond the edge of the picture, that of the edge.
Block block_at(const Canvas& canvas, int top, int left) {
  Block block;
  for (int i = 0; i < 8; ++i) {
    for (int j = 0; j < 8; ++j) {
      const int row = std::min(top + i, canvas.height() - 1);
      const int column = std::min(left + j, canvas.width() - 1);
      block[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] =
          luminance(canvas.at(row, column));
    }
  }
  return block;
}

void compress_block(Canvas& canvas, int top, int left, float coarse) {
  const Block before = block_at(canvas, top, left);
  Block after = before;
  round_waves(after, coarse);
  for (int row = top; row < std::min(top + 8, canvas.height()); ++row) {
    for (int column = left; column < std::min(left + 8, canvas.width());
         ++column) {
      const auto i = static_cast<std::size_t>(row - top);
      const auto j = static_cast<std::size_t>(column - left);
      const float change = after[i][j] - before[i][j];
      Color& pixel = canvas.at(row, column);
      pixel = pixel + Color{change, change, change};
    }
  }
}

}  // namespace

void compress(Canvas& canvas, float coarse) {
  for (int top = 0; top < canvas.height(); top += 8) {
    for (int left = 0; left < canvas.width(); left += 8) {
      compress_block(canvas, top, left, coarse);
    }
  }
}

}  // namespace polytask::draw
