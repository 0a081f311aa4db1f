// A task's answers to N images, judged once, then counted under any weighting
// of the images: the images themselves, or a bootstrap's draw of them.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "polytask/metrics/bootstrap.h"
#include "polytask/metrics/multilabel.h"
#include "polytask/metrics/ranking.h"
#include "polytask/metrics/row_outcome.h"

namespace polytask {

struct Answers {
  std::span<const float> probabilities;  // [N, L]
  std::span<const float> targets;        // [N, L], NaN: missing
  std::span<const double> thresholds;    // [L]
};

// What was counted; all ratios are still to be formed.
struct Tally {
  MultilabelCounts counts;
  std::vector<RankingScores> ranking;  // [L]
  RankingScores pooled_ranking;        // of all labels in one list
  Number label_ranking;
};

class MultilabelSample {
 public:
  explicit MultilabelSample(const Answers& answers);

  [[nodiscard]] std::size_t images() const { return rows_.size(); }
  [[nodiscard]] std::span<const RowOutcome> rows() const { return rows_; }
  [[nodiscard]] std::span<const Cell> cells() const { return cells_; }

  // Overwrites `tally` with image i counted times[i] times.
  void count(std::span<const std::uint32_t> times, Tally& tally) const;
  [[nodiscard]] Tally count_once() const;

 private:
  void judge_row(const Answers& answers, std::size_t image);

  std::size_t labels_;
  std::vector<Cell> cells_;               // [N, L]
  std::vector<RowOutcome> rows_;          // [N]
  std::vector<RatioTerm> label_ranking_;  // [N]
  std::vector<RankedCells> ranked_;       // [L]
  RankedCells pooled_;
};

}  // namespace polytask
