#include "polytask/data/column_groups.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace polytask {
namespace {

DatasetSpec columns(std::vector<std::string> names,
                    std::vector<ColumnClasses> classes = {}) {
  DatasetSpec spec;
  spec.labels = std::move(names);
  spec.classes = std::move(classes);
  return spec;
}

TEST(TaskColumns, PlainLabelsAreNoTasks) {
  EXPECT_FALSE(has_tasks(columns({"sea", "sunset"})));
  EXPECT_FALSE(has_tasks(columns({})));
}

TEST(TaskColumns, AStrokeOrClassesMakeTasks) {
  EXPECT_TRUE(has_tasks(columns({"sea", "sky/sunset"})));
  EXPECT_TRUE(has_tasks(columns({"sky"}, {{"sky", {"grey", "blue"}}})));
}

TEST(TaskColumns, ColumnsOfOneTaskMayStandApart) {
  const auto tasks =
      tasks_of(columns({"objects/car", "weather", "objects/stop sign", "far"},
                       {{"weather", {"clear", "rain"}}}),
               "a.h5");
  ASSERT_EQ(tasks.size(), 3u);
  EXPECT_EQ(tasks[0].task, "objects");
  EXPECT_EQ(tasks[0].columns, (std::vector<std::size_t>{0, 2}));
  EXPECT_EQ(tasks[0].labels, (std::vector<std::string>{"car", "stop sign"}));
  EXPECT_EQ(tasks[1].task, "weather");
  EXPECT_EQ(tasks[1].columns, (std::vector<std::size_t>{1}));
  EXPECT_TRUE(tasks[1].labels.empty());
  EXPECT_EQ(tasks[1].classes, (std::vector<std::string>{"clear", "rain"}));
  EXPECT_EQ(tasks[2].task, "far");
  EXPECT_TRUE(tasks[2].classes.empty());
}

TEST(TaskColumns, ALabelMayHaveStrokesOfItsOwn) {
  const auto tasks = tasks_of(columns({"objects/car/red"}), "a.h5");
  EXPECT_EQ(tasks[0].labels, (std::vector<std::string>{"car/red"}));
}

TEST(TaskColumns, EveryWrongNameIsNamed) {
  test::expect_error(
      Fault::shape,
      "a.h5: the columns cannot be written; rename them:\n"
      "  - column \"/car\": expected the name of a task, or task/label\n"
      "  - column \"a/\": expected the name of a task, or task/label\n"
      "  - column \"sea\": expected a task of its own, found others of that "
      "name\n"
      "  - column \"b\": expected a task of its own, found others of that "
      "name\n"
      "  - column \"c/d\": expected a group, but \"c\" is a column itself\n"
      "  - column \"b/x\" stands there twice\n"
      "  - classes of \"b\": expected a column of that name without a stroke\n"
      "  - classes of \"z\": expected a column of that name without a stroke",
      [] {
        (void)tasks_of(
            columns({"/car", "a/", "sea", "sea", "b/x", "b", "c", "c/d", "b/x"},
                    {{"b", {"no"}}, {"z", {"no"}}}),
            "a.h5");
      });
}

}  // namespace
}  // namespace polytask
