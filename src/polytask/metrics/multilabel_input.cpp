#include "polytask/metrics/multilabel_input.h"

#include <cmath>
#include <limits>
#include <set>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

constexpr std::size_t kMostProblemsNamed = 5;

// NaN passes where it means something, by not being outside.
bool is_outside_unit(double v) { return v < 0.0 || v > 1.0; }

void require_fitting_sizes(const MultilabelInput& in) {
  const std::size_t labels = in.labels.size();
  std::vector<std::string> problems;
  if (labels == 0) problems.emplace_back("expected at least 1 label, found 0");
  if (in.probabilities.size() != in.targets.size() ||
      (labels > 0 && in.targets.size() % labels != 0)) {
    problems.push_back(
        cat("expected as many probabilities as targets, a multiple of ", labels,
            " labels, found ", in.probabilities.size(), " and ",
            in.targets.size()));
  }
  if (labels > 0 &&
      in.targets.size() / labels > std::numeric_limits<std::uint32_t>::max()) {
    problems.emplace_back("expected fewer than 2^32 images");
  }
  for (const auto& [name, values] : {std::pair("thresholds", &in.thresholds),
                                     {"prior", &in.prior},
                                     {"first_label", &in.first_label},
                                     {"label_set", &in.label_set}}) {
    if (!values->empty() && values->size() != labels) {
      problems.push_back(cat("expected no ", name, " or one per label (",
                             labels, "), found ", values->size()));
    }
    for (const double v : *values) {
      const bool unknown = std::isnan(v) && values == &in.prior;
      if (unknown || (!std::isnan(v) && !is_outside_unit(v))) continue;
      problems.push_back(cat("expected ", name, " from 0 to 1, found ", v));
    }
  }
  std::set<std::string> seen;
  for (const std::string& label : in.labels) {
    if (!seen.insert(label).second) {
      problems.push_back(
          cat("expected different labels, found '", label, "' twice"));
    }
  }
  if (problems.empty()) return;
  throw Error(Fault::shape, cat("evaluation of task '", in.task,
                                "':", bullet_list(problems)));
}

void require_probabilities_and_truths(const MultilabelInput& in) {
  std::vector<std::string> problems;
  std::size_t count = 0;
  const auto report = [&](std::size_t at, const char* expected, float found) {
    if (++count > kMostProblemsNamed) return;
    problems.push_back(cat("image ", at / in.labels.size(), ", label '",
                           in.labels[at % in.labels.size()], "': expected ",
                           expected, ", found ", found));
  };
  for (std::size_t i = 0; i < in.targets.size(); ++i) {
    const float p = in.probabilities[i];
    const float y = in.targets[i];
    if (std::isnan(p) || is_outside_unit(p)) {
      report(i, "a probability from 0 to 1", p);
    }
    if (!std::isnan(y) && y != 0.0f && y != 1.0f) {
      report(i, "target 0, 1 or NaN (missing)", y);
    }
  }
  if (count == 0) return;
  if (count > kMostProblemsNamed) {
    problems.push_back(cat("and ", count - kMostProblemsNamed, " more"));
  }
  throw Error(Fault::data, cat("evaluation of task '", in.task,
                               "':", bullet_list(problems)));
}

std::vector<double> own_prevalence(const MultilabelInput& in) {
  const std::size_t labels = in.labels.size();
  std::vector<double> positives(labels), observed(labels);
  for (std::size_t i = 0; i < in.targets.size(); ++i) {
    if (std::isnan(in.targets[i])) continue;
    positives[i % labels] += in.targets[i];
    observed[i % labels] += 1.0;
  }
  for (std::size_t l = 0; l < labels; ++l) {
    if (observed[l] > 0.0) positives[l] /= observed[l];
  }
  return positives;
}

}  // namespace

CheckedInput checked(const MultilabelInput& input) {
  require_fitting_sizes(input);
  require_probabilities_and_truths(input);
  CheckedInput complete{.thresholds = input.thresholds,
                        .prior = own_prevalence(input)};
  if (complete.thresholds.empty()) {
    complete.thresholds.assign(input.labels.size(), 0.5);
  }
  for (std::size_t l = 0; l < input.prior.size(); ++l) {
    if (!std::isnan(input.prior[l])) complete.prior[l] = input.prior[l];
  }
  return complete;
}

}  // namespace polytask
