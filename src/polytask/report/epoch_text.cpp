#include "polytask/report/epoch_text.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "polytask/base/number_text.h"
#include "polytask/base/text.h"
#include "polytask/report/terminal_text.h"

namespace polytask {
namespace {

// The score that says most of a task, of "task/name" for each of its values.
struct Score {
  std::string task;
  std::string name;
  double value = 0.0;
};

// One per task, in their order; none where there is one task alone.
std::vector<Score> main_scores(const MetricValues& values) {
  constexpr std::string_view kLoss = "/loss";
  std::vector<Score> scores;
  for (const auto& [full, value] : values) {
    if (full.ends_with(kLoss)) {
      scores.push_back({.task = full.substr(0, full.size() - kLoss.size())});
      continue;
    }
    if (scores.empty() || !full.starts_with(scores.back().task + '/')) continue;
    Score& score = scores.back();
    const std::string name = full.substr(score.task.size() + 1);
    if (score.name.empty() || name == "label_accuracy") {
      score.name = name;
      score.value = value;
    }
  }
  return scores;
}

}  // namespace

std::string metric_text(const std::string& name, double value) {
  const bool tiny = value != 0.0 && std::abs(value) < 1e-3;
  return cat(" - ", printable(name), ": ",
             tiny ? scientific_text(value, 4) : fixed_text(value, 4));
}

bool has_several_tasks(const EpochReport& epoch) {
  return !main_scores(epoch.train).empty();
}

std::vector<std::string> metric_parts(const EpochReport& epoch) {
  const bool totals_alone = has_several_tasks(epoch);
  std::vector<std::string> parts;
  const auto add = [&](const std::string& prefix, const MetricValues& values) {
    for (const auto& [name, value] : values) {
      if (totals_alone && name != "loss") continue;
      parts.push_back(metric_text(prefix + name, value));
    }
  };
  add("", epoch.train);
  add("val_", epoch.validation);
  if (totals_alone && epoch.best) parts.emplace_back(" - best so far");
  return parts;
}

std::string wrapped(const std::string& head,
                    const std::vector<std::string>& parts,
                    std::size_t columns) {
  constexpr std::string_view kBetween = " - ";
  constexpr std::size_t kIndent = 4;
  std::string text = head;
  std::size_t width = display_width(head);
  for (std::string_view part : parts) {
    const bool fits = columns == 0 || width + display_width(part) < columns;
    if (!fits && width > kIndent) {
      if (part.starts_with(kBetween)) part.remove_prefix(kBetween.size());
      part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
      text += '\n' + std::string(kIndent, ' ');
      width = kIndent;
    }
    text += part;
    width += display_width(part);
  }
  return text;
}

std::string scores_text(const EpochReport& epoch, std::size_t columns) {
  const bool validated = !epoch.validation.empty();
  std::vector<std::string> parts;
  for (const Score& score :
       main_scores(validated ? epoch.validation : epoch.train)) {
    const std::string value = fixed_text(score.value, 4);
    parts.push_back(cat("  ", printable(score.task), ' ', printable(score.name),
                        score.name.empty() ? "" : " ",
                        score.name.empty() ? "" : value));
  }
  return wrapped(validated ? "  val" : "  train", parts, columns) + '\n';
}

}  // namespace polytask
