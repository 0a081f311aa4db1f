#include "polytask/weighting/gradient_conflict.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

void require_square(std::span<const double> gramian, int tasks) {
  const auto count = static_cast<std::size_t>(std::max(tasks, 0));
  if (gramian.size() == count * count) return;
  throw Error(Fault::shape,
              cat("gradient conflict: expected a Gramian of ", tasks, " x ",
                  tasks, " numbers, got ", gramian.size()));
}

std::size_t place_of(int tasks, int i, int j) {
  return static_cast<std::size_t>(i) * static_cast<std::size_t>(tasks) +
         static_cast<std::size_t>(j);
}

double norm_of(std::span<const double> gramian, int tasks, int i) {
  return std::sqrt(std::max(0.0, gramian[place_of(tasks, i, i)]));
}

// NaN when one of the two has no direction.
double cosine(std::span<const double> gramian, int tasks, int i, int j) {
  const double norm_i = norm_of(gramian, tasks, i);
  const double norm_j = norm_of(gramian, tasks, j);
  if (norm_i == 0.0 || norm_j == 0.0) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double product = gramian[place_of(tasks, i, j)];
  return std::clamp(product / norm_i / norm_j, -1.0, 1.0);
}

std::optional<double> share(double part, std::int64_t whole) {
  if (whole == 0) return std::nullopt;
  return part / static_cast<double>(whole);
}

}  // namespace

std::optional<double> PairConflict::mean_cosine() const {
  return share(cosine_sum, steps);
}

std::optional<double> PairConflict::conflict_share() const {
  return share(static_cast<double>(conflicts), steps);
}

ConflictMeter::ConflictMeter(int tasks) : tasks_(tasks) {
  if (tasks < 1) {
    throw Error(Fault::config,
                cat("gradient conflict: expected >= 1 task, got ", tasks));
  }
  const auto count = static_cast<std::size_t>(tasks);
  pairs_.resize(count * (count - 1) / 2);
}

void ConflictMeter::add(std::span<const double> gramian) {
  require_square(gramian, tasks_);
  const auto finite = [](double v) { return std::isfinite(v); };
  if (!std::ranges::all_of(gramian, finite)) return;
  ++steps_;
  bool comparable = false;
  bool conflicting = false;
  for (int i = 0; i < tasks_; ++i) {
    for (int j = 0; j < i; ++j) {
      const double found = cosine(gramian, tasks_, i, j);
      if (std::isnan(found)) continue;
      PairConflict& pair = pairs_[at(i, j)];
      pair.cosine_sum += found;
      pair.conflicts += found < 0.0 ? 1 : 0;
      ++pair.steps;
      comparable = true;
      conflicting = conflicting || found < 0.0;
    }
  }
  comparable_ += comparable ? 1 : 0;
  conflicting_ += conflicting ? 1 : 0;
}

std::size_t ConflictMeter::at(int i, int j) const {
  assert(i != j && std::min(i, j) >= 0 && std::max(i, j) < tasks_);
  const auto [low, high] = std::minmax(i, j);
  const auto row = static_cast<std::size_t>(high);
  return row * (row - 1) / 2 + static_cast<std::size_t>(low);
}

const PairConflict& ConflictMeter::pair(int i, int j) const {
  return pairs_[at(i, j)];
}

std::optional<double> ConflictMeter::conflict_share() const {
  return share(static_cast<double>(conflicting_), comparable_);
}

}  // namespace polytask
