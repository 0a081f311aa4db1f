// Heads that learn nothing are named after the first epoch.

#include <gtest/gtest.h>

#include "polytask/train/train.h"
#include "tests/train/questions.h"
#include "tests/train/recorder.h"

namespace polytask {
namespace {

using test::model_of;
using test::questions;
using test::Recorder;

using Texts = std::vector<std::string>;

// A scene and a count with two dense layers of its own.
std::vector<Task> two_tasks() {
  std::vector<Task> tasks{multilabel("scene", {"rows", "columns", "red"}),
                          count("stripes")};
  tasks[1].head = {Dense{.units = 4, .activation = Activation::relu},
                   Dense{.units = 3, .activation = Activation::relu}};
  return tasks;
}

TrainReport trained(Model& model, Recorder& recorder,
                    TrainOptions options = {}) {
  options.epochs = 3;
  options.batch_size = 10;
  options.threads = 1;
  return train(model, {.train = questions(40, 1), .validation = nullptr},
               options, {.observer = &recorder});
}

// Nothing passes a relu whose bias lies far below 0.
void kill_layer(Model& model, const std::string& bias) {
  const auto& specs = model.parameters.layout().specs();
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].name != bias) continue;
    for (float& b : model.parameters[i]) b = -1e6f;
  }
}

TEST(IdleHeads, AreSilentWhereEveryHeadLearns) {
  Model model = model_of(two_tasks());
  Recorder recorder;
  EXPECT_EQ(trained(model, recorder).warnings, Texts{});
}

TEST(IdleHeads, NameTheTaskAndItsLayersAfterTheFirstEpoch) {
  Model model = model_of(two_tasks());
  kill_layer(model, "stripes/dense_2/bias");
  Recorder recorder;
  const Texts expected{
      "task \"stripes\": the gradient of stripes/dense_1/kernel, "
      "stripes/dense_2/kernel, stripes/kernel was 0 in every step of the "
      "first epoch, so nothing is learned there; look at tasks.stripes.loss "
      "and at the relus before it, or try a smaller "
      "train.adam.learning_rate"};
  EXPECT_EQ(trained(model, recorder).warnings, expected);
  EXPECT_EQ(recorder.warnings, expected);
  const auto at = std::ranges::find(recorder.events, "warning");
  ASSERT_NE(at, recorder.events.end());
  EXPECT_EQ(*std::prev(at), "epoch 1");
}

TEST(IdleHeads, AreNotThoseThatAreMeantToWait) {
  std::vector<Task> tasks = two_tasks();
  Model late = model_of(tasks);
  tasks[1].weight = 0.0;
  Model never = model_of(tasks);
  Recorder recorder;
  EXPECT_EQ(trained(never, recorder).warnings, Texts{});
  TrainOptions options;
  options.weighting.schedule = {{.epoch = 1, .weights = {{"stripes", 0}}},
                                {.epoch = 2, .weights = {{"stripes", 0}}},
                                {.epoch = 3, .weights = {{"stripes", 1}}}};
  EXPECT_EQ(trained(late, recorder, options).warnings, Texts{});
}

TEST(IdleHeads, AreFoundWithEveryWayToTheTrunk) {
  for (const WeightingKind kind :
       {WeightingKind::equal, WeightingKind::famo, WeightingKind::pcgrad}) {
    Model model = model_of(two_tasks());
    kill_layer(model, "stripes/dense_1/bias");
    Recorder recorder;
    EXPECT_EQ(
        trained(model, recorder, {.weighting = {.kind = kind}}).warnings.size(),
        1u);
  }
}

}  // namespace
}  // namespace polytask
