// study.html: a study of missing labels as figures.
//
// One page that needs nothing else: no script, nothing from elsewhere; for
// light and dark. For each task the score over the share of hidden answers,
// a line for every policy, with a band: the mean +- one standard deviation over
// the seeds, or, where there is none, the 95 % interval over the test images.
// Beside them the best answer that ignores the image, where it is known. Below
// it the numbers of missing_study_table.

#pragma once

#include <string>

#include "polytask/study/missing_labels.h"

namespace polytask {

// The page of a study that is finished: it has a point, every point all tasks.
[[nodiscard]] std::string missing_study_html(const MissingStudy& study);

}  // namespace polytask
