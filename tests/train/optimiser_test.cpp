// What the options of the optimiser make of a training.

#include <gtest/gtest.h>

#include <cmath>

#include "polytask/checkpoint/model_file.h"
#include "polytask/checkpoint/safetensors.h"
#include "polytask/evaluate/evaluate_model.h"
#include "polytask/train/train.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/recorder.h"
#include "tests/train/stripes.h"

namespace polytask {
namespace {

using test::dropout_network;
using test::metric;
using test::model_for;
using test::Recorder;
using test::stripes;
using test::TemporaryFolder;

// Two steps: the first with the whole rate, the second with half of it.
TEST(Optimiser, TheLearningRateFallsAlongTheCosine) {
  const DatasetPtr data = stripes();
  const auto steps_of = [&](LearningRateSchedule schedule) {
    Model model = model_for(data, dropout_network());
    std::vector<float> after_one;
    Recorder recorder;
    recorder.step = [&](const StepReport& at) {
      if (at.epoch > 1) return;
      const auto now = model.parameters.flat();
      after_one.assign(now.begin(), now.end());
    };
    train(model, {.train = data, .validation = nullptr},
          {.epochs = 2,
           .batch_size = 16,
           .threads = 1,
           .adam = {.schedule = schedule}},
          {.observer = &recorder});
    std::vector<float> second;
    for (std::size_t i = 0; i < after_one.size(); ++i) {
      second.push_back(model.parameters.flat()[i] - after_one[i]);
    }
    return std::pair{after_one, second};
  };
  const auto [first, whole] = steps_of(LearningRateSchedule::constant);
  const auto [same, half] = steps_of(LearningRateSchedule::cosine);
  EXPECT_EQ(first, same);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_NEAR(half[i], 0.5f * whole[i], 1e-7) << i;
  }
}

// Of 40 images in batches of 16, twice: six steps, the third and the sixth with
// the 8 that are left. Without memory Adam's step is as long as its rate.
TEST(Optimiser, TheCosineIsAsLongAsTheTraining) {
  constexpr double kRate = 0.01;
  const DatasetPtr data = stripes({.size = 40});
  Model model = model_for(data, test::plain_network());
  std::vector<float> before = test::values_of(model);
  std::vector<double> lengths;
  Recorder recorder;
  recorder.step = [&](const StepReport&) {
    const std::vector<float> now = test::values_of(model);
    std::vector<double> moves;  // A gradient of 0 has no direction.
    for (std::size_t i = 0; i < now.size(); ++i) {
      const double move = std::abs(static_cast<double>(now[i]) -
                                   static_cast<double>(before[i]));
      if (move > 0.0) moves.push_back(move / kRate);
    }
    const auto middle = moves.begin() + static_cast<int>(moves.size() / 2);
    std::nth_element(moves.begin(), middle, moves.end());
    lengths.push_back(*middle);
    before = now;
  };
  train(model, {.train = data, .validation = nullptr},
        {.epochs = 2,
         .batch_size = 16,
         .threads = 1,
         .adam = {.learning_rate = kRate,
                  .beta_1 = 0.0,
                  .beta_2 = 0.0,
                  .schedule = LearningRateSchedule::cosine}},
        {.observer = &recorder});
  const std::vector<double> expected{1.0, 0.9330127, 0.75,
                                     0.5, 0.25,      0.0669873};
  ASSERT_EQ(lengths.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(lengths[i], expected[i], 1e-4) << "step " << i + 1;
  }
}

// What is validated, saved and handed back is the mean over the steps with
// weights 1, b, b^2 ... into the past.
TEST(Optimiser, TheMovingAverageOfTheWeightsIsTheResult) {
  constexpr double kMomentum = 0.9;
  const TemporaryFolder folder;
  const DatasetPtr data = stripes({.size = 32});
  const DatasetPtr validation = stripes({.size = 16, .seed = 2});
  Model model = model_for(data, dropout_network());
  std::vector<double> sum(model.parameters.flat().size());
  double weights = 0.0;
  Recorder recorder;
  recorder.step = [&](const StepReport&) {
    const auto now = model.parameters.flat();
    for (std::size_t i = 0; i < sum.size(); ++i) {
      sum[i] = kMomentum * sum[i] + static_cast<double>(now[i]);
    }
    weights = kMomentum * weights + 1.0;
  };
  const TrainReport report =
      train(model, {.train = data, .validation = validation},
            {.epochs = 3,
             .batch_size = 8,
             .threads = 1,
             .adam = {.learning_rate = 0.01, .ema_momentum = kMomentum}},
            {.folder = folder / "run", .observer = &recorder});
  double moved = 0.0;
  for (std::size_t i = 0; i < sum.size(); ++i) {
    EXPECT_NEAR(model.parameters.flat()[i], sum[i] / weights, 1e-6) << i;
  }
  const SafetensorsFile checkpoint(folder / "run" / "checkpoints" /
                                   "epoch-0003.safetensors");
  const TensorView* last = checkpoint.find("dense_1/kernel");
  ASSERT_NE(last, nullptr);
  const TensorView* averaged =
      checkpoint.find("training/average/dense_1/kernel");
  ASSERT_NE(averaged, nullptr);
  for (std::size_t i = 0; i < last->values.size(); ++i) {
    moved += std::abs(static_cast<double>(last->values[i]) -
                      static_cast<double>(averaged->values[i]));
  }
  EXPECT_GT(moved, 1e-2) << "the average is the last step";
  ASSERT_EQ(report.best_epoch, 3);
  const Model best = load_model(folder / "run" / "model.safetensors");
  EXPECT_EQ(test::values_of(best), test::values_of(model));
  Predictor predictor(std::move(model), {.threads = 1});
  EXPECT_NEAR(
      metric(report.history[2].validation, "loss"),
      evaluate_model(predictor, *validation).evaluation.loss.value.value(),
      1e-6);
}

}  // namespace
}  // namespace polytask
