// The kinds of questions a task can ask, and how a task of each is made. A new
// kind is a word in each list of this file; a file of its own, in
// src/polytask/task/kinds/, says what it is.

#pragma once

#include <array>
#include <string>
#include <vector>

namespace polytask {

enum class TaskKind {
  multilabel,   // a group of independent yes/no labels
  categorical,  // one of C classes
  ordinal,      // one of C classes that have an order
  regression,   // one number or several
  count,        // how many
};

// Each with the loss of its kind: binary cross-entropy, categorical
// cross-entropy, CORN, squared error, Poisson.
struct Task;
[[nodiscard]] Task multilabel(std::string name,
                              std::vector<std::string> labels);
[[nodiscard]] Task categorical(std::string name,
                               std::vector<std::string> classes);
[[nodiscard]] Task ordinal(std::string name, std::vector<std::string> classes);
[[nodiscard]] Task regression(std::string name,
                              std::vector<std::string> numbers = {});
[[nodiscard]] Task count(std::string name);

// What the library knows of each, in the order of TaskKind.
struct KindTraits;
namespace kinds {
extern const KindTraits multilabel;
extern const KindTraits categorical;
extern const KindTraits ordinal;
extern const KindTraits regression;
extern const KindTraits count;
}  // namespace kinds
inline constexpr std::array<const KindTraits*, 5> kTaskKinds{
    &kinds::multilabel, &kinds::categorical, &kinds::ordinal,
    &kinds::regression, &kinds::count};

}  // namespace polytask
