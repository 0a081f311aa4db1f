#include "polytask/metrics/constant_answer.h"

#include <algorithm>
#include <map>

namespace polytask {
namespace {

using Row = std::vector<float>;  // [L] probabilities of every image

Row majority(std::span<const double> prior) {
  Row row;
  for (const double p : prior) row.push_back(p > 0.5 ? 1.0f : 0.0f);
  return row;
}

Tally count_row_repeated(const Row& row, std::span<const float> targets) {
  std::vector<float> probabilities;
  probabilities.reserve(targets.size());
  while (probabilities.size() < targets.size()) {
    probabilities.insert(probabilities.end(), row.begin(), row.end());
  }
  const std::vector<double> thresholds(row.size(), 0.5);
  return MultilabelSample({.probabilities = probabilities,
                           .targets = targets,
                           .thresholds = thresholds})
      .count_once();
}

// Empty when no row is fully observed.
Row most_frequent_set(const MultilabelSample& sample, std::size_t labels) {
  std::map<std::vector<bool>, int> count_of;
  std::vector<bool> set(labels);
  for (std::size_t i = 0; i < sample.images(); ++i) {
    if (!sample.rows()[i].complete()) continue;
    for (std::size_t l = 0; l < labels; ++l) {
      set[l] = is_positive(sample.cells()[i * labels + l]);
    }
    ++count_of[set];
  }
  if (count_of.empty()) return {};
  const auto& best = std::ranges::max_element(count_of, {}, [](const auto& e) {
                       return e.second;
                     })->first;
  return {best.begin(), best.end()};
}

Tally count_usual_set(const MultilabelSample& sample,
                      std::span<const float> targets,
                      const TrainingAnswers& training) {
  const std::vector<double>& known = training.label_set;
  if (!known.empty()) {
    return count_row_repeated({known.begin(), known.end()}, targets);
  }
  Tally by_label = count_row_repeated(majority(training.prior), targets);
  const Row set = most_frequent_set(sample, training.prior.size());
  if (set.empty()) return by_label;
  Tally by_set = count_row_repeated(set, targets);
  const bool better = by_set.counts.subset_right > by_label.counts.subset_right;
  return better ? by_set : by_label;
}

// Ranks the labels by how often each is an image's first positive.
Row first_label_frequency(const MultilabelSample& sample,
                          const TrainingAnswers& training) {
  const std::vector<double>& known = training.first_label;
  if (!known.empty()) return {known.begin(), known.end()};
  Row frequency(training.prior.size(), 0.0f);
  for (const RowOutcome& row : sample.rows()) {
    if (row.counts_for_argmax()) frequency[row.first_positive()] += 1.0f;
  }
  return frequency;
}

}  // namespace

Tally count_constant_answer(ConstantAnswer answer,
                            const MultilabelSample& sample,
                            std::span<const float> targets,
                            const TrainingAnswers& training) {
  const std::vector<double>& prior = training.prior;
  switch (answer) {
    case ConstantAnswer::majority:
      return count_row_repeated(majority(prior), targets);
    case ConstantAnswer::label_set:
      return count_usual_set(sample, targets, training);
    case ConstantAnswer::first_label:
      return count_row_repeated(first_label_frequency(sample, training),
                                targets);
    case ConstantAnswer::always_yes:
      return count_row_repeated(Row(prior.size(), 1.0f), targets);
    case ConstantAnswer::prior:
      return count_row_repeated(Row(prior.begin(), prior.end()), targets);
  }
  return {};
}

}  // namespace polytask
