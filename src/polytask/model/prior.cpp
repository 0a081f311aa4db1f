#include "polytask/model/prior.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "polytask/base/text.h"

namespace polytask {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMoments = 3;  // of a number: mean, deviation, median

bool has_moments(const Task& task) {
  return task.kind == TaskKind::regression || task.kind == TaskKind::count;
}

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

// Of the rows of a multilabel task: how often each label is the first positive,
// and how often each set of labels occurs.
class LabelRows {
 public:
  explicit LabelRows(std::size_t labels) : first_(labels) {}

  //   row   [labels], NaN where missing
  void add(std::span<const float> row) {
    std::vector<bool> set;
    bool complete = true;
    for (const float y : row) {
      complete = complete && !std::isnan(y);
      set.push_back(y > 0.5f);
    }
    const auto first = std::ranges::find(set, true);
    // Without a positive the first label is the first, as in Keras, unless one
    // may hide among the missing.
    if (first != set.end() || complete) {
      first_[first == set.end()
                 ? 0
                 : static_cast<std::size_t>(first - set.begin())] += 1.0;
    }
    if (complete) ++sets_[set];
  }

  void add_to(std::vector<double>& prior) const {
    const double rows = std::accumulate(first_.begin(), first_.end(), 0.0);
    for (const double count : first_) {
      prior.push_back(rows > 0.0 ? count / rows : kNaN);
    }
    if (sets_.empty()) {
      prior.resize(prior.size() + first_.size(), kNaN);
      return;
    }
    const auto usual = std::ranges::max_element(
        sets_, {}, [](const auto& entry) { return entry.second; });
    for (const bool label : usual->first) prior.push_back(label ? 1.0 : 0.0);
  }

 private:
  std::vector<double> first_;
  std::map<std::vector<bool>, std::int64_t> sets_;
};

//   observed   of each column of the task, the targets that are there
std::vector<double> prior_of(const Task& task,
                             const std::vector<std::vector<float>>& observed) {
  std::vector<double> prior;
  if (has_classes(task)) return shares(observed.front(), task.labels.size());
  for (const std::vector<float>& column : observed) {
    if (has_moments(task)) {
      add_moments(column, prior);
    } else {
      prior.push_back(mean_of(column));
    }
  }
  return prior;
}

void add_rows(const std::vector<Task>& tasks, std::span<const float> row,
              std::vector<LabelRows>& rows) {
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const auto columns = static_cast<std::size_t>(tasks[t].columns());
    if (tasks[t].kind == TaskKind::multilabel) {
      rows[t].add(row.first(columns));
    }
    row = row.subspan(columns);
  }
}

}  // namespace

std::size_t prior_size(const Task& task) {
  if (task.kind == TaskKind::multilabel) return 3 * task.labels.size();
  if (!has_moments(task)) return task.labels.size();
  return kMoments * static_cast<std::size_t>(task.columns());
}

std::vector<std::vector<double>> prior_of(const std::vector<Task>& tasks,
                                          const Dataset& data) {
  std::vector<std::vector<float>> observed(data.spec().labels.size());
  std::vector<float> row(observed.size());
  std::vector<LabelRows> rows;
  for (const Task& task : tasks) rows.emplace_back(task.labels.size());
  for (std::int64_t i = 0; i < data.size(); ++i) {
    data.read_targets(i, row);
    add_rows(tasks, row, rows);
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (!std::isnan(row[c])) observed[c].push_back(row[c]);
    }
  }
  std::vector<std::vector<double>> priors;
  auto first = observed.begin();
  for (const Task& task : tasks) {
    const auto behind = first + task.columns();
    priors.push_back(prior_of(task, {first, behind}));
    if (task.kind == TaskKind::multilabel) {
      rows[priors.size() - 1].add_to(priors.back());
    }
    first = behind;
  }
  return priors;
}

LabelPrior label_prior(const Task& task, std::span<const double> prior) {
  const std::size_t labels = task.labels.size();
  const auto part = [&](std::size_t number) {
    if (prior.size() < (number + 1) * labels) return std::vector<double>();
    const auto some = prior.subspan(number * labels, labels);
    return std::vector<double>(some.begin(), some.end());
  };
  LabelPrior found{part(0), part(1), part(2)};
  // Of a training without a complete row, or of an older model.
  for (std::vector<double>* known : {&found.first, &found.set}) {
    if (!known->empty() && std::isnan(known->front())) known->clear();
  }
  return found;
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
