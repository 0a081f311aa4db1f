#include "polytask/data/columns.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "polytask/data/batch.h"
#include "tests/data/small_dataset.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

using Names = std::vector<std::string>;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kGone = -99.0f;  // how a missing target is written below

// All targets of the view, row by row.
std::vector<float> targets_in(const DatasetPtr& data) {
  std::vector<float> all;
  for (std::int64_t i = 0; i < data->size(); ++i) {
    for (const float t : test::targets_of(*data, i)) {
      all.push_back(std::isnan(t) ? kGone : t);
    }
  }
  return all;
}

ColumnUse labels(Names members) {
  return {.task = "objects", .kind = ColumnKind::label, .members = members};
}

TEST(SelectColumns, PicksTheColumnsOfEachQuestionInOrder) {
  const DatasetPtr data = test::labelled(
      {"distance", "objects/car", "sea", "objects/sign"}, {5, 1, 7, 0});
  const DatasetPtr view =
      select_columns(data, {labels({"sign", "car"}),
                            {.task = "distance", .kind = ColumnKind::number}});
  EXPECT_EQ(view->spec().labels,
            (Names{"objects/sign", "objects/car", "distance"}));
  EXPECT_EQ(targets_in(view), (std::vector<float>{0, 1, 5}));
  EXPECT_EQ(view->image_name(0), "small[0]");
}

TEST(SelectColumns, ALabelMayStandUnderItsBareName) {
  const DatasetPtr data = test::labelled({"sea", "desert"}, {1, 0});
  EXPECT_EQ(targets_in(select_columns(data, {labels({"desert", "sea"})})),
            (std::vector<float>{0, 1}));
}

// One slip in a table of numbers makes all of them names of classes.
TEST(SelectColumns, WordsAreNotTakenForNumbers) {
  DatasetSpec spec{.height = 1, .width = 1, .channels = 1};
  spec.labels = {"depth", "sea"};
  spec.classes = {{.column = "depth", .names = {"1.5", "2", "2,5"}},
                  {.column = "sea", .names = {"no", "yes"}}};
  test::expect_error(
      Fault::data,
      "the data does not answer every task; it has the columns depth, sea:\n"
      "  - task depth: column depth: expected numbers, found names of classes, "
      "such as \"2,5\"\n"
      "  - task objects: column sea: expected numbers, found names of classes, "
      "such as \"no\"",
      [&] {
        (void)select_columns(
            test::small_dataset(spec, 3, {0, 1, 1, 0, 2, 1}),
            {{.task = "depth", .kind = ColumnKind::number}, labels({"sea"})});
      });
}

TEST(SelectColumns, AnUnknownColumnNamesTheNearest) {
  test::expect_error(
      Fault::data,
      "the data does not answer every task; it has the columns distance:\n"
      "  - task distnce: no column distnce (did you mean \"distance\"?)",
      [] {
        (void)select_columns(test::labelled({"distance"}, {5}),
                             {{.task = "distnce", .kind = ColumnKind::number}});
      });
}

TEST(SelectColumns, NamelessColumnsAreTakenByPositionForASingleQuestion) {
  const DatasetPtr data = test::labelled({"label_0", "label_1"}, {1, 0});
  EXPECT_EQ(targets_in(select_columns(data, {labels({"desert", "sea"})})),
            (std::vector<float>{1, 0}));
  const DatasetPtr one = test::labelled({"label_0"}, {3});
  EXPECT_EQ(targets_in(select_columns(
                one, {{.task = "digit",
                       .kind = ColumnKind::class_number,
                       .classes = {"zero", "one", "two", "three"}}})),
            (std::vector<float>{3}));
}

TEST(SelectColumns, WhatIsBelowZeroIsMissingExceptAmongNumbers) {
  const DatasetPtr data =
      test::labelled({"objects/car", "kind", "people", "degrees"},
                     {-1, -1, -1, -1, kNaN, kNaN, kNaN, kNaN});
  const DatasetPtr view = select_columns(
      data,
      {labels({"car"}),
       {.task = "kind", .kind = ColumnKind::class_number, .classes = {"a"}},
       {.task = "people", .kind = ColumnKind::count},
       {.task = "degrees", .kind = ColumnKind::number}});
  EXPECT_EQ(targets_in(view), (std::vector<float>{kGone, kGone, kGone, -1,
                                                  kGone, kGone, kGone, kGone}));
}

