#include "polytask/model/target_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "polytask/base/text.h"
#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double mean_of(std::span<const float> values) {
  if (values.empty()) return kNaN;
  return std::accumulate(values.begin(), values.end(), 0.0) /
         static_cast<double>(values.size());
}

NumberStatistics statistics_of(std::vector<float> values) {
  const double mean = mean_of(values);
  double squares = 0.0;
  for (const float v : values) squares += (v - mean) * (v - mean);
  const std::size_t n = values.size();
  double median = kNaN;
  if (n > 0) {
    std::ranges::sort(values);
    median = 0.5 * (static_cast<double>(values[(n - 1) / 2]) + values[n / 2]);
  }
  return {
      .mean = mean,
      .deviation = n == 0 ? kNaN : std::sqrt(squares / static_cast<double>(n)),
      .median = median};
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

  [[nodiscard]] std::vector<double> first_label() const {
    const double rows = std::accumulate(first_.begin(), first_.end(), 0.0);
    std::vector<double> shares;
    for (const double count : first_) {
      shares.push_back(rows > 0.0 ? count / rows : kNaN);
    }
    return shares;
  }

  [[nodiscard]] std::vector<double> usual_set() const {
    if (sets_.empty()) return std::vector<double>(first_.size(), kNaN);
    const auto usual = std::ranges::max_element(
        sets_, {}, [](const auto& entry) { return entry.second; });
    std::vector<double> set;
    for (const bool label : usual->first) set.push_back(label ? 1.0 : 0.0);
    return set;
  }

 private:
  std::vector<double> first_;
  std::map<std::vector<bool>, std::int64_t> sets_;
};

//   observed   of each column of the task, the targets that are there
//   rows       of a multilabel task
TargetStatistics statistics_of(const Task& task,
                               std::span<const std::vector<float>> observed,
                               const LabelRows& rows) {
  TargetStatistics found;
  switch (form_of(task)) {
    case AnswerForm::labels:
      for (const std::vector<float>& column : observed) {
        found.shares.push_back(mean_of(column));
      }
      found.first_label = rows.first_label();
      found.label_set = rows.usual_set();
      break;
    case AnswerForm::classes:
      found.shares = shares(observed.front(), task.labels.size());
      break;
    case AnswerForm::numbers:
      for (const std::vector<float>& column : observed) {
        found.numbers.push_back(statistics_of(column));
      }
      break;
  }
  return found;
}

void add_rows(const std::vector<Task>& tasks, std::span<const float> row,
              std::vector<LabelRows>& rows) {
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const auto columns = static_cast<std::size_t>(tasks[t].columns());
    if (form_of(tasks[t]) == AnswerForm::labels) {
      rows[t].add(row.first(columns));
    }
    row = row.subspan(columns);
  }
}

}  // namespace

std::vector<TargetStatistics> target_statistics_of(
    const std::vector<Task>& tasks, const Dataset& data) {
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
  std::vector<TargetStatistics> statistics;
  std::span<const std::vector<float>> rest(observed);
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const auto columns = static_cast<std::size_t>(tasks[t].columns());
    statistics.push_back(statistics_of(tasks[t], rest.first(columns), rows[t]));
    rest = rest.subspan(columns);
  }
  return statistics;
}

TargetStatistics unknown_statistics(const Task& task) {
  const std::vector<std::vector<float>> none(
      static_cast<std::size_t>(task.columns()));
  return statistics_of(task, none, LabelRows(task.labels.size()));
}

const TargetStatistics& statistics_of(const Model& model, std::size_t task) {
  static const TargetStatistics untrained;
  return model.target_statistics.empty() ? untrained
                                         : model.target_statistics[task];
}

bool is_unanswered(const TargetStatistics& statistics) {
  return std::ranges::all_of(statistics.shares,
                             [](double share) { return std::isnan(share); }) &&
         std::ranges::all_of(statistics.numbers, [](const NumberStatistics& n) {
           return std::isnan(n.mean);
         });
}

std::vector<std::string> unanswered(
    const std::vector<Task>& tasks,
    const std::vector<TargetStatistics>& statistics) {
  std::vector<std::string> found;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const Task& task = tasks[t];
    if (is_unanswered(statistics[t])) {
      found.push_back(cat("task \"", task.name, '"'));
      continue;
    }
    for (std::size_t i = 0; i < statistics[t].numbers.size(); ++i) {
      if (!std::isnan(statistics[t].numbers[i].mean)) continue;
      found.push_back(
          cat("number \"", task.outputs()[i], "\" of task \"", task.name, '"'));
    }
  }
  return found;
}

std::vector<double> where_known(const std::vector<double>& of_labels) {
  const bool known = !of_labels.empty() && !std::isnan(of_labels.front());
  return known ? of_labels : std::vector<double>();
}

void standardise(const Task& task, const TargetStatistics& statistics,
                 std::span<float> targets) {
  if (statistics.numbers.empty() || traits_of(task).counted) return;
  const auto columns = static_cast<std::size_t>(task.columns());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const NumberStatistics& n = statistics.numbers[i % columns];
    targets[i] = static_cast<float>((targets[i] - n.mean) / n.scale());
  }
}

}  // namespace polytask
