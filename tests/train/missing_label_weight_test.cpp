// What a missing label counts in the training loss.

#include <gtest/gtest.h>

#include "polytask/train/train.h"
#include "tests/support/expect_error.h"
#include "tests/train/questions.h"
#include "tests/train/recorder.h"

namespace polytask {
namespace {

using test::questions;

// The same images; what is missing of the labels is a no.
class MissingAsNo final : public Dataset {
 public:
  explicit MissingAsNo(DatasetPtr data) : data_(std::move(data)) {}
  const DatasetSpec& spec() const override { return data_->spec(); }
  std::int64_t size() const override { return data_->size(); }
  void read_image(std::int64_t i, std::span<std::byte> image) const override {
    data_->read_image(i, image);
  }
  void read_targets(std::int64_t i, std::span<float> targets) const override {
    data_->read_targets(i, targets);
    for (std::size_t c = 0; c < 3; ++c) {
      if (std::isnan(targets[c])) targets[c] = 0.0f;
    }
  }
  std::string image_name(std::int64_t i) const override {
    return data_->image_name(i);
  }

 private:
  DatasetPtr data_;
};

struct Trained {
  std::vector<float> parameters;
  MetricValues metrics;  // of the first epoch, on the training images
};

Trained trained(const DatasetPtr& data, double weight) {
  Model model = test::model_of(
      {multilabel("scene", {"rows", "columns", "red"}), count("stripes")});
  const TrainReport report =
      train(model, {.train = data, .validation = nullptr},
            {.epochs = 2,
             .batch_size = 10,
             .threads = 2,
             .missing_label_weight = weight});
  const auto flat = model.parameters.flat();
  return {{flat.begin(), flat.end()}, report.history.front().train};
}

TEST(MissingLabelWeight, OfOneIsTheTrainingOnLabelsThatSayNo) {
  const DatasetPtr data = questions(40, 1);
  EXPECT_EQ(trained(data, 1.0).parameters,
            trained(std::make_shared<MissingAsNo>(data), 0.0).parameters);
}

TEST(MissingLabelWeight, BetweenIsNeither) {
  const DatasetPtr data = questions(40, 1);
  const std::vector<float> weak = trained(data, 0.5).parameters;
  EXPECT_NE(weak, trained(data, 0.0).parameters);
  EXPECT_NE(weak, trained(data, 1.0).parameters);
}

TEST(MissingLabelWeight, ChangesNothingWhereNothingIsMissing) {
  const DatasetPtr data = questions(40, 1, /*with_missing=*/false);
  EXPECT_EQ(trained(data, 1.0).parameters, trained(data, 0.0).parameters);
}

// After one step of a whole epoch the networks still answer alike.
TEST(MissingLabelWeight, LeavesTheAccuracyToTheKnownLabels) {
  const DatasetPtr data = questions(10, 1);
  const double ignored =
      test::metric(trained(data, 0.0).metrics, "scene/label_accuracy");
  EXPECT_EQ(test::metric(trained(data, 1.0).metrics, "scene/label_accuracy"),
            ignored);
}

TEST(MissingLabelWeight, IsBetweenZeroAndOne) {
  test::expect_error(
      Fault::config,
      "the training's options cannot be used:\n"
      "  - train.missing_label_weight: expected 0 (ignored) to 1 (assumed "
      "negative), got 1.5",
      [] { trained(questions(10, 1), 1.5); });
}

}  // namespace
}  // namespace polytask
