// A study of missing labels as people read it and as programs read it.

#pragma once

#include <string>

#include "polytask/study/missing_labels.h"

namespace polytask {

// Plain text tables without colour, ending in a newline: of each task a line
// for every policy and level, with the score and its standard deviation over
// the seeds, for multilabel tasks also the macro f1, and the difference from
// the lowest level with its interval and verdict; then what a hundred answers
// more are worth.
[[nodiscard]] std::string missing_study_table(const MissingStudy& study);

// The same as one JSON document (docs/cli.md), indented, ending in a newline.
// A number that is absent is null.
[[nodiscard]] std::string missing_study_json(const MissingStudy& study);

// `policy,hidden,seed,task,label,metric,value`: every metric of every training,
// for curves of one's own; `label` is empty for a task's. A value that is
// absent is empty.
[[nodiscard]] std::string missing_study_csv(const MissingStudy& study);

}  // namespace polytask
