// Average precision and area under the ROC curve of scores that are sorted once
// and then counted under many weightings of the images.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "polytask/metrics/evaluation.h"

namespace polytask {

struct RankingScores {
  Number average_precision;
  Number roc_auc;
};

class RankedCells {
 public:
  void add(float score, bool positive, std::uint32_t image);
  void sort();  // once, after the last add()

  // As if image i were there times[i] times; n counts these.
  [[nodiscard]] RankingScores scores(
      std::span<const std::uint32_t> times) const;

 private:
  struct RankedCell {
    float score;
    std::uint32_t image;
    bool positive;
    bool last_of_equals;  // the next score is smaller, or there is none
  };
  std::vector<RankedCell> cells_;  // largest score first
};

}  // namespace polytask
