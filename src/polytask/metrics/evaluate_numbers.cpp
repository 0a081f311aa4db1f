#include "polytask/metrics/evaluate_numbers.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/metrics/ratio.h"
#include "polytask/metrics/resampled_numbers.h"

namespace polytask {
namespace {

// Sums over the images that have the number.
struct ErrorTally {
  double observed = 0.0;
  double absolute = 0.0;
  double squares = 0.0;
  double exact = 0.0;
  double within_one = 0.0;
  double deviance = 0.0;
  double targets = 0.0;         // sum
  double target_squares = 0.0;  // of the distance to `origin`

  void add(double answer, double target, double origin, double times) {
    const double error = answer - target;
    const double rounded = std::abs(std::round(answer) - target);
    const double from_origin = target - origin;
    observed += times;
    absolute += times * std::abs(error);
    squares += times * error * error;
    exact += rounded == 0.0 ? times : 0.0;
    within_one += rounded <= 1.0 ? times : 0.0;
    const double surprise =
        target > 0.0 ? target * std::log(target / answer) : 0.0;
    deviance += times * 2.0 * (surprise - target + answer);
    targets += times * from_origin;
    target_squares += times * from_origin * from_origin;
  }
  [[nodiscard]] double spread() const {  // sum of (target - mean)^2
    return target_squares - ratio(targets * targets, observed);
  }
};

struct Metric {
  const char* name;
  double (*of)(const ErrorTally&);
  bool against_median;  // the constant answer it is compared with
};

double mean_absolute(const ErrorTally& t) {
  return ratio(t.absolute, t.observed);
}
double root_mean_squared(const ErrorTally& t) {
  return std::sqrt(ratio(t.squares, t.observed));
}
// Targets that are equal but for rounding have no spread.
double r2(const ErrorTally& t) {
  constexpr double kRounding = 1e-12;
  if (t.spread() <= kRounding * t.target_squares) return kNaN;
  return 1.0 - ratio(t.squares, t.spread());
}

constexpr Metric kNumber[] = {
    {"mean_absolute_error", mean_absolute, true},
    {"root_mean_squared_error", root_mean_squared, false},
    {"r2", r2, false},
};

constexpr Metric kCount[] = {
    {"mean_absolute_error", mean_absolute, true},
    {"root_mean_squared_error", root_mean_squared, false},
    {"r2", r2, false},
    {"exact_accuracy",
     [](const ErrorTally& t) { return ratio(t.exact, t.observed); }, true},
    {"within_one_accuracy",
     [](const ErrorTally& t) { return ratio(t.within_one, t.observed); }, true},
    {"poisson_deviance",
     [](const ErrorTally& t) { return ratio(t.deviance, t.observed); }, false},
};

std::span<const Metric> metrics_of(const NumbersInput& input) {
  if (input.count) return kCount;
  return kNumber;
}

// Of number `d`, for which image i is answered with answer(i).
template <class Answer>
ErrorTally tally_of(const NumbersInput& input, std::size_t d,
                    std::span<const std::uint32_t> times, Answer answer) {
  const std::size_t numbers = input.outputs.size();
  ErrorTally tally;
  double origin = kNaN;  // the first target: no digits are lost around it
  for (std::size_t i = 0; i < times.size(); ++i) {
    const double target = input.targets[i * numbers + d];
    if (std::isnan(target) || times[i] == 0) continue;
    if (std::isnan(origin)) origin = target;
    tally.add(answer(i), target, origin, times[i]);
  }
  return tally;
}

ErrorTally answered(const NumbersInput& input, std::size_t d,
                    std::span<const std::uint32_t> times) {
  return tally_of(input, d, times, [&](std::size_t i) -> double {
    return input.answers[i * input.outputs.size() + d];
  });
}

// All numbers of the evaluation: those of each output, and macro_r2 first
// where there are several.
std::vector<double> values_of(const NumbersInput& input,
                              std::span<const std::uint32_t> times) {
  std::vector<double> values;
  double sum = 0.0;
  double defined = 0.0;
  for (std::size_t d = 0; d < input.outputs.size(); ++d) {
    const ErrorTally tally = answered(input, d, times);
    for (const Metric& metric : metrics_of(input)) {
      values.push_back(metric.of(tally));
    }
    const double score = r2(tally);
    sum += std::isnan(score) ? 0.0 : score;
    defined += std::isnan(score) ? 0.0 : 1.0;
  }
  if (input.outputs.size() > 1) {
    values.insert(values.begin(), ratio(sum, defined));
  }
  return values;
}

// Mean and median of the evaluation's own targets.
std::pair<double, double> own_center(const NumbersInput& input, std::size_t d) {
  std::vector<double> targets;
  for (std::size_t i = d; i < input.targets.size(); i += input.outputs.size()) {
    if (!std::isnan(input.targets[i])) targets.push_back(input.targets[i]);
  }
  if (targets.empty()) return {kNaN, kNaN};
  std::ranges::sort(targets);
  double sum = 0.0;
  for (const double t : targets) sum += t;
  const std::size_t n = targets.size();
  return {sum / static_cast<double>(n),
          0.5 * (targets[(n - 1) / 2] + targets[n / 2])};
}

void require_lengths(const NumbersInput& input) {
  const std::size_t d = input.outputs.size();
  const auto fits = [&](const std::vector<double>& center) {
    return center.empty() || center.size() == d;
  };
  if (d >= 1 && input.targets.size() % d == 0 &&
      input.answers.size() == input.targets.size() && fits(input.means) &&
      fits(input.medians)) {
    return;
  }
  throw Error(Fault::shape,
              cat("task ", input.task, ": expected answers and targets [N, ", d,
                  "] and a mean and a median of each, got ",
                  input.answers.size(), ", ", input.targets.size(), ", ",
                  input.means.size(), " and ", input.medians.size()));
}

// The numbers of output `d` with their baselines.
NamedNumbers numbers_of(const NumbersInput& input, std::size_t d,
                        std::span<const std::uint32_t> once) {
  const auto [own_mean, own_median] = own_center(input, d);
  const double mean = input.means.empty() ? own_mean : input.means[d];
  const double median = input.medians.empty() ? own_median : input.medians[d];
  const ErrorTally found = answered(input, d, once);
  const ErrorTally with_mean =
      tally_of(input, d, once, [&](std::size_t) { return mean; });
  const ErrorTally with_median =
      tally_of(input, d, once, [&](std::size_t) { return median; });
  NamedNumbers numbers;
  for (const Metric& metric : metrics_of(input)) {
    Number number =
        number_of(metric.of(found), static_cast<std::int64_t>(found.observed),
                  "the targets are all equal");
    if (!std::isnan(metric.against_median ? median : mean)) {
      number.baseline = if_defined(
          metric.of(metric.against_median ? with_median : with_mean));
    }
    numbers.emplace_back(metric.name, number);
  }
  return numbers;
}

// The mean of the numbers' r2 where each image gets the training's means.
std::optional<double> macro_baseline(
    const std::vector<LabelEvaluation>& labels) {
  double sum = 0.0;
  double defined = 0.0;
  for (const LabelEvaluation& label : labels) {
    for (const auto& [name, number] : label.numbers) {
      if (name != "r2" || !number.baseline) continue;
      sum += *number.baseline;
      defined += 1.0;
    }
  }
  return if_defined(ratio(sum, defined));
}

}  // namespace

TaskEvaluation evaluate_numbers(const NumbersInput& input,
                                const BootstrapOptions& options) {
  require_lengths(input);
  const std::size_t images = input.targets.size() / input.outputs.size();
  const std::vector<std::uint32_t> once(images, 1);
  const bool several = input.outputs.size() > 1;
  TaskEvaluation task{.task = input.task,
                      .kind = input.count ? "count" : "regression"};
  for (std::size_t d = 0; d < input.outputs.size(); ++d) {
    NamedNumbers numbers = numbers_of(input, d, once);
    if (!several) {
      task.metrics = std::move(numbers);
      break;
    }
    task.labels.push_back(
        {.label = input.outputs[d], .numbers = std::move(numbers)});
  }
  if (several) {
    const double score = values_of(input, once).front();
    Number macro = number_of(score, static_cast<std::int64_t>(images),
                             "no number has targets that differ");
    macro.baseline = macro_baseline(task.labels);
    task.metrics.emplace_back("macro_r2", macro);
  }
  std::vector<Number*> all;
  for (auto& [name, number] : task.metrics) all.push_back(&number);
  for (LabelEvaluation& label : task.labels) {
    for (auto& [name, number] : label.numbers) all.push_back(&number);
  }
  set_intervals(images, options, all,
                [&](std::span<const std::uint32_t> times) {
                  return values_of(input, times);
                });
  return task;
}

}  // namespace polytask
