// One step of a training, and the plan it runs.

#include "polytask/train/training_step.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "polytask/data/dataset.h"
#include "polytask/model/target_statistics.h"
#include "polytask/model/task_columns.h"
#include "tests/train/questions.h"

namespace polytask {
namespace {

using test::model_of;
using test::questions;
using test::values_of;

// A Gaussian's loss may be negative, so no regression is among them.
std::vector<Task> three_tasks() {
  return {multilabel("scene", {"rows", "columns", "red"}),
          categorical("both", {"neither", "one", "two"}), count("stripes")};
}

TrainOptions options_for(WeightingKind kind) {
  return {.epochs = 3,
          .batch_size = 16,
          .threads = 2,
          .adam = {.schedule = LearningRateSchedule::cosine},
          .weighting = {.kind = kind, .gradients = WeightedGradients::trunk},
          .missing_label_weight = 0.5};
}

constexpr auto ignore = [](std::size_t, const LossValue&) {};

// What all who run steps do, with nothing of train() around it.
Model trained_by_steps(const DatasetPtr& all, const TrainOptions& options) {
  Model model = model_of(three_tasks());
  const DatasetPtr data = select_columns(all, column_uses(model.spec.tasks));
  model.target_statistics = target_statistics_of(model.spec.tasks, *data);
  ThreadPool pool(options.threads);
  TrainingStep step(model, *data, options, pool);
  std::vector<std::int64_t> order(static_cast<std::size_t>(data->size()));
  for (int epoch = 1; epoch <= options.epochs; ++epoch) {
    shuffle_images(options.seed, epoch, order);
    for (std::span<const std::int64_t> rest(order); !rest.empty();) {
      const std::size_t count = std::min<std::size_t>(
          rest.size(), static_cast<std::size_t>(options.batch_size));
      EXPECT_FALSE(step.differentiate(rest.first(count), epoch, ignore));
      step.update();
      rest = rest.subspan(count);
    }
  }
  EXPECT_EQ(step.steps_done(), 9);
  return model;
}

TEST(TrainingStep, IsAllThatATrainingDoesToAModel) {
  for (const WeightingKind kind :
       {WeightingKind::equal, WeightingKind::famo, WeightingKind::pcgrad}) {
    const DatasetPtr data = questions(40, 1);
    Model model = model_of(three_tasks());
    train(model, {.train = data, .validation = nullptr}, options_for(kind));
    EXPECT_EQ(values_of(trained_by_steps(data, options_for(kind))),
              values_of(model))
        << static_cast<int>(kind);
  }
}

// The losses after the last step decide the next weights.
TEST(TrainingStep, LooksAtTheBatchAgainWhereTheWeightingAsks) {
  const DatasetPtr data = questions(40, 1);
  EXPECT_NE(
      values_of(trained_by_steps(data, options_for(WeightingKind::famo))),
      values_of(trained_by_steps(data, options_for(WeightingKind::equal))));
  Model model = model_of(three_tasks());
  const DatasetPtr own = select_columns(data, column_uses(model.spec.tasks));
  ThreadPool pool(2);
  const auto passes = [&](WeightingKind kind) {
    return TrainingStep(model, *own, options_for(kind), pool).forward_passes();
  };
  EXPECT_EQ(passes(WeightingKind::famo), 2);
  EXPECT_EQ(passes(WeightingKind::dwa), 1);
  EXPECT_EQ(passes(WeightingKind::pcgrad), 1);
}

TEST(TrainingStep, ScheduleAndMissingLabelsAreOfTheStep) {
  const DatasetPtr data = questions(40, 1);
  const TrainOptions both = options_for(WeightingKind::equal);
  TrainOptions constant = both;
  constant.adam.schedule = LearningRateSchedule::constant;
  TrainOptions ignored = both;
  ignored.missing_label_weight = 0.0;
  const auto trained = values_of(trained_by_steps(data, both));
  EXPECT_NE(values_of(trained_by_steps(data, constant)), trained);
  EXPECT_NE(values_of(trained_by_steps(data, ignored)), trained);
}

// Weights of 1e30 make logits that are no numbers.
TEST(TrainingStep, WithoutAFiniteLossChangesNothing) {
  const DatasetPtr data = questions(16, 1);
  Model model = model_of(test::every_kind());
  model.target_statistics = target_statistics_of(model.spec.tasks, *data);
  std::ranges::fill(model.parameters.flat(), 1e30f);
  const std::vector<float> before = values_of(model);
  ThreadPool pool(1);
  TrainingStep step(model, *data, {.batch_size = 4}, pool);
  const std::vector<std::int64_t> images{0, 1, 2, 3};
  const auto why = step.differentiate(images, 1, ignore);
  ASSERT_TRUE(why);
  EXPECT_EQ(why->gradient_of, "");
  EXPECT_EQ(values_of(model), before);
}

TEST(UnusableStep, SaysWhy) {
  EXPECT_EQ(to_text(UnusableStep{}), "the loss is not finite");
  EXPECT_EQ(to_text(UnusableStep{"conv2d_1/kernel"}),
            "the gradient of conv2d_1/kernel is not finite or beyond 2^63");
}

TEST(PlanTraining, KeepsTheTrunksGradientsWhereTheyAreWeighted) {
  const Model model = model_of(three_tasks());
  const auto reserved = [&](const TrainOptions& options) {
    std::vector<std::string> owners;
    const auto plan = plan_training(model, options, 2);
    EXPECT_EQ(plan->memory().total_bytes(),
              plan_training(model.spec, options, 2)->memory().total_bytes());
    for (const auto& one : plan->memory().reservations()) {
      if (one.owner.starts_with("trunk's")) owners.push_back(one.owner);
    }
    return owners;
  };
  using Owners = std::vector<std::string>;
  EXPECT_EQ(reserved(options_for(WeightingKind::pcgrad)),
            (Owners{"trunk's gradients of scene", "trunk's gradients of both",
                    "trunk's gradients of stripes"}));
  EXPECT_EQ(reserved(options_for(WeightingKind::equal)), Owners{});
}

TEST(TrainingMemory, IsTheWorkspaceAndCopiesOfTheParameters) {
  const Model model = model_of(three_tasks());
  const TrainOptions options = options_for(WeightingKind::equal);
  const auto plan = plan_training(model, options, 1);
  const std::size_t bytes = model.parameters.flat().size_bytes();
  const TrainingMemory plain = memory_of(*plan, {});
  EXPECT_EQ(plain.workspace, plan->memory().total_bytes());
  EXPECT_EQ(plain.parameters, bytes);
  EXPECT_EQ(plain.moments, 2 * bytes);
  EXPECT_EQ(plain.average, 0u);
  EXPECT_EQ(plain.total(), plain.reserved() + bytes);
  const TrainingMemory averaged = memory_of(*plan, {.ema_momentum = 0.9});
  EXPECT_EQ(averaged.reserved(), plain.workspace + 3 * bytes);
}

}  // namespace
}  // namespace polytask
