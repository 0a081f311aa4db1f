// The ends of rows that do not fill a vector, for the kernels of one target.
// Included once a target, between HWY_BEFORE_NAMESPACE and its counterpart's
// functions, as Highway's own -inl.h files are.

#if defined(POLYTASK_PARTIAL_VECTORS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POLYTASK_PARTIAL_VECTORS_INL_H_
#undef POLYTASK_PARTIAL_VECTORS_INL_H_
#else
#define POLYTASK_PARTIAL_VECTORS_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace polytask::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr hn::ScalableTag<float> kFloats;
constexpr hn::ScalableTag<std::int32_t> kInts;
using Floats = hn::Vec<decltype(kFloats)>;
using Ints = hn::Vec<decltype(kInts)>;
using FloatMask = hn::Mask<decltype(kFloats)>;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(kFloats));

// The first `lanes` of `from`, zeros behind them.
inline Floats load_some(const float* from, int lanes) {
  if (lanes >= kLanes) return hn::LoadU(kFloats, from);
  if (lanes <= 0) return hn::Zero(kFloats);
  return hn::MaskedLoad(hn::FirstN(kFloats, static_cast<std::size_t>(lanes)),
                        kFloats, from);
}

inline void store_some(Floats value, float* to, int lanes) {
  if (lanes >= kLanes) {
    hn::StoreU(value, kFloats, to);
  } else if (lanes > 0) {
    hn::BlendedStore(value,
                     hn::FirstN(kFloats, static_cast<std::size_t>(lanes)),
                     kFloats, to);
  }
}

// Bytes as integers; `fill` behind the first `lanes`.
inline Ints load_some_bytes(const std::uint8_t* from, int lanes,
                            std::uint8_t fill) {
  const hn::Rebind<std::uint8_t, decltype(kInts)> bytes;
  if (lanes >= kLanes) return hn::PromoteTo(kInts, hn::LoadU(bytes, from));
  std::uint8_t some[kLanes];
  std::fill(std::copy(from, from + std::max(lanes, 0), some), some + kLanes,
            fill);
  return hn::PromoteTo(kInts, hn::LoadU(bytes, some));
}

inline void store_some_bytes(Ints value, std::uint8_t* to, int lanes) {
  const hn::Rebind<std::uint8_t, decltype(kInts)> bytes;
  if (lanes >= kLanes) {
    hn::StoreU(hn::DemoteTo(bytes, value), bytes, to);
    return;
  }
  std::uint8_t some[kLanes];
  hn::StoreU(hn::DemoteTo(bytes, value), bytes, some);
  std::copy(some, some + lanes, to);
}

// Which of `lanes` elements from `first` on have their bit set: bit e % 8 of
// byte e / 8. With vectors of eight lanes or more, `first` is a multiple of 8.
inline FloatMask load_some_bits(const std::uint8_t* bits, std::size_t first,
                                int lanes) {
  if constexpr (kLanes < 8) {
    return hn::FirstN(kFloats, (bits[first / 8] >> (first % 8)) & 1u);
  } else {
    if (lanes >= kLanes) return hn::LoadMaskBits(kFloats, bits + first / 8);
    std::uint8_t some[8] = {};
    std::copy(bits + first / 8,
              bits + (first + static_cast<std::size_t>(lanes) + 7) / 8, some);
    return hn::LoadMaskBits(kFloats, some);
  }
}

}  // namespace polytask::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