TEST(SelectColumns, ClassesAreMatchedByName) {
  DatasetSpec spec{.height = 1, .width = 1, .channels = 1};
  spec.labels = {"weather"};
  spec.classes = {{.column = "weather", .names = {"clear", "fog", "rain"}}};
  const DatasetPtr data = test::small_dataset(spec, 4, {0, 1, kNaN, 0});
  const ColumnUse use{.task = "weather",
                      .kind = ColumnKind::class_number,
                      .classes = {"fog", "clear"}};
  EXPECT_EQ(targets_in(select_columns(data, {use})),
            (std::vector<float>{1, 0, kGone, 1}));
  const DatasetPtr rainy = test::small_dataset(spec, 2, {0, 2});
  test::expect_error(
      Fault::data,
      "the data and the tasks do not fit; correct the cells or the task:\n"
      "  - small[1], column weather: expected one of the classes fog, clear, "
      "or "
      "missing, found \"rain\"",
      [&] { (void)select_columns(rainy, {use}); });
}

TEST(SelectColumns, EveryWrongCellIsNamedWithItsImage) {
  const DatasetPtr data = test::labelled(
      {"objects/car", "kind", "people", "degrees"},
      {2, 3, 1.5, std::numeric_limits<float>::infinity(), 0, 0, 0, 0});
  test::expect_error(
      Fault::data,
      "the data and the tasks do not fit; correct the cells or the task:\n"
      "  - small[0], column objects/car: expected 0, 1 or missing, found 2\n"
      "  - small[0], column kind: expected the number of one of 3 classes, 0 "
      "to "
      "2, or missing, found 3\n"
      "  - small[0], column people: expected a whole number >= 0 or missing, "
      "found 1.5\n"
      "  - small[0], column degrees: expected a finite number or missing, "
      "found "
      "inf",
      [&] {
        (void)select_columns(data,
                             {labels({"car"}),
                              {.task = "kind",
                               .kind = ColumnKind::class_number,
                               .classes = {"a", "b", "c"}},
                              {.task = "people", .kind = ColumnKind::count},
                              {.task = "degrees", .kind = ColumnKind::number}});
      });
}

TEST(SelectColumns, FullNamesSayWhoseColumnItIs) {
  const std::vector<ColumnUse> uses{
      labels({"car"}), {.task = "degrees", .kind = ColumnKind::number}};
  const DatasetPtr data = test::labelled({"car", "degrees"}, {1, 7});
  EXPECT_EQ(select_columns(data, uses)->spec().labels,
            (std::vector<std::string>{"car", "degrees"}));
  const DatasetPtr full = select_columns(data, uses, ColumnNames::full);
  EXPECT_EQ(full->spec().labels,
            (std::vector<std::string>{"objects/car", "degrees"}));
  EXPECT_EQ(targets_in(full), (std::vector<float>{1, 7}));
  const DatasetPtr nameless = test::labelled({"label_0"}, {3});
  EXPECT_EQ(select_columns(nameless,
                           {{.task = "degrees", .kind = ColumnKind::number}},
                           ColumnNames::full)
                ->spec()
                .labels,
            (std::vector<std::string>{"degrees"}));
}

TEST(SelectColumns, OneColumnIsEnoughForAQuestionToBeThere) {
  const DatasetPtr data = test::labelled({"sea", "objects/car"}, {1, 0});
  EXPECT_TRUE(has_column(data->spec(), labels({"car", "dog"})));
  EXPECT_TRUE(has_column(data->spec(), labels({"dog", "sea"})));
  EXPECT_FALSE(has_column(data->spec(), labels({"dog"})));
  EXPECT_FALSE(
      has_column(data->spec(), {.task = "car", .kind = ColumnKind::number}));
}

TEST(SelectColumns, AbsentColumnsAreAllNamed) {
  const DatasetPtr data = test::labelled({"sea", "y"}, {1, 0});
  test::expect_error(
      Fault::data,
      "the data does not answer every task; it has the columns sea, y:\n"
      "  - task objects: no column car\n"
      "  - task distance: no column distance",
      [&] {
        (void)select_columns(
            data, {labels({"sea", "car"}),
                   {.task = "distance", .kind = ColumnKind::number}});
      });
}

// A table as read_image_folder leaves it: its cells are texts.
DatasetPtr table(Names columns, std::vector<ColumnClasses> texts,
                 std::vector<float> cells) {
  DatasetSpec spec{.height = 1, .width = 1, .channels = 1};
  spec.labels = std::move(columns);
  spec.classes = std::move(texts);
  for (ColumnClasses& one : spec.classes) one.as_written = true;
  spec.minus_one = MinusOne::ask;
  const auto size =
      static_cast<std::int64_t>(cells.size() / spec.labels.size());
  return test::small_dataset(spec, size, std::move(cells));
}

