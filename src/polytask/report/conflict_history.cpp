#include "polytask/report/conflict_history.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string_view>

#include "polytask/base/text.h"

namespace polytask {
namespace {

constexpr std::string_view kCosine = "/cosine";

// How the record calls a pair.
std::string name_of(const TaskPair& pair) {
  return cat(pair.first, '~', pair.second);
}

// A sum that leaves out what is no number.
class Mean {
 public:
  void add(double value) {
    if (std::isnan(value)) return;
    sum_ += value;
    ++count_;
  }
  [[nodiscard]] double value() const {
    return count_ == 0 ? std::nan("") : sum_ / count_;
  }

 private:
  double sum_ = 0.0;
  int count_ = 0;
};

}  // namespace

ConflictHistory::ConflictHistory(std::span<const std::string> tasks,
                                 std::span<const EpochReport> reports) {
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    for (std::size_t j = i + 1; j < tasks.size(); ++j) {
      pairs_.push_back({tasks[i], tasks[j]});
    }
  }
  find_layers(reports);
  numbers_.assign(pairs_.size(),
                  std::vector<std::vector<ConflictNumbers>>(layers_.size()));
  Mean any;
  for (const EpochReport& report : reports) {
    if (report.weighting.empty()) continue;
    epochs_.push_back(report.epoch);
    add_epoch(report.weighting);
    for (const auto& [name, value] : report.weighting) {
      if (name == "conflicts") any.add(value);
    }
  }
  any_share_ = any.value();
}

// Every pair has the same layers.
void ConflictHistory::find_layers(std::span<const EpochReport> reports) {
  if (!pairs_.empty()) {
    const std::string begin = name_of(pairs_.front()) + "/";
    for (const EpochReport& report : reports) {
      for (const auto& [name, value] : report.weighting) {
        // "a~b/layer/cosine"
        if (!name.starts_with(begin) || !name.ends_with(kCosine)) continue;
        if (name.size() <= begin.size() + kCosine.size()) continue;
        layers_.push_back(name.substr(
            begin.size(), name.size() - begin.size() - kCosine.size()));
      }
      if (!layers_.empty()) break;
    }
  }
  layers_.emplace_back();
}

void ConflictHistory::add_epoch(const MetricValues& values) {
  const std::map<std::string_view, double> all(values.begin(), values.end());
  const auto find = [&](const std::string& name) {
    const auto found = all.find(name);
    return found == all.end() ? std::nan("") : found->second;
  };
  for (std::size_t p = 0; p < pairs_.size(); ++p) {
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      std::string name = name_of(pairs_[p]);
      if (!layers_[l].empty()) name += "/" + layers_[l];
      numbers_[p][l].push_back({.cosine = find(cat(name, kCosine)),
                                .share = find(name + "/conflicts")});
    }
  }
}

ConflictNumbers ConflictHistory::mean(std::size_t pair, std::size_t layer,
                                      std::size_t first,
                                      std::size_t last) const {
  Mean cosine;
  Mean share;
  for (std::size_t e = first; e < last; ++e) {
    cosine.add(numbers_[pair][layer][e].cosine);
    share.add(numbers_[pair][layer][e].share);
  }
  return {.cosine = cosine.value(), .share = share.value()};
}

ConflictNumbers ConflictHistory::mean(std::size_t pair,
                                      std::size_t layer) const {
  return mean(pair, layer, 0, epochs_.size());
}

void ConflictHistory::keep_most_conflicting(std::size_t count) {
  if (pairs_.size() <= count) return;
  const auto cosine_of = [&](std::size_t pair) {
    const double cosine = mean(pair, layers_.size() - 1).cosine;
    return std::isnan(cosine) ? 2.0 : cosine;
  };
  std::vector<std::size_t> order(pairs_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, cosine_of);
  order.resize(count);
  std::ranges::sort(order);
  std::vector<TaskPair> pairs;
  decltype(numbers_) numbers;
  for (const std::size_t pair : order) {
    pairs.push_back(std::move(pairs_[pair]));
    numbers.push_back(std::move(numbers_[pair]));
  }
  pairs_ = std::move(pairs);
  numbers_ = std::move(numbers);
}

}  // namespace polytask
