#include "polytask/metrics/row_outcome.h"

namespace polytask {

void RowOutcome::see(std::size_t label, Cell cell, float probability) {
  if (cell == Cell::missing) {
    ++missing_;
    return;
  }
  if (observed_ == 0 || probability > top_probability_) {
    top_ = label;
    top_probability_ = probability;
    top_is_positive_ = is_positive(cell);
  }
  if (is_positive(cell)) {
    if (positives_ == 0) first_ = label;
    ++positives_;
  }
  if (cell == Cell::false_negative || cell == Cell::false_positive) ++wrong_;
  ++observed_;
}

bool RowOutcome::counts_for_argmax() const {
  return observed() && (positives_ > 0 || complete());
}

bool RowOutcome::has_positive_to_rank() const {
  return positives_ > 0 && (positives_ < observed_ || complete());
}

void count_row(const RowOutcome& row, std::int64_t times,
               MultilabelCounts& counts) {
  if (!row.observed()) return;
  counts.observed_rows += times;
  if (row.subset_right()) counts.subset_right += times;
  if (row.counts_for_argmax()) {
    counts.argmax_rows += times;
    if (row.argmax_right()) counts.argmax_right += times;
  }
  if (row.has_positive_to_rank()) {
    counts.top_rows += times;
    if (row.top_wrong()) counts.top_wrong += times;
  }
}

}  // namespace polytask
