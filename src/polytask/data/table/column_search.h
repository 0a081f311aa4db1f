// Which columns of a data set belong to a question: those of its names.
//
// The column of a member is called "task/member" or "member"; without members
// there is one, called as the task. Columns without names (label_0, label_1,
// ...; task/label_0, ... in a group) are the members in their order, if there
// are as many: then the question names them.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "polytask/data/columns.h"

namespace polytask {

// "task/member", or "task" without members: the name no other question takes.
[[nodiscard]] std::string full_name(const ColumnUse& use, std::size_t member);

// Columns of a question: its members, or one.
[[nodiscard]] std::size_t width(const ColumnUse& use);

class ColumnSearch {
 public:
  //   spec    must outlive the search
  //   alone   there is one question only: it may take nameless columns
  ColumnSearch(const DatasetSpec& spec, bool alone);

  // [width(use)]; nothing for a member that is not there.
  [[nodiscard]] std::vector<std::optional<std::size_t>> find(
      const ColumnUse& use) const;

  // True when the question names the columns, and not the data.
  [[nodiscard]] bool by_position(const ColumnUse& use) const;

  // What is wrong when a part of the columns was not found.
  [[nodiscard]] std::string problem(
      const ColumnUse& use,
      const std::vector<std::optional<std::size_t>>& found) const;

 private:
  [[nodiscard]] std::optional<std::size_t> find_name(
      const std::string& name) const;
  [[nodiscard]] std::size_t nameless(const std::string& before) const;

  const DatasetSpec& spec_;
  bool alone_;
  std::unordered_map<std::string, std::size_t> index_;
};

}  // namespace polytask
