// An epoch of a training as pieces of text, and lines made of them.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "polytask/train/progress.h"

namespace polytask {

// " - loss: 3.2500"
[[nodiscard]] std::string metric_text(const std::string& name, double value);

// Whether the names are those of several tasks: "task/loss".
[[nodiscard]] bool has_several_tasks(const EpochReport& epoch);

// Of one task every value, of several the losses of all together and whether
// it is the best epoch so far; each begins with " - ".
[[nodiscard]] std::vector<std::string> metric_parts(const EpochReport& epoch);

// One score per task, of the validation images where there are some, on lines
// below `columns` (0: one line), the last with its end:
//   "  val  things label_accuracy 0.8123  weather top_1_accuracy 0.5500\n"
[[nodiscard]] std::string scores_text(const EpochReport& epoch,
                                      std::size_t columns);

// `head` and the parts behind one another; where they would not stay below
// `columns` (0: never) they go on, indented, on the next line, without the
// " - " they begin with.
[[nodiscard]] std::string wrapped(const std::string& head,
                                  const std::vector<std::string>& parts,
                                  std::size_t columns);

}  // namespace polytask
