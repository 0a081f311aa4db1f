// Lists of the values of a vector that are wanted, for the kernels of one
// target: see partial_vectors-inl.h.

#if defined(POLYTASK_LISTS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef POLYTASK_LISTS_INL_H_
#undef POLYTASK_LISTS_INL_H_
#else
#define POLYTASK_LISTS_INL_H_
#endif

#include <hwy/highway.h>

#include "polytask/kernels/partial_vectors-inl.h"
#include "polytask/kernels/selected_lanes.h"

HWY_BEFORE_NAMESPACE();
namespace polytask::kernels::HWY_NAMESPACE {

#if HWY_TARGET <= HWY_AVX2

// Gradients that survived, as two arrays: where each stands and what it is.
struct List {
  std::int32_t* offsets = nullptr;
  float* values = nullptr;
};

// Appends the lanes that `mask` selects to a list and returns how many they
// are. Writes whole vectors.
inline int append(hn::Mask<decltype(kInts)> mask, Ints offsets, Floats values,
                  const List& to) {
  const auto float_mask = hn::RebindMask(kFloats, mask);
#if HWY_TARGET <= HWY_AVX3
  hn::StoreU(hn::Compress(offsets, mask), kInts, to.offsets);
  hn::StoreU(hn::Compress(values, float_mask), kFloats, to.values);
  return static_cast<int>(hn::CountTrue(kFloats, float_mask));
#else
  // Highway's own Compress copies its table to the stack at every call here.
  std::uint8_t bits[8] = {};
  hn::StoreMaskBits(kFloats, float_mask, bits);
  const hn::Rebind<std::uint8_t, decltype(kInts)> bytes;
  const auto lanes = hn::IndicesFromVec(
      kInts,
      hn::PromoteTo(kInts, hn::LoadU(bytes, kSelectedLanes.of[bits[0]])));
  hn::StoreU(hn::TableLookupLanes(offsets, lanes), kInts, to.offsets);
  const Ints bits_of_values = hn::BitCast(kInts, values);
  hn::StoreU(hn::BitCast(kFloats, hn::TableLookupLanes(bits_of_values, lanes)),
             kFloats, to.values);
  return __builtin_popcount(bits[0]);
#endif
}

#endif

}  // namespace polytask::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
