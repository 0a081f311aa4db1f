// Images that answer questions of every kind, with answers missing.

#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/model/model.h"
#include "tests/train/stripes.h"

namespace polytask::test {

inline constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

inline const std::vector<Task>& every_kind() {
  static const std::vector<Task> tasks{
      multilabel("scene", {"rows", "columns", "red"}),
      categorical("both", {"neither", "one", "two"}),
      ordinal("level", {"low", "middle", "high"}),
      regression("amount", {"sum", "tint"}), count("stripes")};
  return tasks;
}

// The images of stripes() with questions of every kind that their three labels
// answer: every 5th answer is missing, and every 7th row.
class Questions final : public Dataset {
 public:
  explicit Questions(const StripesOptions& options, bool with_missing = true)
      : data_(stripes(options)),
        spec_(data_->spec()),
        with_missing_(with_missing) {
    spec_.labels = {"scene/rows", "scene/columns", "scene/red",   "both",
                    "level",      "amount/sum",    "amount/tint", "stripes"};
  }
  const DatasetSpec& spec() const override { return spec_; }
  std::int64_t size() const override { return data_->size(); }
  void read_image(std::int64_t i, std::span<std::byte> image) const override {
    data_->read_image(i, image);
  }
  void read_targets(std::int64_t i, std::span<float> targets) const override {
    std::vector<float> y(3);
    data_->read_targets(i, y);
    const float sum = y[0] + y[1];
    const float answers[] = {y[0],         y[1],        y[2],
                             sum,          y[0] + y[2], 100.0f + 10.0f * sum,
                             -3.0f * y[2], sum * 2.0f};
    for (std::size_t c = 0; c < targets.size(); ++c) {
      const bool missing =
          with_missing_ &&
          (i % 7 == 6 || (static_cast<std::size_t>(i) + c) % 5 == 4);
      targets[c] = missing ? kNaN : answers[c];
    }
  }
  std::string image_name(std::int64_t i) const override {
    return data_->image_name(i);
  }

 private:
  DatasetPtr data_;
  DatasetSpec spec_;
  bool with_missing_;
};

inline DatasetPtr questions(int size, unsigned seed, bool with_missing = true) {
  return std::make_shared<Questions>(StripesOptions{.size = size, .seed = seed},
                                     with_missing);
}

inline Model model_of(std::vector<Task> tasks) {
  return make_model({.image = {kSide, kSide, 3},
                     .network = plain_network(),
                     .tasks = std::move(tasks)},
                    3);
}

}  // namespace polytask::test
