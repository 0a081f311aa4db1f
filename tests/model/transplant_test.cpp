// Models that begin with the parameters of others.

#include "polytask/model/transplant.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/expect_error.h"
#include "tests/train/stripes.h"

namespace polytask {
namespace {

using test::expect_error;

ModelSpec spec_of(std::vector<Task> tasks) {
  return {.image = {10, 10, 3},
          .preprocessing = {.uint8_scale = 0.5},
          .network = test::plain_network(),
          .tasks = std::move(tasks)};
}

// A trained one, as far as anybody can see.
Model model_of(std::vector<Task> tasks) {
  Model model = make_model(spec_of(std::move(tasks)), 3);
  for (float& value : model.parameters.flat()) value += 0.125f;
  for (const Task& task : model.spec.tasks) {
    model.target_statistics.push_back(
        {.shares = std::vector<double>(task.labels.size(), 0.25)});
  }
  return model;
}

Model old_model() {
  return model_of({multilabel("scene", {"rows", "columns"}),
                   categorical("weather", {"clear", "rain", "fog"})});
}

std::vector<float> array_of(const Model& model, const std::string& name) {
  const auto& specs = model.parameters.layout().specs();
  const auto at = std::ranges::find(specs, name, &ParameterSpec::name);
  if (at == specs.end()) return {};
  const auto values =
      model.parameters[static_cast<std::size_t>(at - specs.begin())];
  return {values.begin(), values.end()};
}

TEST(AddTasks, KeepsEveryBitOfTheOldAndDrawsTheNewHead) {
  const Model before = old_model();
  const Model after = add_tasks(before, {count("people")}, 7);
  ASSERT_EQ(after.spec.tasks.size(), 3u);
  EXPECT_EQ(after.spec.tasks[0], before.spec.tasks[0]);
  EXPECT_EQ(after.spec.tasks[1], before.spec.tasks[1]);
  EXPECT_EQ(after.spec.preprocessing, before.spec.preprocessing);
  EXPECT_EQ(after.spec.network, before.spec.network);
  for (const ParameterSpec& array : before.parameters.layout().specs()) {
    EXPECT_EQ(array_of(after, array.name), array_of(before, array.name))
        << array.name;
  }
  const std::vector<float> kernel = array_of(after, "people/kernel");
  ASSERT_EQ(kernel.size(), 12u);
  EXPECT_NE(kernel[0], kernel[1]);
  EXPECT_EQ(array_of(after, "people/bias"), std::vector<float>{0.0f});
  EXPECT_NE(array_of(add_tasks(before, {count("people")}, 8), "people/kernel"),
            kernel);
}

TEST(AddTasks, KeepsTheTargetStatisticsAndKnowsNoneOfTheNew) {
  const Model after = add_tasks(old_model(), {regression("distance")}, 7);
  const std::vector<TargetStatistics>& now = after.target_statistics;
  ASSERT_EQ(now.size(), 3u);
  EXPECT_EQ(now[0].shares, (std::vector<double>{0.25, 0.25}));
  EXPECT_EQ(now[1].shares, (std::vector<double>{0.25, 0.25, 0.25}));
  ASSERT_EQ(now[2].numbers.size(), 1u);
  EXPECT_TRUE(std::isnan(now[2].numbers[0].mean));
  EXPECT_TRUE(std::isnan(now[2].numbers[0].deviation));
  EXPECT_TRUE(std::isnan(now[2].numbers[0].median));
  Model untrained = old_model();
  untrained.target_statistics.clear();
  EXPECT_TRUE(
      add_tasks(untrained, {count("people")}, 7).target_statistics.empty());
}

TEST(AddTasks, ANameThatIsTakenIsRefused) {
  expect_error(Fault::config,
               "tasks.weather: the model has a task of this name already; give "
               "the new one another name",
               [] { (void)add_tasks(old_model(), {count("weather")}, 7); });
}

TEST(AddTasks, ATaskThatCannotBeIsRefused) {
  expect_error(
      Fault::config,
      "the tasks cannot be used:\n"
      "  - tasks.light.labels: expected at least two classes, got one",
      [] { (void)add_tasks(old_model(), {categorical("light", {"day"})}, 7); });
}

TEST(Transplant, TakesTrunkAndHeadsOfTheSameNameAndDropsTheRest) {
  const Model before = old_model();
  Task weather = categorical("weather", {"clear", "rain", "fog"});
  weather.weight = 0.5;
  const Model after =
      transplant(before, spec_of({weather, count("people")}), 7);
  EXPECT_EQ(array_of(after, "conv2d_1/kernel"),
            array_of(before, "conv2d_1/kernel"));
  EXPECT_EQ(array_of(after, "dense_1/bias"), array_of(before, "dense_1/bias"));
  EXPECT_EQ(array_of(after, "weather/kernel"),
            array_of(before, "weather/kernel"));
  EXPECT_TRUE(array_of(after, "scene/kernel").empty());
  EXPECT_EQ(after.target_statistics[0].shares,
            (std::vector<double>{0.25, 0.25, 0.25}));
  EXPECT_TRUE(std::isnan(after.target_statistics[1].numbers.at(0).mean));
}

TEST(Transplant, AnotherTaskUnderTheSameNameIsRefused) {
  Task head = multilabel("scene", {"rows", "columns"});
  head.head = {Dense{.units = 4}};
  expect_error(
      Fault::config,
      "the list of tasks has 2 problems:\n"
      "  - tasks.scene.head: expected the layers as in the model to begin "
      "with, got others; give the task another name to begin anew\n"
      "  - tasks.weather.labels: expected clear, rain, fog as in the model to "
      "begin with, got clear, snow, fog; give the task another name to begin "
      "anew",
      [&] {
        (void)transplant(
            old_model(),
            spec_of({head, categorical("weather", {"clear", "snow", "fog"})}),
            7);
      });
  expect_error(
      Fault::config,
      "tasks.scene.kind: expected multilabel as in the model to begin with, "
      "got count; give the task another name to begin anew",
      [] { (void)transplant(old_model(), spec_of({count("scene")}), 7); });
  Task spread = regression("distance");
  spread.loss.kind = LossKind::gaussian;
  expect_error(
      Fault::config,
      "tasks.distance.loss.kind: expected squared_error as in the model to "
      "begin with, got gaussian; give the task another name to begin anew",
      [&] {
        (void)transplant(model_of({regression("distance")}), spec_of({spread}),
                         7);
      });
}

}  // namespace
}  // namespace polytask
