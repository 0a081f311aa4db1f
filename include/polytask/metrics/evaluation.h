// What an evaluation says: numbers that carry their baseline, their interval
// and their count, addressed by name.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace polytask {

// One measured number. An absent value means "undefined": nothing was observed
// that it could be computed from. It is never a NaN and never a silent 0.
struct Number {
  std::optional<double> value{};
  std::optional<double> baseline{};  // the best answer that ignores the image
  std::optional<double> low{};       // 95 % bootstrap interval over images
  std::optional<double> high{};
  std::int64_t n = 0;    // observations it rests on: images or labels
  std::string reason{};  // why the value is absent, in a few words
};

// Of the 95 % percentile bootstrap over images that gives `low` and `high`: the
// images are drawn with replacement, `resamples` times.
struct BootstrapOptions {
  int resamples = 1000;  // 0: no intervals
  std::uint64_t seed = 1;
};

using NamedNumbers = std::vector<std::pair<std::string, Number>>;

// Rows are the truth, columns the answer. Missing labels are in no cell.
struct ConfusionMatrix {
  std::int64_t true_negative = 0;
  std::int64_t false_positive = 0;
  std::int64_t false_negative = 0;
  std::int64_t true_positive = 0;

  [[nodiscard]] std::int64_t observed() const {
    return true_negative + false_positive + false_negative + true_positive;
  }
  [[nodiscard]] std::int64_t support() const {  // positives in truth
    return false_negative + true_positive;
  }
  [[nodiscard]] std::int64_t answered() const {  // with yes
    return false_positive + true_positive;
  }
};

struct LabelEvaluation {
  std::string label{};
  ConfusionMatrix confusion{};
  NamedNumbers numbers{};  // precision, recall, f1, support, missing, ...
};

struct TaskEvaluation {
  std::string task{};
  std::string kind{};      // "multilabel", "categorical", "regression", ...
  NamedNumbers metrics{};  // argmax_accuracy, label_accuracy, macro_f1, ...
  // One per label, a class, or a number where there are several.
  std::vector<LabelEvaluation> labels{};
  // Of labels and classes; what the means of precision, recall and F1 make of
  // them is said in evaluate.h.
  std::int64_t never_answered = 0;  // that occur
  std::int64_t do_not_occur = 0;
  // Of classes: images of class `row` that were answered as class `column`.
  std::vector<std::vector<std::int64_t>> confusion{};
};

// Counts a label or class with this matrix among never_answered and
// do_not_occur where it belongs there.
inline void count_in_means(const ConfusionMatrix& label, TaskEvaluation& task) {
  if (label.support() == 0) {
    ++task.do_not_occur;
  } else if (label.answered() == 0) {
    ++task.never_answered;
  }
}

// Which images an evaluation is of.
enum class ImagesPart {
  given,       // that someone named: whether the model knows them is not known
  validation,  // of the training; the epoch was chosen on them, so the numbers
               // are better than on other images
  test,        // held back: neither trained on nor chosen by
};

struct Evaluation {
  Number loss{};
  std::int64_t images = 0;
  ImagesPart part = ImagesPart::given;
  std::vector<TaskEvaluation> tasks{};
};

}  // namespace polytask
