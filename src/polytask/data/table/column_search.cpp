#include "polytask/data/table/column_search.h"

#include <algorithm>

#include "polytask/base/decomposed.h"
#include "polytask/base/text.h"
#include "polytask/data/table/shown_text.h"

namespace polytask {
namespace {

constexpr std::size_t kMostGuesses = 20;  // of one message

}  // namespace

std::string full_name(const ColumnUse& use, std::size_t member) {
  return use.members.empty() ? use.task
                             : cat(use.task, '/', use.members[member]);
}

std::size_t width(const ColumnUse& use) {
  return std::max<std::size_t>(1, use.members.size());
}

ColumnSearch::ColumnSearch(const DatasetSpec& spec, bool alone)
    : spec_(spec), alone_(alone) {
  for (std::size_t i = 0; i < spec.labels.size(); ++i) {
    index_.try_emplace(decomposed(spec.labels[i]), i);
  }
}

std::optional<std::size_t> ColumnSearch::find_name(
    const std::string& name) const {
  const auto found = index_.find(decomposed(name));
  if (found == index_.end()) return std::nullopt;
  return found->second;
}

// How many columns are called `before` and label_0, label_1, ...
std::size_t ColumnSearch::nameless(const std::string& before) const {
  std::size_t count = 0;
  while (find_name(cat(before, "label_", count))) ++count;
  return count;
}

bool ColumnSearch::by_position(const ColumnUse& use) const {
  for (std::size_t i = 0; i < width(use); ++i) {
    if (find_name(full_name(use, i))) return false;
    if (!use.members.empty() && find_name(use.members[i])) return false;
  }
  const std::size_t in_group = nameless(use.task + "/");
  if (in_group > 0) return in_group == width(use);
  return alone_ && spec_.labels.size() == width(use) &&
         nameless("") == width(use);
}

std::vector<std::optional<std::size_t>> ColumnSearch::find(
    const ColumnUse& use) const {
  std::vector<std::optional<std::size_t>> found;
  const bool positions = by_position(use);
  const std::string group = use.task + "/";
  const std::string before = positions && nameless(group) > 0 ? group : "";
  for (std::size_t i = 0; i < width(use); ++i) {
    if (positions) {
      found.push_back(find_name(cat(before, "label_", i)));
      continue;
    }
    auto at = find_name(full_name(use, i));
    if (!at && !use.members.empty()) at = find_name(use.members[i]);
    found.push_back(at);
  }
  return found;
}

std::string ColumnSearch::problem(
    const ColumnUse& use,
    const std::vector<std::optional<std::size_t>>& found) const {
  std::vector<std::string> lacking;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i]) continue;
    const std::string& name = use.members.empty() ? use.task : use.members[i];
    const std::string close = lacking.size() < kMostGuesses
                                  ? nearest(name, spec_.labels)
                                  : std::string();
    lacking.push_back(
        close.empty() ? name : cat(name, " (did you mean \"", close, "\"?)"));
  }
  if (lacking.empty()) return "";
  const std::string text =
      cat("task ", use.task, ": no column ", listed(lacking));
  const std::size_t group = nameless(use.task + "/");
  const std::size_t all = group > 0 ? group : nameless("");
  if (all == 0 || (group == 0 && all != spec_.labels.size())) return text;
  return cat(text, "; the data does not name its columns: the task must name ",
             all == 1 ? "its one" : cat("all ", all), " in their order, not ",
             width(use));
}

}  // namespace polytask
