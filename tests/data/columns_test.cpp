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
      "  - task distnce: no column distnce; did you mean \"distance\"?",
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
      "  - small[1], column weather: expected the number of one of 2 classes, "
      "0 to 1, or missing, found \"rain\"",
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
