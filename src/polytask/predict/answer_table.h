// Logits of images as answers, and answers in words.

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "polytask/model/model.h"

namespace polytask {

// Immutable, for any number of threads.
class AnswerTable {
 public:
  // The model must outlive the table.
  explicit AnswerTable(const Model& model);

  // Logits of an image, of all tasks.
  [[nodiscard]] std::size_t units() const { return units_; }
  // See Predictor::columns, answers_of and labels.
  [[nodiscard]] const std::vector<std::string>& columns() const {
    return columns_;
  }
  [[nodiscard]] std::vector<float> answers(std::span<const float> logits) const;
  [[nodiscard]] std::vector<std::vector<std::string>> words(
      std::span<const float> answers) const;

 private:
  const Model& model_;
  std::vector<std::string> columns_;
  std::size_t units_ = 0;
};

}  // namespace polytask
