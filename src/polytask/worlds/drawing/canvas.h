// What a scene is painted on: linear light, back to front.
//
// Places are (u, v): u to the right, v down, in image heights, so v runs from
// 0 to 1 and u from 0 to the aspect ratio whatever the number of pixels.

#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "polytask/worlds/drawing/color.h"

namespace polytask::draw {

struct Point {
  float u = 0.0f;
  float v = 0.0f;
};

struct Box {
  float left = 0.0f;
  float top = 0.0f;
  float right = 0.0f;
  float bottom = 0.0f;
};

struct Paint {
  Color color;
  float cover = 1.0f;  // 0 leaves what is there, 1 hides it
};

class Canvas {
 public:
  Canvas(int height, int width)
      : height_(height),
        width_(width),
        pixels_(static_cast<std::size_t>(height) *
                static_cast<std::size_t>(width)) {}

  [[nodiscard]] int height() const { return height_; }
  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] float pixel() const {
    return 1.0f / static_cast<float>(height_);
  }
  [[nodiscard]] float aspect() const {
    return static_cast<float>(width_) * pixel();
  }
  [[nodiscard]] Box whole() const { return {0.0f, 0.0f, aspect(), 1.0f}; }

  [[nodiscard]] Color& at(int row, int column) {
    return pixels_[place(row, column)];
  }
  [[nodiscard]] Color at(int row, int column) const {
    return pixels_[place(row, column)];
  }
  void blend(int row, int column, const Paint& paint) {
    Color& below = at(row, column);
    below = mix(below, paint.color, paint.cover);
    if (!owners_.empty() && paint.cover >= 0.5f) {
      owners_[place(row, column)] = painter_;
    }
  }

  // From now on, a pixel at least half of which is painted over belongs to
  // `painter`, until the next call; before the first one no one keeps count.
  void sign_as(int painter) {
    if (owners_.empty()) owners_.assign(pixels_.size(), 0);
    painter_ = painter;
  }
  // Who painted each pixel last, row by row; empty before sign_as.
  [[nodiscard]] const std::vector<int>& owners() const { return owners_; }

  // Blends painter(u, v) -> Paint over every pixel whose centre is in `box`.
  template <class Painter>
  void paint(const Box& box, const Painter& painter) {
    const Range columns = range(box.left, box.right, width_);
    const Range rows = range(box.top, box.bottom, height_);
    for (int row = rows.first; row < rows.last; ++row) {
      const float v = (static_cast<float>(row) + 0.5f) * pixel();
      for (int column = columns.first; column < columns.last; ++column) {
        const float u = (static_cast<float>(column) + 0.5f) * pixel();
        const Paint paint = painter(u, v);
        if (paint.cover > 0.0f) blend(row, column, paint);
      }
    }
  }

  // How much of a pixel lies inside an edge: `inside` is the distance to the
  // edge, positive inside.
  [[nodiscard]] float cover(float inside) const {
    return clamp01(inside * static_cast<float>(height_) + 0.5f);
  }

 private:
  [[nodiscard]] std::size_t place(int row, int column) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(width_) +
           static_cast<std::size_t>(column);
  }
  struct Range {
    int first = 0;
    int last = 0;
  };
  [[nodiscard]] Range range(float from, float to, int limit) const {
    const auto scale = static_cast<float>(height_);
    const auto most = static_cast<float>(limit);
    const float first = std::clamp(std::floor(from * scale), 0.0f, most);
    const float last = std::clamp(std::ceil(to * scale), 0.0f, most);
    return {static_cast<int>(first), static_cast<int>(last)};
  }

  int height_;
  int width_;
  std::vector<Color> pixels_;
  std::vector<int> owners_;
  int painter_ = 0;
};

}  // namespace polytask::draw