// One column `c` whose rows are these texts.
DatasetPtr column(const Names& texts) {
  std::vector<float> cells;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    cells.push_back(static_cast<float>(i));
  }
  return table({"c"}, {{.column = "c", .names = texts}}, cells);
}

ColumnUse classes(Names names) {
  return {.task = "c",
          .kind = ColumnKind::class_number,
          .classes = std::move(names)};
}

std::vector<float> values(const Names& texts, const ColumnUse& use) {
  return targets_in(select_columns(column(texts), {use}));
}

void expect_unfit(const Names& texts, const ColumnUse& use,
                  const std::string& problem) {
  test::expect_error(
      Fault::data,
      "the data and the tasks do not fit; correct the cells or the task:\n" +
          problem,
      [&] { (void)values(texts, use); });
}

// The names of the data say which column is which, not the recipe's order.
TEST(SelectColumns, NamesSelectAndNeverRename) {
  const DatasetPtr data =
      test::labelled({"desert", "sea", "sunset"}, {1, 0, 0, 0, 1, 1});
  const DatasetPtr view =
      select_columns(data, {labels({"sunset", "sea", "desert"})});
  EXPECT_EQ(view->spec().labels, (Names{"sunset", "sea", "desert"}));
  EXPECT_EQ(targets_in(view), (std::vector<float>{0, 0, 1, 1, 1, 0}));
  EXPECT_EQ(targets_in(select_columns(data, {labels({"sea"})})),
            (std::vector<float>{0, 1}));
}

TEST(SelectColumns, EveryUnknownNameHasItsNearest) {
  test::expect_error(
      Fault::data,
      "the data does not answer every task; it has the columns desert, sea, "
      "sunset:\n"
      "  - task objects: no column sunst (did you mean \"sunset\"?), dog, "
      "dessert (did you mean \"desert\"?)",
      [] {
        (void)select_columns(
            test::labelled({"desert", "sea", "sunset"}, {1, 0, 1}),
            {labels({"sunst", "sea", "dog", "dessert"})});
      });
}

TEST(SelectColumns, NamelessColumnsAreAllNamedByTheQuestionAndThatIsSaid) {
  const DatasetPtr data = test::labelled({"label_0", "label_1"}, {1, 0});
  std::vector<std::string> notes;
  (void)select_columns(data, {labels({"desert", "sea"})}, ColumnNames::as_found,
                       &notes);
  EXPECT_EQ(notes, (Names{"task objects: the data does not name its columns; "
                          "in their order they are taken as desert, sea"}));
  test::expect_error(
      Fault::data,
      "the data does not answer every task; it has the columns label_0, "
      "label_1:\n"
      "  - task objects: no column sea; the data does not name its columns: "
      "the task must name all 2 in their order, not 1",
      [&] { (void)select_columns(data, {labels({"sea"})}); });
}

TEST(SelectColumns, ANamelessGroupIsNamedByItsTask) {
  const DatasetPtr data = test::labelled(
      {"objects/label_0", "objects/label_1", "depth"}, {1, 0, 7});
  const ColumnUse depth{.task = "depth", .kind = ColumnKind::number};
  EXPECT_EQ(targets_in(select_columns(data, {labels({"car", "bus"}), depth})),
            (std::vector<float>{1, 0, 7}));
  EXPECT_TRUE(has_column(data->spec(), labels({"car", "bus"})));
  EXPECT_FALSE(has_column(data->spec(), labels({"car", "bus", "dog"})));
}

TEST(SelectColumns, ClassesAreTextAsItIsWritten) {
  EXPECT_EQ(values({"010", "10", "10.0", "other"},
                   classes({"other", "10.0", "10", "010"})),
            (std::vector<float>{3, 2, 1, 0}));
  EXPECT_EQ(values({"16777216", "16777217"}, classes({"16777217", "16777216"})),
            (std::vector<float>{1, 0}));
}

TEST(SelectColumns, NamesAreTheSameHoweverTheirLettersAreWritten) {
  const DatasetPtr data = test::labelled({"cafe\u0301", "see"}, {1, 0});
  EXPECT_EQ(targets_in(select_columns(data, {labels({"see", "caf\u00e9"})})),
            (std::vector<float>{0, 1}));
  EXPECT_EQ(values({"Ko\u0308ln", "Bonn"}, classes({"Bonn", "K\u00f6ln"})),
            (std::vector<float>{1, 0}));
}

