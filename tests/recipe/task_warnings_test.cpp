// What a recipe's data cannot teach or judge is said before the training.

#include <gtest/gtest.h>

#include "polytask/data/dataset.h"
#include "polytask/model/target_statistics.h"
#include "polytask/recipe/recipe_tasks.h"
#include "tests/train/answers_table.h"
#include "tests/train/questions.h"

namespace polytask {
namespace {

using test::answers_table;
using test::kNaN;

using Texts = std::vector<std::string>;

std::vector<Task> four_tasks() {
  return {multilabel("scene", {"sea"}), categorical("light", {"day", "night"}),
          regression("depth"), count("boats")};
}

DatasetPtr table(const std::vector<std::vector<float>>& rows) {
  return answers_table({"scene/sea", "light", "depth", "boats"}, rows);
}

const std::vector<std::vector<float>> kGood{{0, 0, 1.5f, 0}, {1, 1, 2, 3}};

Texts warnings_of(const std::vector<std::vector<float>>& train,
                  const std::vector<std::vector<float>>& validation = kGood,
                  const std::vector<Task>& tasks = four_tasks()) {
  TrainData data{.train = table(train), .validation = nullptr};
  if (!validation.empty()) data.validation = table(validation);
  return task_warnings(tasks, data, target_statistics_of(tasks, *data.train));
}

TEST(TaskWarnings, AreSilentWhereAllIsWell) {
  EXPECT_EQ(warnings_of(kGood), Texts{});
  EXPECT_EQ(warnings_of(kGood, {}), Texts{});
}

TEST(TaskWarnings, NameWhatNeverChanges) {
  EXPECT_EQ(warnings_of({{0, 0, 3.5f, 2}, {0, 0, 3.5f, 2}}),
            (Texts{"training part: label \"scene/sea\" has no positive image "
                   "(of 2); it cannot be learned; change "
                   "data.split.random_state",
                   "training part: class \"night\" of task \"light\" never "
                   "occurs; it cannot be learned; change "
                   "data.split.random_state",
                   "training part: task \"depth\" is always 3.5; there is "
                   "nothing to learn",
                   "training part: task \"boats\" is always 2; there is "
                   "nothing to learn"}));
}

// Another split would not help.
TEST(TaskWarnings, AskForImagesWhereNoneShowsIt) {
  EXPECT_EQ(warnings_of({{0, 0, 1, 2}, {0, 0, 3, 4}}, {}),
            (Texts{"training part: label \"scene/sea\" has no positive image "
                   "(of 2); it cannot be learned; add images that differ in "
                   "it",
                   "training part: class \"night\" of task \"light\" never "
                   "occurs; it cannot be learned; add images of it"}));
}

// Another split may help only where the class is among the other images.
TEST(TaskWarnings, AskForImagesOfAClassThatIsInNoPart) {
  EXPECT_EQ(
      warnings_of({{0, 0, 1, 2}, {1, 0, 3, 4}}, {{0, 0, 1, 2}, {1, 0, 3, 4}}),
      (Texts{"training part: class \"night\" of task \"light\" never "
             "occurs; it cannot be learned; add images of it"}));
}

TEST(TaskWarnings, NameTheNumberAmongSeveral) {
  const DatasetPtr data =
      answers_table({"size/width", "size/height"}, {{1, 2}, {1, 3}});
  const std::vector<Task> tasks{regression("size", {"width", "height"})};
  EXPECT_EQ(task_warnings(tasks, {.train = data, .validation = data},
                          target_statistics_of(tasks, *data)),
            (Texts{"training part: \"width\" of task \"size\" is always 1; "
                   "there is nothing to learn"}));
}

TEST(TaskWarnings, NameTasksThatCannotBeJudged) {
  EXPECT_EQ(
      warnings_of(kGood, {{0, kNaN, kNaN, 1}, {1, kNaN, kNaN, kNaN}}),
      (Texts{"validation part: task \"light\" is missing in every image; the "
             "best epoch is chosen without it; change data.split.random_state",
             "validation part: task \"depth\" is missing in every image; the "
             "best epoch is chosen without it; change "
             "data.split.random_state"}));
}

TEST(TaskWarnings, NameTasksWithoutAWeight) {
  std::vector<Task> tasks = four_tasks();
  tasks[2].weight = 0.0;
  EXPECT_EQ(warnings_of(kGood, kGood, tasks),
            (Texts{"tasks.depth.weight is 0: the task does not move the trunk, "
                   "and with weights from losses its head learns nothing; "
                   "leave the task out, or give it a weight"}));
}

// That is an error of train(); a warning a class would only hide it.
TEST(TaskWarnings, AreSilentOfATaskThatTrainingRefuses) {
  EXPECT_EQ(warnings_of({{0, kNaN, 1, 0}, {1, kNaN, 2, 1}}), Texts{});
}

TEST(WeightingWarnings, NameALossThatMayBeNegative) {
  std::vector<Task> tasks = four_tasks();
  tasks[2].loss.kind = LossKind::gaussian;
  EXPECT_EQ(weighting_warnings(tasks, WeightingKind::famo),
            (Texts{"train.weighting: famo divides by the losses, and the "
                   "gaussian loss of task \"depth\" may fall below 0: the task "
                   "may then get nearly all of the weight; take another loss "
                   "or another weighting"}));
  for (const WeightingKind kind :
       {WeightingKind::uncertainty, WeightingKind::gls, WeightingKind::stch}) {
    EXPECT_EQ(weighting_warnings(tasks, kind).size(), 1u);
    EXPECT_EQ(weighting_warnings(four_tasks(), kind), Texts{});
  }
  EXPECT_EQ(weighting_warnings(tasks, WeightingKind::equal), Texts{});
  EXPECT_EQ(weighting_warnings(tasks, WeightingKind::pcgrad), Texts{});
}

}  // namespace
}  // namespace polytask
