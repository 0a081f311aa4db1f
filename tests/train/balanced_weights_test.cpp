// Weights of losses that are derived from the training images.

#include "polytask/model/balanced_weights.h"

#include <gtest/gtest.h>

#include "polytask/checkpoint/model_file.h"
#include "polytask/data/dataset.h"
#include "polytask/data/hdf5_writer.h"
#include "polytask/recipe/recipe.h"
#include "polytask/train/train.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/answers_table.h"
#include "tests/train/questions.h"

namespace polytask {
namespace {

using test::answers_table;
using test::kNaN;
using test::model_of;

Task balanced(Task task) {
  task.loss.balanced = true;
  return task;
}

const std::vector<Task>& two_tasks() {
  static const std::vector<Task> tasks{
      balanced(multilabel("scene", {"sea", "sun", "sky"})),
      balanced(categorical("light", {"day", "dusk", "night"}))};
  return tasks;
}

// sea: 3 of 4 are no; sun: 1 of 3; sky: 2 of 4. light: 4, 1, 1 of 6.
DatasetPtr seven_images() {
  return answers_table({"scene/sea", "scene/sun", "scene/sky", "light"},
                       {{0, 1, 1, 0},
                        {0, 1, 0, 0},
                        {1, 0, 1, 0},
                        {0, kNaN, 0, 0},
                        {kNaN, kNaN, kNaN, 1},
                        {kNaN, kNaN, kNaN, 2},
                        {kNaN, kNaN, kNaN, kNaN}});
}

TEST(BalancedWeights, AreNegativesOverPositivesOfWhatIsObserved) {
  std::vector<Task> tasks = two_tasks();
  EXPECT_TRUE(derive_balanced_weights(tasks, *seven_images()).empty());
  EXPECT_EQ(tasks[0].loss.positive_weights,
            (std::vector<double>{3.0, 0.5, 1.0}));
  EXPECT_FALSE(tasks[0].loss.balanced);
}

// sklearn.utils.class_weight.compute_class_weight("balanced",
//     classes=[0, 1, 2], y=[0, 0, 0, 0, 1, 2]) is [0.5, 2, 2].
TEST(BalancedWeights, OfClassesAreThoseOfScikitLearn) {
  std::vector<Task> tasks = two_tasks();
  derive_balanced_weights(tasks, *seven_images());
  EXPECT_EQ(tasks[1].loss.class_weights, (std::vector<double>{0.5, 2.0, 2.0}));
}

TEST(BalancedWeights, AreOneAndSaidWhereThereIsNothingToBalance) {
  std::vector<Task> tasks = two_tasks();
  const std::vector<std::string> warnings = derive_balanced_weights(
      tasks,
      *answers_table({"scene/sea", "scene/sun", "scene/sky", "light"},
                     {{0, 1, kNaN, 2}, {0, 1, kNaN, 0}, {0, 1, kNaN, 0}}));
  EXPECT_EQ(
      warnings,
      (std::vector<std::string>{
          "tasks.scene.loss.positive_weights: balanced: label \"sea\" has no "
          "positive in the training part; its weight is 1",
          "tasks.scene.loss.positive_weights: balanced: label \"sun\" has no "
          "negative in the training part; its weight is 1",
          "tasks.scene.loss.positive_weights: balanced: label \"sky\" has no "
          "answer in the training part; its weight is 1",
          "tasks.light.loss.class_weights: balanced: class \"dusk\" never "
          "occurs in the training part; its weight is 1"}));
  EXPECT_EQ(tasks[0].loss.positive_weights, std::vector<double>(3, 1.0));
  // Two classes occur: 3 / (2 * 2) and 3 / (2 * 1).
  EXPECT_EQ(tasks[1].loss.class_weights, (std::vector<double>{0.75, 1.0, 1.5}));
}

TEST(BalancedWeights, LeaveOtherLossesAlone) {
  std::vector<Task> tasks = two_tasks();
  tasks[0].loss = {.positive_weights = {1.0, 2.0, 3.0}};
  tasks[1].loss.balanced = false;
  const std::vector<Task> before = tasks;
  EXPECT_TRUE(derive_balanced_weights(tasks, *seven_images()).empty());
  EXPECT_EQ(tasks, before);
}

TrainOptions few_epochs(int epochs) {
  return {.epochs = epochs, .batch_size = 3, .threads = 2};
}

TEST(BalancedWeights, TrainAsTheirNumbersDo) {
  std::vector<Task> numbers = two_tasks();
  numbers[0].loss = {.positive_weights = {3.0, 0.5, 1.0}};
  numbers[1].loss = {.kind = LossKind::categorical_crossentropy,
                     .class_weights = {0.5, 2.0, 2.0}};
  Model by_word = model_of(two_tasks());
  Model by_number = model_of(numbers);
  Model plain = model_of({multilabel("scene", {"sea", "sun", "sky"}),
                          categorical("light", {"day", "dusk", "night"})});
  for (Model* model : {&by_word, &by_number, &plain}) {
    train(*model, {.train = seven_images(), .validation = nullptr},
          few_epochs(2));
  }
  EXPECT_EQ(test::bits_of(by_word), test::bits_of(by_number));
  EXPECT_NE(test::bits_of(by_word), test::bits_of(plain));
  EXPECT_EQ(by_word.spec.tasks, numbers) << "the model keeps the numbers";
}

TEST(BalancedWeights, AreThoseOfTheImagesATrainingGets) {
  Model model = model_of(two_tasks());
  train(model,
        {.train = subset(seven_images(), {0, 1, 2, 4, 5}),
         .validation = subset(seven_images(), {3})},
        few_epochs(1));
  EXPECT_EQ(model.spec.tasks[0].loss.positive_weights,
            (std::vector<double>{2.0, 0.5, 0.5}));
}

TEST(BalancedWeights, AResumedRunHasTheSameBits) {
  const test::TemporaryFolder folder;
  const TrainData data{.train = seven_images(), .validation = nullptr};
  Model whole = model_of(two_tasks());
  train(whole, data, few_epochs(3));
  Model first = model_of(two_tasks());
  train(first, data, few_epochs(1), {.folder = folder.path()});
  Model rest = model_of(two_tasks());
  train(rest, data, few_epochs(3), {.folder = folder.path(), .resume = true});
  EXPECT_EQ(test::bits_of(rest), test::bits_of(whole));
  EXPECT_EQ(load_model(folder / "model.safetensors").spec, whole.spec);
}

TEST(BalancedWeights, GoWithTheCrossEntropiesAlone) {
  Task focal = balanced(multilabel("scene", {"sea"}));
  focal.loss.kind = LossKind::focal;
  Task both = balanced(multilabel("more", {"sea"}));
  both.loss.positive_weights = {2.0};
  EXPECT_EQ(problems({focal, both}),
            (std::vector<std::string>{
                "tasks.scene.loss.balanced: this loss has no weights; leave it "
                "out",
                "tasks.more.loss.balanced: expected no weights beside it; the "
                "data gives them"}));
}

class BalancedRecipe : public ::testing::Test {
 protected:
  BalancedRecipe() {
    write_hdf5(*test::questions(40, 1), folder_ / "questions.h5");
  }

