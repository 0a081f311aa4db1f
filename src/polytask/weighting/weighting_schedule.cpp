#include "polytask/weighting/weighting_schedule.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/text.h"
#include "polytask/settings/setting_problem.h"

namespace polytask {
namespace {

void find_problems(const WeightPoint& point, const std::string& place,
                   const std::vector<std::string>& tasks,
                   std::vector<std::string>& found) {
  if (point.epoch < 1) {
    found.push_back(cat(place, ".epoch: expected >= 1, got ", point.epoch));
  }
  for (const auto& [task, factor] : point.weights) {
    const std::string own = cat(place, ".weights.", task, ": ");
    if (std::ranges::count(tasks, task) == 0) {
      found.push_back(
          cat(own, "no task has this name; ", known_names(task, tasks)));
    } else if (!std::isfinite(factor) || factor < 0.0) {
      found.push_back(cat(own, "expected finite and >= 0, got ", factor));
    }
  }
}

}  // namespace

double scheduled_factor(std::span<const WeightPoint> schedule,
                        const std::string& task, int epoch) {
  const int shown_epoch = epoch + 1;  // points count epochs from 1
  const WeightPoint* before = nullptr;
  for (const WeightPoint& point : schedule) {
    const auto factor = point.weights.find(task);
    if (factor == point.weights.end()) continue;
    if (point.epoch >= shown_epoch) {
      if (before == nullptr) return factor->second;
      const double from = before->weights.at(task);
      const double share =
          1.0 * (shown_epoch - before->epoch) / (point.epoch - before->epoch);
      return from + share * (factor->second - from);
    }
    before = &point;
  }
  return before == nullptr ? 1.0 : before->weights.at(task);
}

std::vector<std::string> schedule_problems(
    std::span<const WeightPoint> schedule,
    const std::vector<std::string>& tasks) {
  std::vector<std::string> found;
  for (std::size_t i = 0; i < schedule.size(); ++i) {
    const std::string place = cat("weighting.schedule.", i);
    find_problems(schedule[i], place, tasks, found);
    if (i > 0 && schedule[i].epoch <= schedule[i - 1].epoch) {
      found.push_back(cat(place, ".epoch: expected later than epoch ",
                          schedule[i - 1].epoch, ", got ", schedule[i].epoch));
    }
  }
  if (!found.empty()) return found;
  for (std::size_t i = 0; i < schedule.size(); ++i) {
    const auto learns = [&](const std::string& task) {
      return scheduled_factor(schedule, task, schedule[i].epoch - 1) > 0.0;
    };
    if (std::ranges::any_of(tasks, learns)) continue;
    found.push_back(cat("weighting.schedule.", i, ".weights: every task has 0 ",
                        "in epoch ", schedule[i].epoch,
                        "; expected one above 0 at least"));
  }
  return found;
}

}  // namespace polytask
