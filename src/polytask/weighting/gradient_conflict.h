// How much the tasks' gradients pull apart, from their Gramian [T, T].
//
// Two tasks conflict in a step when the cosine between their gradients is below
// 0: a small step down one raises the other. A gradient of length 0 has no
// cosine, and its pairs do not count in that step.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace polytask {

// What was seen of one pair of tasks.
struct PairConflict {
  double cosine_sum = 0.0;
  std::int64_t conflicts = 0;  // steps with a cosine below 0
  std::int64_t steps = 0;      // steps with a cosine at all

  // Both nothing when there was no such step.
  [[nodiscard]] std::optional<double> mean_cosine() const;
  [[nodiscard]] std::optional<double> conflict_share() const;

  bool operator==(const PairConflict&) const = default;
};

// Accumulates over steps. Belongs to one thread; add() does not allocate.
class ConflictMeter {
 public:
  // Throws Fault::config when tasks < 1.
  explicit ConflictMeter(int tasks);

  // Takes in one step; one whose Gramian holds a number that is not finite is
  // left out. Throws Fault::shape when it is not [T, T].
  void add(std::span<const double> gramian);

  [[nodiscard]] int tasks() const { return tasks_; }
  [[nodiscard]] std::int64_t steps() const { return steps_; }  // taken in

  // i and j in any order, i != j, both below tasks().
  [[nodiscard]] const PairConflict& pair(int i, int j) const;

  // Steps in which any pair conflicted, among those with any cosine.
  [[nodiscard]] std::optional<double> conflict_share() const;

 private:
  [[nodiscard]] std::size_t at(int i, int j) const;

  int tasks_;
  std::int64_t steps_ = 0;
  std::int64_t comparable_ = 0;      // steps with any cosine
  std::int64_t conflicting_ = 0;     // of these, with one below 0
  std::vector<PairConflict> pairs_;  // [T (T - 1) / 2]
};

}  // namespace polytask
