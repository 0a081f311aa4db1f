// The tasks of a recipe that names none.

#include "polytask/recipe/derived_tasks.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/train/answers_table.h"
#include "tests/train/questions.h"

namespace polytask {
namespace {

using test::answers_table;
using Names = std::vector<std::string>;

struct Derived {
  Names notes;  // before the tasks, which are made with them
  std::vector<Task> tasks;
  explicit Derived(const Dataset& data) : tasks(derived_tasks(data, notes)) {}
};

TEST(DerivedTasks, LabelsAloneAreOneTaskWithoutAWord) {
  const Derived derived(*answers_table({"sea", "sun"}, {{0, 1}, {1, 0}}));
  EXPECT_EQ(derived.tasks,
            (std::vector<Task>{multilabel("labels", {"sea", "sun"})}));
  EXPECT_TRUE(derived.notes.empty());
}

TEST(DerivedTasks, EveryColumnOfAMixedTableFindsItsTaskAndThatIsSaid) {
  const Derived derived(*answers_table(
      {"sea", "stars", "objects/car", "depth", "sun", "objects/bus"},
      {{0, 1, 0, 1.5, 1, 1}, {1, 2, 1, 99, 0, 0}, {1, 3, 1, 2, 0, 0}}));
  EXPECT_EQ(derived.tasks,
            (std::vector<Task>{categorical("stars", {"0", "1", "2", "3"}),
                               multilabel("objects", {"car", "bus"}),
                               regression("depth"),
                               multilabel("labels", {"sea", "sun"})}));
  EXPECT_EQ(
      derived.notes,
      (Names{"the recipe names no tasks; the data has these (write them into "
             "the recipe to change one, or to leave it out):\n"
             "  - stars: categorical, 4 classes: 0, 1, 2, 3\n"
             "  - objects: multilabel, car, bus\n"
             "  - depth: regression, numbers from 1.5 to 99\n"
             "  - labels: multilabel, sea, sun"}));
}

TEST(DerivedTasks, TwoWordsAreClassesAndOneIsNone) {
  DatasetSpec spec = answers_table({"light", "place"}, {{0, 0}})->spec();
  spec.classes = {
      {.column = "light", .names = {"day", "night"}, .as_written = true},
      {.column = "place", .names = {"town"}, .as_written = true}};
  const Derived derived(ArrayDataset({.spec = spec,
                                      .size = 4,
                                      .images = nullptr,
                                      .targets = {0, 0, 1, 0, 0, 0, 1, 0},
                                      .source = "table",
                                      .names = {}}));
  EXPECT_EQ(derived.tasks,
            (std::vector<Task>{categorical("light", {"day", "night"})}));
}

TEST(DerivedTasks, AColumnCalledLabelsKeepsItsName) {
  const Derived derived(
      *answers_table({"labels", "sea"}, {{0, 1}, {2, 0}, {3, 1}}));
  EXPECT_EQ(task_names(derived.tasks), (Names{"labels", "labels_"}));
}

TEST(DerivedTasks, DataThatLooksLikeNothingMakesNoTasks) {
  test::expect_error(
      Fault::config,
      "tasks: the recipe names none, and the data has no column that looks "
      "like labels, classes or numbers; name the tasks, e.g. tasks: {weather: "
      "{kind: categorical}}",
      [] {
        const Derived derived(*answers_table({}, {{}, {}}));
      });
}

}  // namespace
}  // namespace polytask
