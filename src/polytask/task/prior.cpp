#include "polytask/task/prior.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "polytask/base/text.h"

namespace polytask {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMoments = 3;  // of a number: mean, deviation, median

bool has_classes(const Task& task) {
  return task.kind == TaskKind::categorical || task.kind == TaskKind::ordinal;
}

double mean_of(std::span<const float> values) {
  if (values.empty()) return kNaN;
  return std::accumulate(values.begin(), values.end(), 0.0) /
         static_cast<double>(values.size());
}

// Mean, standard deviation, median.
void add_moments(std::vector<float> values, std::vector<double>& prior) {
  const double mean = mean_of(values);
  double squares = 0.0;
  for (const float v : values) squares += (v - mean) * (v - mean);
  const std::size_t n = values.size();
  double median = kNaN;
  if (n > 0) {
    std::ranges::sort(values);
    median = 0.5 * (static_cast<double>(values[(n - 1) / 2]) + values[n / 2]);
  }
  prior.push_back(mean);
  prior.push_back(n == 0 ? kNaN : std::sqrt(squares / static_cast<double>(n)));
  prior.push_back(median);
}

// The share of each class among the observed numbers.
std::vector<double> shares(std::span<const float> numbers,
                           std::size_t classes) {
  std::vector<double> share(classes, numbers.empty() ? kNaN : 0.0);
  for (const float number : numbers) {
    share[static_cast<std::size_t>(number)] +=
        1.0 / static_cast<double>(numbers.size());
  }
  return share;
}

//   observed   of each column of the task, the targets that are there
std::vector<double> prior_of(const Task& task,
                             const std::vector<std::vector<float>>& observed) {
  std::vector<double> prior;
  if (has_classes(task)) return shares(observed.front(), task.labels.size());
  for (const std::vector<float>& column : observed) {
    if (task.kind == TaskKind::regression) {
      add_moments(column, prior);
    } else {
      prior.push_back(mean_of(column));
    }
  }
  return prior;
}

}  // namespace

std::size_t prior_size(const Task& task) {
  if (task.kind == TaskKind::count) return 1;
  if (task.kind != TaskKind::regression) return task.labels.size();
  return kMoments * static_cast<std::size_t>(task.columns());
}

std::vector<std::vector<double>> prior_of(const std::vector<Task>& tasks,
                                          const Dataset& data) {
  std::vector<std::vector<float>> observed(data.spec().labels.size());
  std::vector<float> row(observed.size());
  for (std::int64_t i = 0; i < data.size(); ++i) {
    data.read_targets(i, row);
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (!std::isnan(row[c])) observed[c].push_back(row[c]);
    }
  }
  std::vector<std::vector<double>> priors;
  auto first = observed.begin();
  for (const Task& task : tasks) {
    const auto behind = first + task.columns();
    priors.push_back(prior_of(task, {first, behind}));
    first = behind;
  }
  return priors;
}

std::vector<std::string> unanswered(
    const std::vector<Task>& tasks,
    const std::vector<std::vector<double>>& prior) {
  const auto is_missing = [](double p) { return std::isnan(p); };
  std::vector<std::string> found;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const Task& task = tasks[t];
    if (std::ranges::all_of(prior[t], is_missing)) {
      found.push_back(cat("task \"", task.name, '"'));
      continue;
    }
    if (task.kind != TaskKind::regression) continue;
    for (std::size_t i = 0; kMoments * i < prior[t].size(); ++i) {
      if (!is_missing(prior[t][kMoments * i])) continue;
      found.push_back(
          cat("number \"", task.outputs()[i], "\" of task \"", task.name, '"'));
    }
  }
  return found;
}

Moments moments(std::span<const double> prior, std::size_t number) {
  const auto of_number = prior.subspan(kMoments * number, kMoments);
  const double deviation = of_number[1];
  return {.mean = of_number[0],
          .deviation = deviation > 0.0 ? deviation : 1.0,
          .median = of_number[2]};
}

void standardise(const Task& task, std::span<const double> prior,
                 std::span<float> targets) {
  if (task.kind != TaskKind::regression) return;
  const auto columns = static_cast<std::size_t>(task.columns());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Moments m = moments(prior, i % columns);
    targets[i] = static_cast<float>((targets[i] - m.mean) / m.deviation);
  }
}

}  // namespace polytask
