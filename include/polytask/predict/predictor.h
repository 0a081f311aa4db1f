// A trained model, ready to answer.
//
//   Predictor predictor(load_model("model.safetensors"));
//   auto probabilities = predictor.probabilities(images);
//   auto names = predictor.labels(probabilities);   // {{"sea", "sunset"}, ...}
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

#include "polytask/task/model.h"
#include "polytask/tensor/pixel_type.h"

namespace polytask {

struct PredictorOptions {
  int threads = 0;  // 0: one a processor
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

  // The names of the numbers of one image: labels, "task/label" where there
  // are several tasks.
  [[nodiscard]] const std::vector<std::string>& columns() const;

  // [n, columns], in (0, 1). Throws Fault::shape when the pixels are not n
  // images of the model's size.
  [[nodiscard]] std::vector<float> probabilities(const ImagesView& images);

  // The labels answered "yes" for each row of `probabilities`: above the
  // label's threshold. Throws Fault::shape when they are not whole rows.
  [[nodiscard]] std::vector<std::vector<std::string>> labels(
      std::span<const float> probabilities) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace polytask
