#include "polytask/kernels/peak.h"

#include "polytask/kernels/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "polytask/kernels/peak.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "polytask/kernels/partial_vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace polytask::kernels::HWY_NAMESPACE {

// Two results a cycle that take four cycles or five each: ten chains keep a
// core busy, and twelve leave room for the two factors in AVX2's 16 registers.
// The chains begin with different values, or a compiler might see that they
// are one.
PeakWork DoPeakWork(std::int64_t rounds) {
  constexpr int kChains = 12;
  const Floats half = hn::Set(kFloats, 0.5f);
  const Floats one = hn::Set(kFloats, 1.0f);
  const auto start = [&](int chain) HWY_ATTR {
    return hn::Set(kFloats, static_cast<float>(chain));
  };
  Floats a = start(0), b = start(1), c = start(2), d = start(3);
  Floats e = start(4), f = start(5), g = start(6), h = start(7);
  Floats i = start(8), j = start(9), k = start(10), l = start(11);
  for (std::int64_t round = 0; round < rounds; ++round) {
    a = hn::MulAdd(a, half, one);
    b = hn::MulAdd(b, half, one);
    c = hn::MulAdd(c, half, one);
    d = hn::MulAdd(d, half, one);
    e = hn::MulAdd(e, half, one);
    f = hn::MulAdd(f, half, one);
    g = hn::MulAdd(g, half, one);
    h = hn::MulAdd(h, half, one);
    i = hn::MulAdd(i, half, one);
    j = hn::MulAdd(j, half, one);
    k = hn::MulAdd(k, half, one);
    l = hn::MulAdd(l, half, one);
  }
  const Floats sum = hn::Add(hn::Add(hn::Add(hn::Add(a, b), hn::Add(c, d)),
                                     hn::Add(hn::Add(e, f), hn::Add(g, h))),
                             hn::Add(hn::Add(i, j), hn::Add(k, l)));
  return {.flops = 2.0 * kChains * kLanes * static_cast<double>(rounds),
          .result = static_cast<double>(hn::GetLane(sum)) / kChains};
}

}  // namespace polytask::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace polytask::kernels {
namespace {

HWY_EXPORT(DoPeakWork);

}  // namespace

PeakWork peak_work(std::int64_t rounds) {
  return HWY_DYNAMIC_DISPATCH(DoPeakWork)(rounds);
}

}  // namespace polytask::kernels
#endif
