#include "polytask/metrics/multilabel_sample.h"

#include <algorithm>
#include <cmath>

namespace polytask {
namespace {

// Of one row, with rank = how many observed labels score at least as high: the
// mean over the positives of (positives among these) / rank.
double label_ranking(std::span<const float> scores,
                     std::span<const Cell> cells) {
  double total = 0.0;
  int positives = 0;
  for (std::size_t j = 0; j < cells.size(); ++j) {
    if (!is_positive(cells[j])) continue;
    int rank = 0, positives_in_rank = 0;
    for (std::size_t k = 0; k < cells.size(); ++k) {
      if (cells[k] == Cell::missing || scores[k] < scores[j]) continue;
      ++rank;
      if (is_positive(cells[k])) ++positives_in_rank;
    }
    total += static_cast<double>(positives_in_rank) / rank;
    ++positives;
  }
  return positives == 0 ? 1.0 : total / positives;
}

}  // namespace

MultilabelSample::MultilabelSample(const Answers& answers)
    : labels_(answers.thresholds.size()),
      cells_(answers.targets.size()),
      rows_(answers.targets.size() / labels_),
      label_ranking_(rows_.size()),
      ranked_(labels_) {
  for (std::size_t i = 0; i < rows_.size(); ++i) judge_row(answers, i);
  for (RankedCells& label : ranked_) label.sort();
  pooled_.sort();
}

void MultilabelSample::judge_row(const Answers& answers, std::size_t image) {
  const std::size_t row = image * labels_;
  for (std::size_t l = 0; l < labels_; ++l) {
    const float p = answers.probabilities[row + l];
    const float y = answers.targets[row + l];
    const Cell cell =
        std::isnan(y) ? Cell::missing : cell_of(p, y, answers.thresholds[l]);
    cells_[row + l] = cell;
    rows_[image].see(l, cell, p);
    if (cell == Cell::missing) continue;
    const auto index = static_cast<std::uint32_t>(image);
    ranked_[l].add(p, is_positive(cell), index);
    pooled_.add(p, is_positive(cell), index);
  }
  const RowOutcome& outcome = rows_[image];
  if (outcome.complete() || outcome.has_positive_to_rank()) {
    const std::span<const Cell> cells(cells_);
    label_ranking_[image] = {
        label_ranking(answers.probabilities.subspan(row, labels_),
                      cells.subspan(row, labels_)),
        1.0};
  }
}

void MultilabelSample::count(std::span<const std::uint32_t> times,
                             Tally& tally) const {
  tally.counts = {.labels = std::move(tally.counts.labels)};
  tally.counts.labels.assign(labels_, {});
  double ranking_sum = 0.0;
  std::int64_t ranking_rows = 0;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (times[i] == 0) continue;
    for (std::size_t l = 0; l < labels_; ++l) {
      count_cell(cells_[i * labels_ + l], times[i], tally.counts.labels[l]);
    }
    count_row(rows_[i], times[i], tally.counts);
    if (label_ranking_[i].denominator == 0.0) continue;
    ranking_sum += times[i] * label_ranking_[i].numerator;
    ranking_rows += times[i];
  }

  tally.label_ranking = {.n = ranking_rows};
  if (ranking_rows > 0) {
    tally.label_ranking.value = ranking_sum / static_cast<double>(ranking_rows);
  } else {
    tally.label_ranking.reason = "no image with labels to rank";
  }
  tally.ranking.clear();
  for (const RankedCells& label : ranked_) {
    tally.ranking.push_back(label.scores(times));
  }
  tally.pooled_ranking = pooled_.scores(times);
}

Tally MultilabelSample::count_once() const {
  Tally tally;
  count(std::vector<std::uint32_t>(rows_.size(), 1u), tally);
  return tally;
}

}  // namespace polytask
