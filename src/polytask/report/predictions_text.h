// Predictions as text, in the four formats of `polytask predict`;
// docs/formats/predictions.md describes them.

#pragma once

#include <string>
#include <vector>

#include "polytask/task/task.h"

namespace polytask {

// The answer to one image.
struct PredictionRow {
  std::string image{};           // "holiday/1.jpg", "scenes.h5[17]"
  std::vector<float> answers{};  // [columns of answer_names]; empty: not read
  std::string error{};           // why it could not be read
  std::vector<float> truth{};    // [columns of the tasks], NaN missing
};

struct Predictions {
  std::vector<Task> tasks;  // with the thresholds that labels are answered by
  std::vector<PredictionRow> rows;
};

// A line per image, for people; an image that could not be read keeps its line:
//   beach.jpg: sea, sunset
//   desk.jpg: (none)
//   torn.jpg: (not read)
// and with several tasks
//   a.jpg: objects = car, person; weather = rain; pose/x = 1.5; pose/y = 2
// All four throw Fault::shape, naming the image, when it has another number of
// answers than the tasks.
[[nodiscard]] std::string predictions_lines(const Predictions& predictions);

// The post's answer, valid JSON with a line per image, ending in a newline;
// null for an image that could not be read:
//   [["sea", "sunset"],
//    ["sea"]]
[[nodiscard]] std::string predictions_names(const Predictions& predictions);

// A table for programs: `image`, `labels` (joined by '|'), and a column for
// each answer in nine significant digits (they read back to the same float).
// Cells of an image that could not be read are empty, and so is what is not
// finite. Fields are quoted as in RFC 4180 where they must be; lines end in a
// newline alone.
[[nodiscard]] std::string predictions_csv(const Predictions& predictions);

// The same with the truth behind: truth/COLUMN, which is 1 or 0 for a label and
// the number for a count or regression, and truth/TASK with the name of the
// class; a missing answer is empty. Each row has its truth.
[[nodiscard]] std::string predictions_csv_with_truth(
    const Predictions& predictions);

// {"version": 2, "tasks": {...}, "predictions": [...]} with a line per image:
// `probabilities` of labels and classes, `values` of counts and regressions,
// or `error`. A number that is not finite is null.
[[nodiscard]] std::string predictions_json(const Predictions& predictions);

}  // namespace polytask
