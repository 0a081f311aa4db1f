// The kinds of questions a task can ask.

#pragma once

namespace polytask {

enum class TaskKind {
  multilabel,   // a group of independent yes/no labels
  categorical,  // one of C classes
  ordinal,      // one of C classes that have an order
  regression,   // one number or several
  count,        // how many
};

}  // namespace polytask
