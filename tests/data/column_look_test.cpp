#include "polytask/data/table/column_look.h"

#include <gtest/gtest.h>

#include "tests/data/small_dataset.h"

namespace polytask {
namespace {

// Rows of one column that holds these texts in turn, `times` over.
ColumnLook look_of(const std::vector<std::string>& texts, int times = 3) {
  DatasetSpec spec{.height = 1, .width = 1, .channels = 1};
  spec.labels = {"c"};
  spec.classes = {{.column = "c", .names = texts, .as_written = true}};
  std::vector<float> cells;
  for (int k = 0; k < times; ++k) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      cells.push_back(static_cast<float>(i));
    }
  }
  const auto size = static_cast<std::int64_t>(cells.size());
  return looks_of(*test::small_dataset(spec, size, cells)).front();
}

ColumnLook look_of_numbers(const std::vector<float>& cells) {
  return looks_of(*test::labelled({"c"}, cells)).front();
}

TEST(ColumnLook, YesAndNoAreLabels) {
  EXPECT_EQ(look_of({"0", "1"}).looks, Looks::labels);
  EXPECT_EQ(look_of({"True", "False", "NA"}).looks, Looks::labels);
  EXPECT_EQ(look_of({"-1", "1"}).looks, Looks::labels);
  EXPECT_EQ(look_of({"NA"}).looks, Looks::labels);
  EXPECT_EQ(look_of_numbers({0, 1, -1, 1}).looks, Looks::labels);
}

TEST(ColumnLook, WordsAreClasses) {
  const ColumnLook look = look_of({"clear", "fog", "rain", "NA"});
  EXPECT_EQ(look.looks, Looks::classes);
  EXPECT_EQ(look.kinds, 3u);
  EXPECT_EQ(look.observed, 9);
  EXPECT_EQ(look_of({"0010", "0020"}).looks, Looks::classes);
}

TEST(ColumnLook, FewWholeNumbersAreClassesAndAllOthersAreNumbers) {
  EXPECT_EQ(look_of({"0", "1", "2", "3"}).looks, Looks::classes);
  EXPECT_EQ(look_of_numbers({0, 1, 2, 3, 4}).looks, Looks::classes);
  EXPECT_EQ(look_of({"0.5", "1", "2", "3"}).looks, Looks::numbers);
  EXPECT_EQ(look_of({"-2", "2", "3", "4"}).looks, Looks::numbers);
  std::vector<std::string> many;
  for (int i = 2; i < 23; ++i) many.push_back(std::to_string(i));
  const ColumnLook look = look_of(many);
  EXPECT_EQ(look.looks, Looks::numbers);
  EXPECT_EQ(look.least, 2.0);
  EXPECT_EQ(look.largest, 22.0);
}

// A slip in a column of labels is an error later, not a class of its own.
TEST(ColumnLook, AColumnIsWhatNineOfTenOfItsCellsAre) {
  std::vector<float> cells(20, 1.0f);
  cells[3] = 7;
  cells[4] = 8;
  EXPECT_EQ(look_of_numbers(cells).looks, Looks::labels);
  cells[5] = 9;
  EXPECT_EQ(look_of_numbers(cells).looks, Looks::classes);
}

TEST(ColumnLook, WordsThatAllDifferAreNoClasses) {
  EXPECT_EQ(look_of({"anna", "bob", "carl"}, 1).looks, Looks::nothing);
  EXPECT_EQ(look_of({"anna", "bob", "carl"}, 2).looks, Looks::classes);
}

TEST(ColumnLook, ClassesAreTheTextsThatSaySomething) {
  const ColumnClasses texts{.column = "c",
                            .names = {"", "-1", "10", "010", "NA", "none"},
                            .as_written = true};
  EXPECT_EQ(classes_in(texts), (std::vector<std::string>{"10", "010", "none"}));
}

}  // namespace
}  // namespace polytask
