// Plain loops that say what max pooling over windows without overlap is.
//
// src [H, W, C], dst [H / P, W / P, C], row-major.

#pragma once

#include <cstddef>
#include <vector>

namespace polytask::reference {

template <class T>
struct Pooled {
  std::vector<T> dst;
  std::vector<int> winner;  // index into src, the first of equals
};

template <class T>
Pooled<T> max_pool(int height, int width, int channels, int window,
                   const std::vector<T>& src) {
  Pooled<T> pooled;
  for (int y = 0; y < height / window; ++y) {
    for (int x = 0; x < width / window; ++x) {
      for (int c = 0; c < channels; ++c) {
        int best = ((y * window) * width + x * window) * channels + c;
        for (int i = 0; i < window * window; ++i) {
          const int row = y * window + i / window;
          const int column = x * window + i % window;
          const int at = (row * width + column) * channels + c;
          if (src[at] > src[best]) best = at;
        }
        pooled.dst.push_back(src[best]);
        pooled.winner.push_back(best);
      }
    }
  }
  return pooled;
}

}  // namespace polytask::reference
