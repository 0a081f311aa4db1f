// What the answer to one image says about each label and about the row.
//
// The one place where truth and answer meet: the streaming meter and the
// evaluation's resampling both count what is decided here.

#pragma once

#include <cstdint>
#include <span>

#include "polytask/metrics/multilabel.h"

namespace polytask {

enum class Cell : std::uint8_t {
  true_negative,
  false_positive,
  false_negative,
  true_positive,
  missing,
};

[[nodiscard]] inline Cell cell_of(float probability, float target,
                                  double threshold) {
  const bool answer = probability > threshold;
  if (target > 0.5f) return answer ? Cell::true_positive : Cell::false_negative;
  return answer ? Cell::false_positive : Cell::true_negative;
}

[[nodiscard]] inline bool is_positive(Cell cell) {
  return cell == Cell::true_positive || cell == Cell::false_negative;
}

// Fed with the cells of one row from label 0 on; then read.
class RowOutcome {
 public:
  void see(std::size_t label, Cell cell, float probability);

  [[nodiscard]] bool observed() const { return observed_ > 0; }
  [[nodiscard]] bool subset_right() const { return wrong_ == 0; }
  [[nodiscard]] bool counts_for_argmax() const;
  [[nodiscard]] std::size_t first_positive() const { return first_; }
  [[nodiscard]] bool argmax_right() const { return top_ == first_; }
  // One-error and the ranking of labels within the row.
  [[nodiscard]] bool has_positive_to_rank() const;
  [[nodiscard]] bool top_wrong() const { return !top_is_positive_; }
  [[nodiscard]] bool complete() const { return missing_ == 0; }
  [[nodiscard]] int positives() const { return positives_; }

 private:
  int observed_ = 0;
  int missing_ = 0;
  int positives_ = 0;
  int wrong_ = 0;
  std::size_t first_ = 0;  // first positive; else the first label
  std::size_t top_ = 0;    // largest probability
  float top_probability_ = 0.0f;
  bool top_is_positive_ = false;
};

// Both add `times` such images to the counts.
void count_row(const RowOutcome& row, std::int64_t times,
               MultilabelCounts& counts);

inline void count_cell(Cell cell, std::int64_t times, ConfusionMatrix& label) {
  switch (cell) {
    case Cell::true_negative:
      label.true_negative += times;
      return;
    case Cell::false_positive:
      label.false_positive += times;
      return;
    case Cell::false_negative:
      label.false_negative += times;
      return;
    case Cell::true_positive:
      label.true_positive += times;
      return;
    case Cell::missing:
      return;
  }
}

}  // namespace polytask
