#include "polytask/task/weighting_schedule.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/setting_problem.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

double factor_of(const WeightPoint& point, const std::string& task) {
  const auto at = point.weights.find(task);
  return at == point.weights.end() ? 1.0 : at->second;
}

void find_problems(const WeightPoint& point, const std::string& place,
                   const std::vector<std::string>& tasks,
                   std::vector<std::string>& found) {
  if (point.epoch < 1) {
    found.push_back(cat(place, ".epoch: expected >= 1, got ", point.epoch));
  }
  const std::size_t before = found.size();
  for (const auto& [task, factor] : point.weights) {
    const std::string own = cat(place, ".weights.", task, ": ");
    if (std::ranges::count(tasks, task) == 0) {
      found.push_back(
          cat(own, "no task has this name; ", known_names(task, tasks)));
    } else if (!std::isfinite(factor) || factor < 0.0) {
      found.push_back(cat(own, "expected finite and >= 0, got ", factor));
    }
  }
  if (found.size() > before) return;
  if (std::ranges::any_of(tasks, [&](const std::string& task) {
        return factor_of(point, task) > 0.0;
      })) {
    return;
  }
  found.push_back(cat(place, ".weights: expected one above 0 at least"));
}

}  // namespace

double scheduled_factor(std::span<const WeightPoint> schedule,
                        const std::string& task, int epoch) {
  if (schedule.empty()) return 1.0;
  const double shown_epoch = epoch + 1.0;  // points count epochs from 1
  const WeightPoint* before = &schedule.front();
  for (const WeightPoint& point : schedule) {
    if (point.epoch >= shown_epoch) {
      if (&point == before) break;
      const double share =
          (shown_epoch - before->epoch) / (point.epoch - before->epoch);
      const double from = factor_of(*before, task);
      return from + share * (factor_of(point, task) - from);
    }
    before = &point;
  }
  return factor_of(*before, task);
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
  return found;
}

}  // namespace polytask