  [[nodiscard]] Recipe load(const std::string& text) const {
    test::write_bytes(folder_ / "recipe.yaml",
                      text + "network: {trunk: [flatten]}\n");
    return load_recipe(folder_ / "recipe.yaml",
                       {"data.path=" + (folder_ / "questions.h5").string()});
  }

  test::TemporaryFolder folder_;
};

constexpr const char* kBalanced =
    "tasks:\n"
    "  scene: {loss: {positive_weights: balanced}}\n"
    "  both: {kind: categorical, loss: {class_weights: balanced}}\n";

TEST_F(BalancedRecipe, IsResolvedToTheNumbersOfTheTrainingPart) {
  Recipe recipe = load(kBalanced);
  const PreparedRun run = prepare_run(recipe);
  std::vector<Task> counted = run.model.tasks;
  EXPECT_TRUE(counted[0].loss.balanced) << "of every training of a study";
  derive_balanced_weights(counted, *run.data.train);
  EXPECT_EQ(recipe.tasks, counted);
  EXPECT_EQ(recipe.tasks[0].loss.positive_weights.size(), 3u);
  EXPECT_EQ(recipe.tasks[1].loss.class_weights.size(), 3u);
  const std::string text = recipe_text(recipe);
  EXPECT_EQ(text.find("balanced"), std::string::npos) << text;
  test::write_bytes(folder_ / "again.yaml", text);
  EXPECT_EQ(load_recipe(folder_ / "again.yaml", {}).tasks, recipe.tasks);
}

TEST_F(BalancedRecipe, IsWrittenAsTheWordUntilThen) {
  EXPECT_NE(recipe_text(load(kBalanced)).find("positive_weights: balanced"),
            std::string::npos);
}

TEST_F(BalancedRecipe, AnotherWordIsRefused) {
  test::expect_error(
      Fault::config,
      (folder_ / "recipe.yaml").string() +
          ":1: tasks.scene.loss.positive_weights: expected balanced, or a list "
          "of numbers, found \"balance\"",
      [&] {
        (void)load("tasks: {scene: {loss: {positive_weights: balance}}}\n");
      });
}

}  // namespace
}  // namespace polytask
