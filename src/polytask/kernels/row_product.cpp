#include "polytask/kernels/row_product.h"

#include "polytask/kernels/vector_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "polytask/kernels/row_product.cpp"
#include <hwy/cache_control.h>
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

// The next rows from `first` on that do not meet a zero; `first` is then behind
// them.
Rows next_rows(std::span<const float> src, std::span<const float> kernel,
               std::size_t units, std::size_t& first) {
  Rows rows;
  rows.row.fill(kernel.data());
  for (; first < src.size() && rows.count < kRowsAtOnce; ++first) {
    if (src[first] == 0.0f) continue;
    const auto at = static_cast<std::size_t>(rows.count++);
    rows.row[at] = kernel.data() + first * units;
    rows.factor[at] = src[first];
  }
  return rows;
}

// The rows after them are asked for meanwhile: they start anywhere, and each is
// over before the processor has seen that it goes on.
template <int kCount>
void add_rows_of(const Rows& rows, const Rows& after, std::span<float> dst) {
  const auto units = static_cast<int>(dst.size());
  for (int j = 0; j < units; j += kLanes) {
    const int lanes = std::min(units - j, kLanes);
    Floats sum = load_some(dst.data() + j, lanes);
    for (std::size_t r = 0; r < kCount; ++r) {
      hwy::Prefetch(after.row[r] + j);
      sum = hn::MulAdd(hn::Set(kFloats, rows.factor[r]),
                       load_some(rows.row[r] + j, lanes), sum);
    }
    store_some(sum, dst.data() + j, lanes);
  }
}

void add_rows(const Rows& rows, const Rows& after, std::span<float> dst) {
  if (rows.count == kRowsAtOnce) {
    add_rows_of<kRowsAtOnce>(rows, after, dst);
    return;
  }
  for (int r = 0; r < rows.count; ++r) {
    const auto at = static_cast<std::size_t>(r);
    const Rows one{{rows.row[at]}, {rows.factor[at]}, 1};
    add_rows_of<1>(one, one, dst);
  }
}

void Multiply(std::span<const float> src, std::span<const float> kernel,
              std::span<float> dst) {
  std::ranges::fill(dst, 0.0f);
  std::size_t first = 0;
  Rows rows = next_rows(src, kernel, dst.size(), first);
  while (rows.count > 0) {
    const Rows after = next_rows(src, kernel, dst.size(), first);
    add_rows(rows, after, dst);
    rows = after;
  }
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
