// The conflicts between tasks that a training has recorded, found again in its
// epoch reports by their names.

#pragma once

#include <span>
#include <string>
#include <vector>

#include "polytask/train/progress.h"

namespace polytask {

struct TaskPair {
  std::string first;  // in the order of the tasks
  std::string second;

  bool operator==(const TaskPair&) const = default;
};

// NaN where there was none: no step in which both tasks had a gradient.
struct ConflictNumbers {
  double cosine;  // mean over the steps of an epoch, or over epochs
  double share;   // of these steps with a cosine below 0
};

class ConflictHistory {
 public:
  ConflictHistory(std::span<const std::string> tasks,
                  std::span<const EpochReport> reports);

  [[nodiscard]] const std::vector<TaskPair>& pairs() const { return pairs_; }
  // Layers of the trunk, first to last; then, as "", the whole of it, or the
  // shared features where they alone were looked at.
  [[nodiscard]] const std::vector<std::string>& layers() const {
    return layers_;
  }
  [[nodiscard]] const std::vector<int>& epochs() const { return epochs_; }
  [[nodiscard]] bool empty() const { return pairs_.empty() || epochs_.empty(); }

  // Mean over the epochs [first, last), numbered from 0.
  [[nodiscard]] ConflictNumbers mean(std::size_t pair, std::size_t layer,
                                     std::size_t first, std::size_t last) const;
  [[nodiscard]] ConflictNumbers mean(std::size_t pair, std::size_t layer) const;
  // The share of the steps in which any pair conflicted.
  [[nodiscard]] double any_share() const { return any_share_; }

  // Keeps `count` pairs, those with the lowest mean cosine over the whole.
  void keep_most_conflicting(std::size_t count);

 private:
  void find_layers(std::span<const EpochReport> reports);
  void add_epoch(const MetricValues& values);

  std::vector<TaskPair> pairs_;
  std::vector<std::string> layers_;
  std::vector<int> epochs_;
  // [pair][layer][epoch]
  std::vector<std::vector<std::vector<ConflictNumbers>>> numbers_;
  double any_share_;
};

}  // namespace polytask