// A view names its classes, so that it may be selected from again.
TEST(SelectColumns, ASelectionOfASelectionIsTheSame) {
  const std::vector<ColumnUse> uses{classes({"3", "1"})};
  const DatasetPtr once = select_columns(column({"1", "3"}), uses);
  EXPECT_EQ(once->spec().classes,
            (std::vector<ColumnClasses>{{.column = "c", .names = {"3", "1"}}}));
  EXPECT_EQ(targets_in(once), (std::vector<float>{1, 0}));
  EXPECT_EQ(targets_in(select_columns(once, uses)), (std::vector<float>{1, 0}));
}

TEST(SelectColumns, AnUnknownClassIsNamedWithTheKnownOnes) {
  expect_unfit(
      {"clear", "rian", "snow"}, classes({"clear", "rain"}),
      "  - small[1], column c: expected one of the classes clear, rain, "
      "or missing, found \"rian\"; did you mean \"rain\"?\n"
      "  - small[2], column c: expected one of the classes clear, rain, "
      "or missing, found \"snow\"");
}

TEST(SelectColumns, NumbersNameClassesThatHaveNoNames) {
  std::vector<std::string> notes;
  const DatasetPtr view = select_columns(column({"0", "2", "1.0", "NA"}),
                                         {classes({"clear", "fog", "rain"})},
                                         ColumnNames::as_found, &notes);
  EXPECT_EQ(targets_in(view), (std::vector<float>{0, 2, 1, kGone}));
  EXPECT_EQ(notes[0],
            "task c: the data numbers its classes and does not name them; 0 is "
            "clear, 1 is fog, 2 is rain");
  expect_unfit(
      {"0", "3"}, classes({"clear", "fog", "rain"}),
      "  - small[1], column c: expected the number of one of 3 classes, "
      "0 to 2, or missing, found \"3\"");
}

// Classes called 1, 2 and 3 are not the first, second and third of 0, 1, 2.
TEST(SelectColumns, NumbersThatAreNamesSelectByTheirValue) {
  const ColumnUse stars = classes({"1", "2", "3"});
  EXPECT_EQ(values({"3", "1"}, stars), (std::vector<float>{2, 0}));
  EXPECT_EQ(values({"3.0", "1.0"}, stars), (std::vector<float>{2, 0}));
  EXPECT_EQ(
      targets_in(select_columns(test::labelled({"c"}, {3, 1, -1}), {stars})),
      (std::vector<float>{2, 0, kGone}));
  expect_unfit(
      {"01", "1.0"}, stars,
      "  - small[0], column c: expected one of the classes 1, 2, 3, or "
      "missing, found \"01\"; did you mean \"1\"?\n"
      "  - small[1], column c: expected one of the classes 1, 2, 3, or "
      "missing, found \"1.0\"");
}

TEST(SelectColumns, MissingWordsAreNoClassesUnlessNamedAndThatIsSaid) {
  std::vector<std::string> notes;
  const DatasetPtr view =
      select_columns(column({"hat", "None", "-1", "NA"}), {classes({"hat"})},
                     ColumnNames::as_found, &notes);
  EXPECT_EQ(targets_in(view), (std::vector<float>{0, kGone, kGone, kGone}));
  ASSERT_EQ(notes.size(), 3u);
  EXPECT_EQ(notes[0],
            "task c: 1 cell \"None\" is taken as missing; if it is a class, "
            "name it in tasks.c.labels");
  EXPECT_EQ(
      values({"hat", "None", "-1", "NA"}, classes({"None", "hat", "NA", "-1"})),
      (std::vector<float>{1, 0, 3, 2}));
}

TEST(SelectColumns, TextsOfATableAreLabelsCountsAndNumbers) {
  const ColumnUse label{.task = "t", .members = {"c"}};
  EXPECT_EQ(values({"True", "no", "1.0", "", "none", "0"}, label),
            (std::vector<float>{1, 0, 1, kGone, kGone, 0}));
  const ColumnUse count{.task = "c", .kind = ColumnKind::count};
  EXPECT_EQ(values({"3", "-1", "null", "2.0"}, count),
            (std::vector<float>{3, kGone, kGone, 2}));
  const ColumnUse number{.task = "c", .kind = ColumnKind::number};
  EXPECT_EQ(values({"2.5", "-1", "N/A", "1e3"}, number),
            (std::vector<float>{2.5, -1, kGone, 1000}));
  expect_unfit({"1", "maybe", "2"}, label,
               "  - small[1], column c: expected 0, 1 or missing, found "
               "\"maybe\"\n"
               "  - small[2], column c: expected 0, 1 or missing, found \"2\"");
  expect_unfit({"1", "abc"}, number,
               "  - small[1], column c: expected a finite number or missing, "
               "found \"abc\"");
}

