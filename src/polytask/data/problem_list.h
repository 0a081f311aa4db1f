// Everything that is wrong with an input, for one message: the first few, and
// how many there are.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "polytask/base/text.h"

namespace polytask {

class ProblemList {
 public:
  static constexpr std::int64_t kShown = 10;

  void add(std::string problem) {
    if (count_++ < kShown) shown_.push_back(std::move(problem));
  }

  [[nodiscard]] std::int64_t count() const { return count_; }

  // One line per problem, starting with a line break.
  [[nodiscard]] std::string text() const {
    const std::int64_t more = count_ - kShown;
    return bullet_list(shown_) +
           (more > 0 ? cat("\n  - and ", more, " more") : "");
  }

 private:
  std::vector<std::string> shown_;
  std::int64_t count_ = 0;
};

}  // namespace polytask
