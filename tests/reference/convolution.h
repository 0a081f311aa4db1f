// Plain loops that say what a convolution of one image is, in doubles: the twin
// that fast implementations are compared with.
//
// src [H, W, C], kernel [KH, KW, C, O], dst [OH, OW, O], all row-major.

#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace polytask::reference {

struct ConvolutionShape {
  int height = 0;
  int width = 0;
  int channels = 0;
  int filters = 0;
  int kernel = 0;  // square
  int stride = 1;
  int pad_begin = 0;  // rows above and columns on the left
  int pad_end = 0;

  [[nodiscard]] int out(int size) const {
    return (size + pad_begin + pad_end - kernel) / stride + 1;
  }
};

// Calls f(src index, kernel index, dst index) for every product of the sum.
template <class F>
void for_each_product(const ConvolutionShape& s, F f) {
  const int rows = s.out(s.height);
  const int columns = s.out(s.width);
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < columns; ++x) {
      for (int i = 0; i < s.kernel; ++i) {
        for (int j = 0; j < s.kernel; ++j) {
          const int v = y * s.stride + i - s.pad_begin;
          const int u = x * s.stride + j - s.pad_begin;
          if (v < 0 || v >= s.height || u < 0 || u >= s.width) continue;
          for (int c = 0; c < s.channels; ++c) {
            for (int o = 0; o < s.filters; ++o) {
              f((v * s.width + u) * s.channels + c,
                ((i * s.kernel + j) * s.channels + c) * s.filters + o,
                (y * columns + x) * s.filters + o);
            }
          }
        }
      }
    }
  }
}

template <class T>
std::vector<double> convolution(const ConvolutionShape& s,
                                const std::vector<T>& src,
                                const std::vector<T>& kernel,
                                const std::vector<T>& bias, bool relu) {
  const int positions = s.out(s.height) * s.out(s.width);
  std::vector<double> dst;
  for (int p = 0; p < positions; ++p) {
    dst.insert(dst.end(), bias.begin(), bias.end());
  }
  for_each_product(s, [&](int from, int weight, int to) {
    dst[to] += double{src[from]} * double{kernel[weight]};
  });
  for (double& v : dst) v = relu && v < 0.0 ? 0.0 : v;
  return dst;
}

inline std::vector<double> convolution_diff_src(
    const ConvolutionShape& s, const std::vector<float>& diff_dst,
    const std::vector<float>& kernel) {
  std::vector<double> diff(
      static_cast<std::size_t>(s.height * s.width * s.channels));
  for_each_product(s, [&](int to, int weight, int from) {
    diff[to] += double{diff_dst[from]} * double{kernel[weight]};
  });
  return diff;
}

inline std::vector<double> convolution_diff_kernel(
    const ConvolutionShape& s, const std::vector<float>& src,
    const std::vector<float>& diff_dst) {
  std::vector<double> diff(
      static_cast<std::size_t>(s.kernel * s.kernel * s.channels * s.filters));
  for_each_product(s, [&](int from, int weight, int at) {
    diff[weight] += double{src[from]} * double{diff_dst[at]};
  });
  return diff;
}

inline std::vector<double> convolution_diff_bias(
    const ConvolutionShape& s, const std::vector<float>& diff_dst) {
  std::vector<double> diff(static_cast<std::size_t>(s.filters));
  for (std::size_t i = 0; i < diff_dst.size(); ++i) {
    diff[i % diff.size()] += diff_dst[i];
  }
  return diff;
}

}  // namespace polytask::reference
