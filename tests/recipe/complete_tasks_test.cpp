// What a recipe leaves to the data, and what the data does not say.

#include <gtest/gtest.h>

#include "polytask/recipe/recipe_tasks.h"
#include "tests/support/expect_error.h"
#include "tests/train/answers_table.h"
#include "tests/train/questions.h"

namespace polytask {
namespace {

using test::answers_table;
using test::expect_error;
using test::kNaN;

void complete(std::vector<Task> tasks, const Dataset& data) {
  complete_tasks(tasks, data);
}

DatasetPtr street() {
  return answers_table({"objects/car", "objects/sign", "weather", "people"},
                       {{0, 1, 0, 2}, {1, 0, 2, 0}});
}

TEST(CompleteTasks, TakeLabelsAndClassesFromTheData) {
  std::vector<Task> tasks{multilabel("objects", {}), ordinal("weather", {}),
                          count("people")};
  complete_tasks(tasks, *street());
  EXPECT_EQ(tasks[0].labels, (std::vector<std::string>{"car", "sign"}));
  EXPECT_EQ(tasks[1].labels, (std::vector<std::string>{"0", "1", "2"}));
}

TEST(CompleteTasks, ATaskOfAnUnknownNameNamesTheNearest) {
  expect_error(
      Fault::data,
      "tasks.wether: the data has no column of that name; did you "
      "mean \"weather\"?",
      [] {
        complete({categorical("wether", {}), count("people")}, *street());
      });
}

TEST(CompleteTasks, AllUnknownNamesAreSaidAtOnce) {
  expect_error(
      Fault::data,
      "the recipe and the data do not fit:\n"
      "  - tasks.things: the data has no group of columns of that name, only "
      "objects, weather, people; correct it, or name its labels in the "
      "recipe\n"
      "  - tasks.sky: the data has no column of that name, only objects, "
      "weather, people; correct it, or name its labels in the recipe",
      [] {
        complete({multilabel("things", {}), ordinal("sky", {})}, *street());
      });
}

TEST(CompleteTasks, NumbersThatDoNotTellTheClasses) {
  for (const float cell : {kNaN, 10000.0f}) {
    expect_error(Fault::data,
                 "tasks.kind: the numbers in the data do not tell the classes: "
                 "all are missing, or some are 10000 and more; name the "
                 "classes in the recipe",
                 [&] {
                   complete({categorical("kind", {})},
                            *answers_table({"kind"}, {{cell}}));
                 });
  }
}

}  // namespace
}  // namespace polytask
