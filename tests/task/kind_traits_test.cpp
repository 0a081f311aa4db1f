// What is known of each kind of task.

#include "polytask/task/kind_traits.h"

#include <gtest/gtest.h>

namespace polytask {
namespace {

struct Facts {
  TaskKind kind;
  std::string_view name;
  AnswerForm form;
  bool ordered;
  bool counted;
  std::vector<LossKind> losses;
};

TEST(KindTraits, AreThoseOfTheirKind) {
  const std::vector<Facts> expected{
      {TaskKind::multilabel,
       "multilabel",
       AnswerForm::labels,
       false,
       false,
       {LossKind::binary_crossentropy, LossKind::focal, LossKind::asymmetric}},
      {TaskKind::categorical,
       "categorical",
       AnswerForm::classes,
       false,
       false,
       {LossKind::categorical_crossentropy}},
      {TaskKind::ordinal,
       "ordinal",
       AnswerForm::classes,
       true,
       false,
       {LossKind::corn, LossKind::cumulative}},
      {TaskKind::regression,
       "regression",
       AnswerForm::numbers,
       false,
       false,
       {LossKind::squared_error, LossKind::absolute_error, LossKind::huber,
        LossKind::gaussian}},
      {TaskKind::count,
       "count",
       AnswerForm::numbers,
       false,
       true,
       {LossKind::poisson}}};
  ASSERT_EQ(kTaskKinds.size(), expected.size());
  for (const Facts& facts : expected) {
    const KindTraits& found = traits_of(facts.kind);
    EXPECT_EQ(found.kind, facts.kind) << facts.name;
    EXPECT_EQ(found.name, facts.name);
    EXPECT_EQ(found.form, facts.form) << facts.name;
    EXPECT_EQ(found.ordered, facts.ordered) << facts.name;
    EXPECT_EQ(found.counted, facts.counted) << facts.name;
    EXPECT_EQ(std::vector(found.losses.begin(), found.losses.end()),
              facts.losses)
        << facts.name;
  }
}

// A task is found by its place in the list.
TEST(KindTraits, StandInTheOrderOfTheKinds) {
  for (std::size_t i = 0; i < kTaskKinds.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(kTaskKinds[i]->kind), i);
  }
}

TEST(KindTraits, SayHowManyTargetsAndLogitsATaskHas) {
  Task size = regression("size", {"width", "height"});
  EXPECT_EQ(size.columns(), 2);
  EXPECT_EQ(size.units(), 2);
  size.loss.kind = LossKind::gaussian;
  EXPECT_EQ(size.units(), 4);
  EXPECT_EQ(regression("depth").units(), 1);
  EXPECT_EQ(regression("depth").columns(), 1);
  const Task scene = multilabel("scene", {"sea", "sky", "sun"});
  EXPECT_EQ(scene.columns(), 3);
  EXPECT_EQ(scene.units(), 3);
  const Task weather = categorical("weather", {"sun", "rain", "fog"});
  EXPECT_EQ(weather.columns(), 1);
  EXPECT_EQ(weather.units(), 3);
  const Task age = ordinal("age", {"young", "grown", "old"});
  EXPECT_EQ(age.columns(), 1);
  EXPECT_EQ(age.units(), 2);
  EXPECT_EQ(count("people").columns(), 1);
  EXPECT_EQ(count("people").units(), 1);
}

TEST(KindTraits, ATaskBeginsWithTheFirstLossOfItsKind) {
  EXPECT_EQ(multilabel("a", {"b"}).loss.kind, LossKind::binary_crossentropy);
  EXPECT_EQ(ordinal("a", {"b", "c"}).loss.kind, LossKind::corn);
  EXPECT_EQ(count("a").loss.kind, LossKind::poisson);
  EXPECT_EQ(count("a").kind, TaskKind::count);
}

}  // namespace
}  // namespace polytask
