#include "polytask/kernels/sparse_convolution.h"

#include <algorithm>

#include "polytask/kernels/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "polytask/kernels/sparse_convolution.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "polytask/kernels/partial_vectors-inl.h"
#include "polytask/kernels/sparse_layout.h"

HWY_BEFORE_NAMESPACE();
namespace polytask::kernels::HWY_NAMESPACE {

bool HasVectorFma() { return HWY_TARGET <= HWY_AVX2; }

std::size_t CountNonzero(std::span<const float> values) {
  std::size_t zeros = 0;
  for (std::size_t at = 0; at < values.size(); at += kLanes) {
    const int lanes = static_cast<int>(
        std::min(static_cast<std::size_t>(kLanes), values.size() - at));
    const auto exists = hn::FirstN(kFloats, static_cast<std::size_t>(lanes));
    const auto zero = hn::Eq(load_some(&values[at], lanes), hn::Zero(kFloats));
    zeros += hn::CountTrue(kFloats, hn::And(exists, zero));
  }
  return values.size() - zeros;
}

}  // namespace polytask::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace polytask::kernels {
namespace {

HWY_EXPORT(CountNonzero);
HWY_EXPORT(HasVectorFma);

// Calls f(index in packed, index in a kernel [3, 3, C, O]) for every weight.
template <class F>
void for_each_weight(const SparseConvolution& s, F f) {
  for (int b = 0; b < blocks(s.channels); ++b) {
    const Block own = block(s.channels, b);
    const int channels = std::min(own.width, s.channels - own.first);
    for (int tap = 0; tap < kTaps; ++tap) {
      for (int c = 0; c < channels; ++c) {
        const std::size_t plain = (static_cast<std::size_t>(tap) *
                                       static_cast<std::size_t>(s.channels) +
                                   static_cast<std::size_t>(own.first + c)) *
                                  static_cast<std::size_t>(s.filters);
        for (int o = 0; o < s.filters; ++o) {
          f(weights_at(s, own, o) + static_cast<std::size_t>(tap * own.width) +
                static_cast<std::size_t>(c),
            plain + static_cast<std::size_t>(o));
        }
      }
    }
  }
}

}  // namespace

bool has_vector_fma() { return HWY_DYNAMIC_DISPATCH(HasVectorFma)(); }

std::size_t block_weights_count(const SparseConvolution& s) {
  const Block last = block(s.channels, blocks(s.channels) - 1);
  return static_cast<std::size_t>(kTaps) * static_cast<std::size_t>(s.filters) *
         static_cast<std::size_t>(last.first + last.width);
}

std::size_t scratch_count(const SparseConvolution& s) {
  return std::max(weights_scratch_count(s), data_scratch_count(s));
}

void pack_weights(const SparseConvolution& shape, std::span<const float> kernel,
                  float* packed) {
  std::fill(packed, packed + block_weights_count(shape), 0.0f);
  for_each_weight(shape, [&](std::size_t own, std::size_t plain) {
    packed[own] = kernel[plain];
  });
}

void add_unpacked_weights(const SparseConvolution& shape, const float* packed,
                          std::span<float> kernel) {
  for_each_weight(shape, [&](std::size_t own, std::size_t plain) {
    kernel[plain] += packed[own];
  });
}

double nonzero_share(std::span<const float> values) {
  return static_cast<double>(HWY_DYNAMIC_DISPATCH(CountNonzero)(values)) /
         static_cast<double>(values.size());
}

}  // namespace polytask::kernels
#endif