TEST(SelectColumns, ColumnsThatAreNotAskedForMayHoldAnything) {
  DatasetSpec spec{.height = 1, .width = 1, .channels = 1};
  spec.labels = {"who", "sea", "odd"};
  spec.classes = {
      {.column = "who", .names = {"anna", "bob"}, .as_written = true}};
  spec.unusable = {{"odd", "nothing but odd cells"}};
  const DatasetPtr data = test::small_dataset(spec, 2, {0, 1, 7, 1, 0, 8});
  EXPECT_EQ(targets_in(select_columns(data, {labels({"sea"})})),
            (std::vector<float>{1, 0}));
  test::expect_error(
      Fault::data,
      "the data does not answer every task; it has the columns who, sea, odd:\n"
      "  - task objects: column odd: nothing but odd cells",
      [&] { (void)select_columns(data, {labels({"odd"})}); });
}

// Labels of CelebA are 1 and -1, and -1 is a no; elsewhere it is missing.
DatasetPtr signs(MinusOne minus_one, std::vector<float> cells) {
  DatasetSpec spec{.height = 1, .width = 1, .channels = 1};
  spec.labels = {"red", "blue"};
  spec.minus_one = minus_one;
  const auto size = static_cast<std::int64_t>(cells.size() / 2);
  return test::small_dataset(spec, size, std::move(cells));
}

TEST(SelectColumns, LabelsOfOneAndMinusOneAreNotGuessed) {
  const std::vector<ColumnUse> uses{labels({"red", "blue"})};
  test::expect_error(
      Fault::data,
      "-1 may be a no or a missing answer: there are only 1 and -1, and no 0, "
      "in red, blue; say which with one of these lines:\n"
      "  data.minus_one: no        (-1 is a no)\n"
      "  data.minus_one: missing   (-1 is not known)",
      [&] {
        (void)select_columns(signs(MinusOne::ask, {1, -1, -1, 1, kNaN, 1}),
                             uses);
      });
  EXPECT_EQ(
      targets_in(select_columns(signs(MinusOne::no, {1, -1, -1, 1}), uses)),
      (std::vector<float>{1, 0, 0, 1}));
  EXPECT_EQ(targets_in(
                select_columns(signs(MinusOne::missing, {1, -1, -1, 1}), uses)),
            (std::vector<float>{1, kGone, kGone, 1}));
}

TEST(SelectColumns, AZeroBesideAMinusOneShowsThatItIsMissing) {
  const std::vector<ColumnUse> uses{labels({"red", "blue"})};
  EXPECT_EQ(targets_in(select_columns(
                signs(MinusOne::ask, {1, 0, -1, -1, 1, 1}), uses)),
            (std::vector<float>{1, 0, kGone, kGone, 1, 1}));
  // Zeros of a column that knows no -1 show nothing.
  test::expect_error_parts(Fault::data, {"no 0, in red; say"}, [&] {
    (void)select_columns(signs(MinusOne::ask, {1, 0, -1, 1, 1, 1}), uses);
  });
}

TEST(SelectColumns, TextsOfOneAndMinusOneAreNotGuessedEither) {
  const ColumnUse label{.task = "t", .members = {"c"}};
  test::expect_error_parts(
      Fault::data, {"there are only 1 and -1, and no 0, in c; say"}, [&] {
        (void)values({"1", "-1.0", "NA"}, label);
      });
  test::expect_error(
      Fault::data,
      "-1 may be a class or a missing answer: there are only 1 and -1 in c; "
      "name the classes, labels: [\"-1\", \"1\"], or say that it is missing, "
      "data.minus_one: missing",
      [] {
        (void)values({"1", "-1"}, classes({"woman", "man"}));
      });
  EXPECT_EQ(values({"1", "-1"}, classes({"-1", "1"})),
            (std::vector<float>{1, 0}));
}

TEST(Batch, KeepsTheGroupsApart) {
  const DatasetPtr data =
      test::labelled({"a", "b", "c"}, {1, 0, 7, kNaN, 1, 8});
  Batch batch(*data, 2, {2, 1});
  const std::vector<std::int64_t> both{1, 0};
  batch.load(both);
  EXPECT_EQ(batch.weights(0)[0], 0.0f);
  EXPECT_EQ(batch.targets(0)[1], 1.0f);
  EXPECT_EQ(batch.targets(1)[0], 8.0f);
  EXPECT_EQ(batch.targets(1)[1], 7.0f);
  test::expect_error(
      Fault::shape, "batch: expected groups of 3 columns together, got 2", [&] {
        const Batch wrong(*data, 2, {1, 1});
      });
}

}  // namespace
}  // namespace polytask
