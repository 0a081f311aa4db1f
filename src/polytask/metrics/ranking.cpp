#include "polytask/metrics/ranking.h"

#include <algorithm>

namespace polytask {

void RankedCells::add(float score, bool positive, std::uint32_t image) {
  cells_.push_back({score, image, positive, false});
}

void RankedCells::sort() {
  std::ranges::sort(cells_, std::ranges::greater{}, &RankedCell::score);
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    cells_[i].last_of_equals =
        i + 1 == cells_.size() || cells_[i + 1].score != cells_[i].score;
  }
}

RankingScores RankedCells::scores(std::span<const std::uint32_t> times) const {
  std::int64_t positives = 0, negatives = 0;  // so far, from the top
  std::int64_t positives_before = 0, negatives_before = 0;  // above the equals
  double precision_sum = 0.0;  // of P_n times the positives of step n
  std::int64_t twice_area = 0;
  for (const RankedCell& cell : cells_) {
    (cell.positive ? positives : negatives) += times[cell.image];
    if (!cell.last_of_equals) continue;
    const std::int64_t gained = positives - positives_before;
    if (gained > 0) {
      precision_sum += static_cast<double>(gained) *
                       static_cast<double>(positives) /
                       static_cast<double>(positives + negatives);
    }
    twice_area +=
        (negatives - negatives_before) * (positives + positives_before);
    positives_before = positives;
    negatives_before = negatives;
  }

  RankingScores scores;
  const std::int64_t n = positives + negatives;
  if (positives == 0) {
    scores.average_precision.reason = "no observed positive";
  } else {
    scores.average_precision.n = n;
    scores.average_precision.value =
        precision_sum / static_cast<double>(positives);
  }
  if (positives == 0 || negatives == 0) {
    scores.roc_auc.reason = "positives and negatives are not both observed";
  } else {
    scores.roc_auc.n = n;
    scores.roc_auc.value =
        static_cast<double>(twice_area) /
        (2.0 * static_cast<double>(positives) * static_cast<double>(negatives));
  }
  return scores;
}

}  // namespace polytask
