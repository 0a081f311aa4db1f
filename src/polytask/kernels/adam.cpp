#include "polytask/kernels/adam.h"

#include "polytask/kernels/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "polytask/kernels/adam.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "polytask/kernels/partial_vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace polytask::kernels::HWY_NAMESPACE {

// Multiplications and additions stay apart: fused, they would round once where
// a processor without FMA rounds twice.
void Update(const AdamFactors& factors, std::span<const float> g,
            std::span<float> w, std::span<float> m, std::span<float> v) {
  const Floats rate = hn::Set(kFloats, factors.rate);
  const Floats keep_1 = hn::Set(kFloats, factors.keep_1);
  const Floats keep_2 = hn::Set(kFloats, factors.keep_2);
  const Floats epsilon = hn::Set(kFloats, factors.epsilon);
  for (std::size_t at = 0; at < g.size(); at += kLanes) {
    const int lanes = static_cast<int>(
        std::min(static_cast<std::size_t>(kLanes), g.size() - at));
    const Floats gi = load_some(&g[at], lanes);
    Floats mi = load_some(&m[at], lanes);
    Floats vi = load_some(&v[at], lanes);
    mi = hn::Add(mi, hn::Mul(keep_1, hn::Sub(gi, mi)));
    vi = hn::Add(vi, hn::Mul(keep_2, hn::Sub(hn::Mul(gi, gi), vi)));
    const Floats step =
        hn::Div(hn::Mul(rate, mi), hn::Add(hn::Sqrt(vi), epsilon));
    store_some(hn::Sub(load_some(&w[at], lanes), step), &w[at], lanes);
    store_some(mi, &m[at], lanes);
    store_some(vi, &v[at], lanes);
  }
}

}  // namespace polytask::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace polytask::kernels {
namespace {

HWY_EXPORT(Update);

}  // namespace

void adam(const AdamFactors& factors, std::span<const float> g,
          std::span<float> w, std::span<float> m, std::span<float> v) {
  HWY_DYNAMIC_DISPATCH(Update)(factors, g, w, m, v);
}

}  // namespace polytask::kernels
#endif
