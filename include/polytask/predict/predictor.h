// A trained model, ready to answer.
//
//   Predictor predictor(load_model("model.safetensors"));
//   auto answers = predictor.answers(images);   // probabilities, numbers
//   auto names = predictor.labels(answers);     // {{"sea", "sunset"}, ...}
//
// Uses the preprocessing and the thresholds of the model. Any number of threads
// may call it; they take turns, and each call uses all threads of the
// predictor.

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "polytask/model/model.h"
#include "polytask/tensor/shape.h"

namespace polytask {

struct PredictorOptions {
  int threads = 0;  // 0: one per processor
  int batch = 1;    // images computed at a time; more is faster for many
};

// Images side by side, [n, H, W, C] of the model's size.
struct ImagesView {
  int count = 0;
  PixelType type = PixelType::uint8;
  std::span<const std::byte> pixels;
};

class Predictor {
 public:
  // Throws Fault::data when the model's parameters do not fit its network,
  // Fault::config for options that cannot be used.
  explicit Predictor(Model model, const PredictorOptions& options = {});
  ~Predictor();
  Predictor(Predictor&&) noexcept;
  Predictor& operator=(Predictor&&) noexcept;

  [[nodiscard]] const Model& model() const;

  // The names of the numbers of one image: labels, classes, tasks; "task/label"
  // where there are several tasks.
  [[nodiscard]] const std::vector<std::string>& columns() const;

  // [n, columns]: probabilities of labels and classes, numbers and counts.
  // Throws Fault::shape when the pixels are not n images of the model's size.
  [[nodiscard]] std::vector<float> answers(const ImagesView& images);

  // The same in two steps, for who needs the logits as well: [n, units of all
  // tasks], and the answers they come to. answers_of throws Fault::shape when
  // they are not whole rows.
  [[nodiscard]] std::vector<float> logits(const ImagesView& images);
  [[nodiscard]] std::vector<float> answers_of(
      std::span<const float> logits) const;

  // Each row of `answers` in words: the labels above their thresholds, the
  // class, the number. With several tasks "task/label" and "task=number".
  // Throws Fault::shape when they are not whole rows.
  [[nodiscard]] std::vector<std::vector<std::string>> labels(
      std::span<const float> answers) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace polytask
