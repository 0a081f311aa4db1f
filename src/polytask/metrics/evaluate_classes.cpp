#include "polytask/metrics/evaluate_classes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/metrics/ratio.h"
#include "polytask/metrics/resampled_numbers.h"

namespace polytask {
namespace {

constexpr double kClip = 1e-7;

// How often class `row` was answered as class `column`, and the losses.
struct ClassTally {
  std::size_t classes = 0;
  std::vector<double> cells;  // [C, C]
  std::vector<double> rows;   // [C] true
  std::vector<double> columns;
  double observed = 0.0;
  double loss = 0.0;

  explicit ClassTally(std::size_t c)
      : classes(c), cells(c * c), rows(c), columns(c) {}

  void add(std::size_t truth, std::size_t answer, double times, double l) {
    cells[truth * classes + answer] += times;
    rows[truth] += times;
    columns[answer] += times;
    observed += times;
    loss += times * l;
  }
  [[nodiscard]] double right(std::size_t c) const {
    return cells[c * classes + c];
  }
  [[nodiscard]] double all_right() const {
    double sum = 0.0;
    for (std::size_t c = 0; c < classes; ++c) sum += right(c);
    return sum;
  }
};

double precision_of(const ClassTally& t, std::size_t c) {
  return ratio(t.right(c), t.columns[c]);
}
// In a mean: a class that occurs and is never answered has precision 0, one
// that does not occur has none.
double precision_in_mean(const ClassTally& t, std::size_t c) {
  if (t.rows[c] == 0.0) return kNaN;
  return t.columns[c] == 0.0 ? 0.0 : precision_of(t, c);
}
double recall_of(const ClassTally& t, std::size_t c) {
  return ratio(t.right(c), t.rows[c]);
}
double f1_of(const ClassTally& t, std::size_t c) {
  return ratio(2.0 * t.right(c), t.rows[c] + t.columns[c]);
}

using OfClass = double (*)(const ClassTally&, std::size_t);

double macro(const ClassTally& t, OfClass of) {
  double sum = 0.0;
  double count = 0.0;
  for (std::size_t c = 0; c < t.classes; ++c) {
    const double value = of(t, c);
    if (std::isnan(value)) continue;
    sum += value;
    count += 1.0;
  }
  return ratio(sum, count);
}

// Weighted by how often a class is the true one.
double weighted(const ClassTally& t, OfClass of) {
  double sum = 0.0;
  double count = 0.0;
  for (std::size_t c = 0; c < t.classes; ++c) {
    const double value = of(t, c);
    if (std::isnan(value)) continue;
    sum += t.rows[c] * value;
    count += t.rows[c];
  }
  return ratio(sum, count);
}

// Mean over the images of cost(true - answered).
template <class Cost>
double mean_cost(const ClassTally& t, Cost cost) {
  double sum = 0.0;
  for (std::size_t i = 0; i < t.classes; ++i) {
    for (std::size_t j = 0; j < t.classes; ++j) {
      sum += t.cells[i * t.classes + j] *
             cost(static_cast<double>(i) - static_cast<double>(j));
    }
  }
  return ratio(sum, t.observed);
}

// 1 - cost / cost of answers that are independent of the truth.
template <class Cost>
double kappa(const ClassTally& t, Cost cost) {
  double expected = 0.0;
  for (std::size_t i = 0; i < t.classes; ++i) {
    for (std::size_t j = 0; j < t.classes; ++j) {
      expected += t.rows[i] * t.columns[j] *
                  cost(static_cast<double>(i) - static_cast<double>(j));
    }
  }
  return 1.0 - ratio(mean_cost(t, cost) * t.observed * t.observed, expected);
}

double differs(double d) { return d == 0.0 ? 0.0 : 1.0; }
double squared(double d) { return d * d; }

struct Metric {
  const char* name;
  double (*of)(const ClassTally&);
};

double accuracy(const ClassTally& t) {
  return ratio(t.all_right(), t.observed);
}
double log_loss(const ClassTally& t) { return ratio(t.loss, t.observed); }
double cohen_kappa(const ClassTally& t) { return kappa(t, differs); }
double balanced(const ClassTally& t) { return macro(t, recall_of); }

constexpr Metric kCategorical[] = {
    {"top_1_accuracy", accuracy},
    {"balanced_accuracy", balanced},
    {"macro_precision",
     [](const ClassTally& t) { return macro(t, precision_in_mean); }},
    {"macro_recall", balanced},
    {"macro_f1", [](const ClassTally& t) { return macro(t, f1_of); }},
    {"weighted_precision",
     [](const ClassTally& t) { return weighted(t, precision_in_mean); }},
    {"weighted_recall",
     [](const ClassTally& t) { return weighted(t, recall_of); }},
    {"weighted_f1", [](const ClassTally& t) { return weighted(t, f1_of); }},
    {"cohen_kappa", cohen_kappa},
    {"log_loss", log_loss},
};

constexpr Metric kOrdinal[] = {
    {"top_1_accuracy", accuracy},
    {"within_one_accuracy",
     [](const ClassTally& t) {
       return mean_cost(t, [](double d) { return d * d <= 1.0 ? 1.0 : 0.0; });
     }},
    {"mean_absolute_error",
     [](const ClassTally& t) {
       return mean_cost(t, [](double d) { return std::abs(d); });
     }},
    {"balanced_accuracy", balanced},
    {"macro_f1", [](const ClassTally& t) { return macro(t, f1_of); }},
    {"cohen_kappa", cohen_kappa},
    {"quadratic_weighted_kappa",
     [](const ClassTally& t) { return kappa(t, squared); }},
    {"log_loss", log_loss},
};

constexpr OfClass kOfClass[] = {precision_of, recall_of, f1_of};
constexpr const char* kOfClassNames[] = {"precision", "recall", "f1"};

std::span<const Metric> metrics_of(const ClassesInput& input) {
  if (input.ordinal) return kOrdinal;
  return kCategorical;
}

std::vector<double> values_of(const ClassesInput& input, const ClassTally& t) {
  std::vector<double> values;
  for (const Metric& metric : metrics_of(input)) {
    values.push_back(metric.of(t));
  }
  for (std::size_t c = 0; c < t.classes; ++c) {
    for (const OfClass of : kOfClass) values.push_back(of(t, c));
  }
  return values;
}

void require_lengths(const ClassesInput& input) {
  const std::size_t n = input.targets.size();
  const std::size_t c = input.classes.size();
  if (c >= 2 && input.probabilities.size() == n * c &&
      input.answered.size() == n &&
      (input.prior.empty() || input.prior.size() == c)) {
    return;
  }
  throw Error(Fault::shape,
              cat("task ", input.task, ": expected ", n,
                  " images with probabilities of ", c,
                  " classes, an answer each and a prior of them, got ",
                  input.probabilities.size(), ", ", input.answered.size(),
                  " and ", input.prior.size(), " numbers"));
}

// The answers as they are.
ClassTally tally_of(const ClassesInput& input,
                    std::span<const std::uint32_t> times) {
  ClassTally tally(input.classes.size());
  for (std::size_t i = 0; i < input.targets.size(); ++i) {
    if (std::isnan(input.targets[i]) || times[i] == 0) continue;
    const auto truth = static_cast<std::size_t>(input.targets[i]);
    const double p = input.probabilities[i * tally.classes + truth];
    tally.add(truth, static_cast<std::size_t>(input.answered[i]), times[i],
              -std::log(std::max(p, kClip)));
  }
  return tally;
}

std::size_t constant_class(const ClassesInput& input,
                           const std::vector<double>& prior) {
  if (!input.ordinal) {
    return static_cast<std::size_t>(std::ranges::max_element(prior) -
                                    prior.begin());
  }
  double sum = 0.0;
  for (std::size_t c = 0; c < prior.size(); ++c) {
    sum += prior[c];
    if (sum >= 0.5) return c;
  }
  return prior.size() - 1;
}

// The same images, each answered with one class and the prior.
ClassTally baseline_of(const ClassesInput& input, const ClassTally& found) {
  std::vector<double> prior = input.prior;
  if (prior.empty()) {
    for (const double row : found.rows) {
      prior.push_back(ratio(row, found.observed));
    }
  }
  ClassTally tally(found.classes);
  const std::size_t answer = constant_class(input, prior);
  for (std::size_t c = 0; c < found.classes; ++c) {
    if (found.rows[c] == 0.0) continue;
    tally.add(c, answer, found.rows[c], -std::log(std::max(prior[c], kClip)));
  }
  return tally;
}

void add_facts(const ClassTally& tally, std::size_t c, std::size_t images,
               LabelEvaluation& label) {
  const auto n = static_cast<std::int64_t>(tally.observed);
  const auto right = static_cast<std::int64_t>(tally.right(c));
  const auto truths = static_cast<std::int64_t>(tally.rows[c]);
  const auto answers = static_cast<std::int64_t>(tally.columns[c]);
  label.confusion = {.true_negative = n - truths - answers + right,
                     .false_positive = answers - right,
                     .false_negative = truths - right,
                     .true_positive = right};
  label.numbers.push_back({"support", number_of(tally.rows[c], n, "")});
  label.numbers.push_back(
      {"prevalence", number_of(ratio(tally.rows[c], tally.observed), n, "")});
  const auto all = static_cast<std::int64_t>(images);
  label.numbers.push_back(
      {"missing", number_of(static_cast<double>(all - n), all, "")});
}

}  // namespace

TaskEvaluation evaluate_classes(const ClassesInput& input,
                                const BootstrapOptions& options) {
  require_lengths(input);
  const std::size_t images = input.targets.size();
  const ClassTally tally =
      tally_of(input, std::vector<std::uint32_t>(images, 1));
  const ClassTally constant = baseline_of(input, tally);
  const std::vector<double> values = values_of(input, tally);
  const std::vector<double> baselines = values_of(input, constant);
  const auto n = static_cast<std::int64_t>(tally.observed);
  const auto named = [&](std::size_t i) {
    Number number = number_of(values[i], n, "it divides by zero");
    number.baseline = if_defined(baselines[i]);
    return number;
  };

  TaskEvaluation task{.task = input.task,
                      .kind = input.ordinal ? "ordinal" : "categorical"};
  std::size_t next = 0;
  for (const Metric& metric : metrics_of(input)) {
    task.metrics.emplace_back(metric.name, named(next++));
  }
  for (const std::string& name : input.classes) {
    LabelEvaluation& label = task.labels.emplace_back();
    label.label = name;
    for (const char* of_class : kOfClassNames) {
      label.numbers.emplace_back(of_class, named(next++));
    }
  }
  std::vector<Number*> numbers;
  for (auto& [name, number] : task.metrics) numbers.push_back(&number);
  for (LabelEvaluation& label : task.labels) {
    for (auto& [name, number] : label.numbers) numbers.push_back(&number);
  }
  set_intervals(images, options, numbers,
                [&](std::span<const std::uint32_t> times) {
                  return values_of(input, tally_of(input, times));
                });
  for (std::size_t c = 0; c < tally.classes; ++c) {
    add_facts(tally, c, images, task.labels[c]);
    const auto row =
        tally.cells.begin() + static_cast<std::ptrdiff_t>(c * tally.classes);
    task.confusion.emplace_back(
        row, row + static_cast<std::ptrdiff_t>(tally.classes));
    count_in_means(task.labels[c].confusion, task);
  }
  return task;
}

}  // namespace polytask
