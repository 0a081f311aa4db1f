#include "polytask/kernels/row_product.h"

#include "polytask/kernels/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "polytask/kernels/row_product.cpp"
#include <hwy/foreach_target.h>  // includes this file once a target
#include <hwy/highway.h>

#include <algorithm>
#include <array>

#include "polytask/kernels/partial_vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace polytask::kernels::HWY_NAMESPACE {

// Rows that are added in one pass over dst: enough streams to keep the memory
// busy, few enough to stay in the nearest cache's translation table.
constexpr int kRowsAtOnce = 8;

struct Rows {
  std::array<const float*, kRowsAtOnce> row;
  std::array<float, kRowsAtOnce> factor;
  int count = 0;
};

template <int kCount>
void add_rows_of(const Rows& rows, std::span<float> dst) {
  const auto units = static_cast<int>(dst.size());
  for (int j = 0; j < units; j += kLanes) {
    const int lanes = std::min(units - j, kLanes);
    Floats sum = load_some(dst.data() + j, lanes);
    for (int r = 0; r < kCount; ++r) {
      const auto at = static_cast<std::size_t>(r);
      sum = hn::MulAdd(hn::Set(kFloats, rows.factor[at]),
                       load_some(rows.row[at] + j, lanes), sum);
    }
    store_some(sum, dst.data() + j, lanes);
  }
}

void add_rows(Rows& rows, std::span<float> dst) {
  if (rows.count == kRowsAtOnce) {
    add_rows_of<kRowsAtOnce>(rows, dst);
  } else {
    for (int r = 0; r < rows.count; ++r) {
      const auto at = static_cast<std::size_t>(r);
      add_rows_of<1>({{rows.row[at]}, {rows.factor[at]}, 1}, dst);
    }
  }
  rows.count = 0;
}

void Multiply(std::span<const float> src, std::span<const float> kernel,
              std::span<float> dst) {
  std::ranges::fill(dst, 0.0f);
  Rows rows;
  for (std::size_t i = 0; i < src.size(); ++i) {
    if (src[i] == 0.0f) continue;
    const auto at = static_cast<std::size_t>(rows.count);
    rows.row[at] = kernel.data() + i * dst.size();
    rows.factor[at] = src[i];
    if (++rows.count == kRowsAtOnce) add_rows(rows, dst);
  }
  add_rows(rows, dst);
}

}  // namespace polytask::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace polytask::kernels {

namespace {

HWY_EXPORT(Multiply);

}  // namespace

void row_product(std::span<const float> src, std::span<const float> kernel,
                 std::span<float> dst) {
  HWY_DYNAMIC_DISPATCH(Multiply)(src, kernel, dst);
}

}  // namespace polytask::kernels
#endif
