#include "polytask/metrics/evaluate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "polytask/metrics/constant_answer.h"
#include "polytask/metrics/multilabel_input.h"
#include "polytask/metrics/multilabel_sample.h"
#include "polytask/metrics/resampling.h"

namespace polytask {
namespace {

// Name, baseline and formula of each number stand in one line; everything else
// walks these two tables.
struct Metric {
  std::string_view name;
  ConstantAnswer baseline;
  Number (*of)(const Tally&);
};

struct LabelMetric {
  std::string_view name;
  ConstantAnswer baseline;
  Number (*of)(const Tally&, std::size_t label);
};

template <Number RankingScores::*kScore>
Number macro_ranking(const Tally& tally) {
  std::vector<Number> of_labels;
  for (const RankingScores& label : tally.ranking) {
    of_labels.push_back(label.*kScore);
  }
  return macro_mean(of_labels);
}

template <auto kScore, Average kAverage>
Number averaged(const Tally& tally) {
  return kScore(tally.counts, kAverage);
}

template <Number (*kScore)(const MultilabelCounts&)>
Number counted(const Tally& tally) {
  return kScore(tally.counts);
}

template <Number (*kScore)(const ConfusionMatrix&)>
Number of_label(const Tally& tally, std::size_t label) {
  return kScore(tally.counts.labels[label]);
}

using Averaged = Number (*)(const MultilabelCounts&, Average);
constexpr Averaged kPrecision = precision;
constexpr Averaged kRecall = recall;
constexpr Averaged kF1 = f1;

using enum ConstantAnswer;
using enum Average;

constexpr Metric kMetrics[] = {
    {"argmax_accuracy", first_label, counted<argmax_accuracy>},
    {"label_accuracy", majority, counted<label_accuracy>},
    {"subset_accuracy", label_set, counted<subset_accuracy>},
    {"hamming_loss", majority, counted<hamming_loss>},
    {"one_error", prior, counted<one_error>},
    {"micro_precision", always_yes, averaged<kPrecision, micro>},
    {"micro_recall", always_yes, averaged<kRecall, micro>},
    {"micro_f1", always_yes, averaged<kF1, micro>},
    {"macro_precision", always_yes, averaged<kPrecision, macro>},
    {"macro_recall", always_yes, averaged<kRecall, macro>},
    {"macro_f1", always_yes, averaged<kF1, macro>},
    {"weighted_precision", always_yes, averaged<kPrecision, weighted>},
    {"weighted_recall", always_yes, averaged<kRecall, weighted>},
    {"weighted_f1", always_yes, averaged<kF1, weighted>},
    {"macro_average_precision", prior,
     macro_ranking<&RankingScores::average_precision>},
    {"micro_average_precision", prior,
     [](const Tally& t) { return t.pooled_ranking.average_precision; }},
    {"label_ranking_average_precision", prior,
     [](const Tally& t) { return t.label_ranking; }},
    {"macro_roc_auc", prior, macro_ranking<&RankingScores::roc_auc>},
    {"micro_roc_auc", prior,
     [](const Tally& t) { return t.pooled_ranking.roc_auc; }},
};

constexpr LabelMetric kLabelMetrics[] = {
    {"precision", always_yes, of_label<precision>},
    {"recall", always_yes, of_label<recall>},
    {"f1", always_yes, of_label<f1>},
    {"average_precision", prior,
     [](const Tally& t, std::size_t l) {
       return t.ranking[l].average_precision;
     }},
    {"roc_auc", prior,
     [](const Tally& t, std::size_t l) { return t.ranking[l].roc_auc; }},
    {"label_accuracy", majority, of_label<label_accuracy>},
};

// Calls visit(number, baseline kind, its value on `tally`) for every number of
// the evaluation that has a baseline and an interval, in a fixed order.
template <class Visit>
void visit_numbers(TaskEvaluation& task, const Tally& tally, Visit visit) {
  for (std::size_t m = 0; m < std::size(kMetrics); ++m) {
    visit(task.metrics[m].second, kMetrics[m].baseline, kMetrics[m].of(tally));
  }
  for (std::size_t l = 0; l < task.labels.size(); ++l) {
    for (std::size_t m = 0; m < std::size(kLabelMetrics); ++m) {
      visit(task.labels[l].numbers[m].second, kLabelMetrics[m].baseline,
            kLabelMetrics[m].of(tally, l));
    }
  }
}

TaskEvaluation named_numbers(const MultilabelInput& input) {
  TaskEvaluation task{
      .task = input.task, .kind = "multilabel", .metrics = {}, .labels = {}};
  for (const Metric& metric : kMetrics) {
    task.metrics.emplace_back(metric.name, Number{});
  }
  for (const std::string& name : input.labels) {
    LabelEvaluation& label = task.labels.emplace_back();
    label.label = name;
    for (const LabelMetric& metric : kLabelMetrics) {
      label.numbers.emplace_back(metric.name, Number{});
    }
  }
  return task;
}

void add_facts(std::int64_t images, double threshold, LabelEvaluation& label) {
  const std::int64_t observed = label.confusion.observed();
  const auto support = static_cast<double>(label.confusion.support());
  Number prevalence{.n = observed};
  if (observed > 0) {
    prevalence.value = support / static_cast<double>(observed);
  } else {
    prevalence.reason = "no observed label";
  }
  const auto missing = static_cast<double>(images - observed);
  label.numbers.push_back({"support", {.value = support, .n = observed}});
  label.numbers.push_back({"prevalence", prevalence});
  label.numbers.push_back({"missing", {.value = missing, .n = images}});
  label.numbers.push_back({"threshold", {.value = threshold, .n = observed}});
}

void set_intervals(const MultilabelSample& sample,
                   const BootstrapOptions& options, TaskEvaluation& task) {
  Resampling resampling(sample.images(), options);
  if (sample.images() < 2 || resampling.count() == 0) return;
  std::vector<std::vector<double>> drawn(
      std::size(kMetrics) + task.labels.size() * std::size(kLabelMetrics));
  for (std::vector<double>& values : drawn) {
    values.reserve(static_cast<std::size_t>(resampling.count()));
  }
  Tally tally;
  for (int r = 0; r < resampling.count(); ++r) {
    sample.count(resampling.draw(r), tally);
    auto into = drawn.begin();
    visit_numbers(
        task, tally, [&](Number&, ConstantAnswer, const Number& value) {
          (into++)->push_back(
              value.value.value_or(std::numeric_limits<double>::quiet_NaN()));
        });
  }
  auto from = drawn.begin();
  visit_numbers(task, tally,
                [&](Number& number, ConstantAnswer, const Number&) {
                  set_interval(*from++, number);
                });
}

}  // namespace

TaskEvaluation evaluate_multilabel(const MultilabelInput& input,
                                   const BootstrapOptions& options) {
  const CheckedInput checked_input = checked(input);
  const MultilabelSample sample({.probabilities = input.probabilities,
                                 .targets = input.targets,
                                 .thresholds = checked_input.thresholds});
  TaskEvaluation task = named_numbers(input);

  const Tally tally = sample.count_once();
  visit_numbers(task, tally,
                [](Number& number, ConstantAnswer, const Number& value) {
                  number = value;
                });
  const TrainingAnswers training{.prior = checked_input.prior,
                                 .first_label = input.first_label,
                                 .label_set = input.label_set};
  for (const ConstantAnswer answer : kConstantAnswers) {
    const Tally reached =
        count_constant_answer(answer, sample, input.targets, training);
    visit_numbers(
        task, reached,
        [&](Number& number, ConstantAnswer kind, const Number& value) {
          if (kind == answer) number.baseline = value.value;
        });
  }
  set_intervals(sample, options, task);

  for (std::size_t l = 0; l < task.labels.size(); ++l) {
    task.labels[l].confusion = tally.counts.labels[l];
    count_in_means(task.labels[l].confusion, task);
    add_facts(static_cast<std::int64_t>(sample.images()),
              checked_input.thresholds[l], task.labels[l]);
  }
  return task;
}

std::optional<double> baseline_loss(const MultilabelInput& input) {
  constexpr double kClip = 1e-7;
  const std::vector<double> prior = checked(input).prior;
  double total = 0.0;
  std::int64_t observed = 0;
  for (std::size_t i = 0; i < input.targets.size(); ++i) {
    const float y = input.targets[i];
    if (std::isnan(y)) continue;
    const double p = std::clamp(prior[i % prior.size()], kClip, 1.0 - kClip);
    total -= y > 0.5f ? std::log(p) : std::log1p(-p);
    ++observed;
  }
  if (observed == 0) return std::nullopt;
  return static_cast<double>(prior.size()) * total /
         static_cast<double>(observed);
}

}  // namespace polytask
