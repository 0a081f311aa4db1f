#include "polytask/study/hidden_answers.h"

#include <cmath>
#include <limits>
#include <random>
#include <utility>

namespace polytask {
namespace {

// Of every cell what to put in its place; the images stay.
class OtherAnswers : public Dataset {
 public:
  explicit OtherAnswers(DatasetPtr data) : data_(std::move(data)) {}

  [[nodiscard]] const DatasetSpec& spec() const override {
    return data_->spec();
  }
  [[nodiscard]] std::int64_t size() const override { return data_->size(); }
  void read_image(std::int64_t index,
                  std::span<std::byte> image) const override {
    data_->read_image(index, image);
  }
  void read_targets(std::int64_t index,
                    std::span<float> targets) const override {
    data_->read_targets(index, targets);
    const std::size_t first = static_cast<std::size_t>(index) * targets.size();
    for (std::size_t c = 0; c < targets.size(); ++c) {
      targets[c] = answer(first + c, targets[c]);
    }
  }
  [[nodiscard]] std::string image_name(std::int64_t index) const override {
    return data_->image_name(index);
  }

 private:
  [[nodiscard]] virtual float answer(std::size_t cell, float known) const = 0;

  DatasetPtr data_;
};

class Hidden final : public OtherAnswers {
 public:
  Hidden(DatasetPtr data, double share, std::uint64_t seed)
      : OtherAnswers(std::move(data)),
        hidden_(static_cast<std::size_t>(size()) * spec().labels.size()) {
    constexpr double kRange = 18446744073709551616.0;  // 2^64
    std::mt19937_64 random(seed);
    for (std::size_t i = 0; i < hidden_.size(); ++i) {
      hidden_[i] = static_cast<double>(random()) < share * kRange;
    }
  }

 private:
  [[nodiscard]] float answer(std::size_t cell, float known) const override {
    return hidden_[cell] ? std::numeric_limits<float>::quiet_NaN() : known;
  }

  std::vector<bool> hidden_;
};

class Guessed final : public OtherAnswers {
 public:
  Guessed(DatasetPtr data, std::vector<float> guesses)
      : OtherAnswers(std::move(data)), guesses_(std::move(guesses)) {}

 private:
  [[nodiscard]] float answer(std::size_t cell, float known) const override {
    return std::isnan(known) ? guesses_[cell] : known;
  }

  std::vector<float> guesses_;
};

}  // namespace

DatasetPtr hide_answers(DatasetPtr data, double share, std::uint64_t seed) {
  return std::make_shared<Hidden>(std::move(data), share, seed);
}

DatasetPtr add_guesses(DatasetPtr data, std::vector<float> guesses) {
  return std::make_shared<Guessed>(std::move(data), std::move(guesses));
}

}  // namespace polytask
