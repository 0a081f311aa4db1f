#include "polytask/data/label_summary.h"

#include <cmath>

#include "polytask/base/text.h"

namespace polytask {
namespace {

// What is wrong with the label, or "" when it has both values.
std::string lack(const LabelSummary& s) {
  if (s.observed == 0) {
    return cat("is missing in every image (of ", s.missing, ")");
  }
  if (s.positive == 0)
    return cat("has no positive image (of ", s.observed, ")");
  if (s.positive == s.observed) {
    return cat("has no negative image (of ", s.observed, ")");
  }
  return "";
}

std::string undefined_metrics(const LabelSummary& s) {
  if (s.observed == 0) return "no metric of it can be computed";
  if (s.positive == 0) return "its precision, recall and F1 will be undefined";
  return "its specificity and its ranking will be undefined";
}

std::vector<std::string> training_warnings(const Dataset& train,
                                           const std::string& remedy) {
  std::vector<std::string> warnings;
  for (const LabelSummary& s : label_summary(train)) {
    if (lack(s).empty()) continue;
    warnings.push_back(cat("training part: label \"", s.label, "\" ", lack(s),
                           "; it cannot be learned", remedy));
  }
  return warnings;
}

}  // namespace

std::vector<LabelSummary> label_summary(const Dataset& data) {
  std::vector<LabelSummary> summary;
  for (const std::string& label : data.spec().labels) {
    summary.push_back({.label = label});
  }
  std::vector<float> targets(summary.size());
  for (std::int64_t i = 0; i < data.size(); ++i) {
    data.read_targets(i, targets);
    for (std::size_t label = 0; label < summary.size(); ++label) {
      const bool missing = std::isnan(targets[label]);
      summary[label].missing += missing ? 1 : 0;
      summary[label].observed += missing ? 0 : 1;
      summary[label].positive += targets[label] == 1.0f ? 1 : 0;
    }
  }
  return summary;
}

std::vector<std::string> split_warnings(const Dataset& train) {
  return training_warnings(train, "; add images that differ in it");
}

std::vector<std::string> split_warnings(const Dataset& train,
                                        const Dataset& validation) {
  const std::string remedy = "; change data.split.random_state";
  std::vector<std::string> warnings = training_warnings(train, remedy);
  for (const LabelSummary& s : label_summary(validation)) {
    if (lack(s).empty()) continue;
    warnings.push_back(cat("validation part: label \"", s.label, "\" ", lack(s),
                           "; ", undefined_metrics(s), remedy));
  }
  return warnings;
}

}  // namespace polytask
