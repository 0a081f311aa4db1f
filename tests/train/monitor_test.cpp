// What makes an epoch the best.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "polytask/base/text.h"
#include "polytask/checkpoint/model_file.h"
#include "polytask/train/epoch_meter.h"
#include "polytask/train/train.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/questions.h"
#include "tests/train/recorder.h"

namespace polytask {
namespace {

using test::every_kind;
using test::kNaN;
using test::metric;
using test::model_of;
using test::questions;
using test::TemporaryFolder;

void add(TaskMeter& meter, std::vector<float> logits,
         std::vector<float> targets) {
  std::vector<float> weights;
  for (float& target : targets) {
    weights.push_back(std::isnan(target) ? 0.0f : 1.0f);
  }
  meter.add(logits, targets, weights, {.weighted_sum = 1.0, .observed = 1.0});
}

// Answers no, yes; no, yes: two of three are wrong. Of the constant answer yes,
// no (the majorities .75 and .5) it is one of the three.
TEST(RelativeError, OfLabelsCountsWrongLabels) {
  const Task task = multilabel("scene", {"a", "b"});
  const auto meter = make_task_meter(task, {.shares = {0.75, 0.5}});
  add(*meter, {-1, 1, -1, 1}, {1, 0, 0, kNaN});
  EXPECT_DOUBLE_EQ(meter->relative_error(), 2.0);
}

// Of always yes to a and no to b one is wrong; of these answers three.
TEST(RelativeError, OfLabelsMeasuresFromTheMajorityOfEach) {
  const Task task = multilabel("scene", {"a", "b"});
  const auto meter = make_task_meter(task, {.shares = {0.75, 0.25}});
  add(*meter, {-1, 1, -1, 1}, {1, 0, 1, 1});
  EXPECT_DOUBLE_EQ(meter->relative_error(), 3.0);
}

// One of three is wrong; the most frequent class, b, two of them.
TEST(RelativeError, OfClassesCountsWrongImages) {
  const Task task = categorical("weather", {"a", "b", "c"});
  const auto meter = make_task_meter(task, {.shares = {0.3, 0.4, 0.3}});
  add(*meter, {9, 0, 0, 0, 9, 0, 0, 9, 0, 0, 9, 0}, {0, 1, 2, kNaN});
  EXPECT_DOUBLE_EQ(meter->relative_error(), 0.5);
}

// The median of .3, .3, .4 is b, though c is the most frequent. Cumulative
// logits: all below, all above.
TEST(RelativeError, OfAnOrdinalTaskMeasuresClasses) {
  const Task task = ordinal("level", {"a", "b", "c"});
  const auto meter = make_task_meter(task, {.shares = {0.3, 0.3, 0.4}});
  add(*meter, {-9, -9, 9, 9}, {2, 2});
  EXPECT_DOUBLE_EQ(meter->relative_error(), 2.0 / 2.0);
}

// Mean 10, deviation 2, median 11: the constant answer is .5 deviations.
TEST(RelativeError, OfNumbersIsTheMeanOverThem) {
  const Task task = regression("size", {"width", "height"});
  const auto meter =
      make_task_meter(task, {.numbers = {{10, 2, 11}, {10, 2, 11}}});
  add(*meter, {1, 0, 1, 0}, {0.75f, 0, 1, 1.5f});
  // width: .25 of .25 + .5; height: 1.5 of .5 + 1
  EXPECT_NEAR(meter->relative_error(), (0.25 / 0.75 + 1.0) / 2.0, 1e-12);
}

// The mean of the training images is 3, their median 4; exp(0) is 1 off, and so
// is the mean.
TEST(RelativeError, OfACountMeasuresFromItsMean) {
  const auto meter = make_task_meter(count("people"), {.numbers = {{3, 1, 4}}});
  EXPECT_TRUE(std::isnan(meter->relative_error()));
  add(*meter, {0}, {2});
  EXPECT_NEAR(meter->relative_error(), 1.0, 1e-12);
}

TEST(RelativeError, LeavesOutWhatNothingIsKnownOf) {
  const std::vector<Task> tasks{categorical("a", {"x", "y"}),
                                categorical("b", {"x", "y"})};
  EpochMeter meter(tasks, {{.shares = {0.9, 0.1}}, {.shares = {0.9, 0.1}}});
  EXPECT_TRUE(std::isnan(meter.relative_error()));
  add(meter[0], {1, 0, 1, 0}, {0, 1});  // half right, as the constant answer
  EXPECT_DOUBLE_EQ(meter.relative_error(), 1.0);
  add(meter[1], {1, 0, 1, 0}, {0, 0});  // the constant answer is never wrong
  EXPECT_DOUBLE_EQ(meter.relative_error(), 1.0);
}

struct Trained {
  TrainReport report;
  std::vector<float> last;   // parameters
  std::vector<float> saved;  // of the best epoch
};

Trained trained_by(Monitor monitor) {
  const TemporaryFolder folder;
  Model model = model_of(every_kind());
  Trained result;
  result.report =
      train(model, {.train = questions(60, 1), .validation = questions(60, 2)},
            {.epochs = 25,
             .batch_size = 20,
             .threads = 2,
             .adam = {.learning_rate = 1e-2},
             .monitor = monitor},
            {.folder = folder / "run"});
  const auto flat = [](const Model& m) {
    const auto values = m.parameters.flat();
    return std::vector<float>(values.begin(), values.end());
  };
  result.last = flat(model);
  result.saved = flat(load_model(folder / "run/model.safetensors"));
  return result;
}

int lowest(const TrainReport& report, const std::string& name) {
  const auto at = std::ranges::min_element(
      report.history, {},
      [&](const EpochReport& e) { return metric(e.validation, name); });
  return at->epoch;
}

TEST(Monitor, DecidesWhichEpochIsKept) {
  const Trained by_loss = trained_by(Monitor::loss);
  const Trained by_error = trained_by(Monitor::relative_error);
  EXPECT_EQ(by_loss.last, by_error.last);
  EXPECT_EQ(by_loss.report.best_epoch, lowest(by_loss.report, "loss"));
  EXPECT_EQ(by_error.report.best_epoch,
            lowest(by_error.report, "relative_error"));
  ASSERT_NE(by_loss.report.best_epoch, by_error.report.best_epoch);
  EXPECT_NE(by_loss.saved, by_error.saved);
  EXPECT_EQ(metric(by_loss.report.history[0].validation, "relative_error"),
            -1.0);
}

TEST(Monitor, WithoutValidationTheLastEpochIsTheBest) {
  Model model = model_of(every_kind());
  const TrainReport report =
      train(model, {.train = questions(20, 1), .validation = nullptr},
            {.epochs = 2,
             .batch_size = 10,
             .threads = 1,
             .monitor = Monitor::relative_error});
  EXPECT_EQ(report.best_epoch, 2);
}

class Patience : public testing::Test {
 protected:
  TrainReport trained(int patience, bool resume = false) {
    Model model = model_of(every_kind());
    TrainReport report = train(
        model, {.train = questions(60, 1), .validation = questions(60, 2)},
        {.epochs = 25,
         .batch_size = 20,
         .threads = 2,
         .adam = {.learning_rate = 1e-2},
         .patience = patience},
        {.folder = folder_ / cat("run-", runs_), .resume = resume});
    const auto flat = model.parameters.flat();
    last_.assign(flat.begin(), flat.end());
    return report;
  }

  TemporaryFolder folder_;
  int runs_ = 0;
  std::vector<float> last_;
};

TEST_F(Patience, EndsTheTrainingSoManyEpochsAfterTheBest) {
  const TrainReport all = trained(0);
  ASSERT_EQ(all.history.size(), 25u);
  EXPECT_EQ(all.message, "");
  ++runs_;
  const TrainReport some = trained(2);
  EXPECT_EQ(some.outcome, Outcome::finished);
  const int best = some.best_epoch;
  ASSERT_LT(best + 2, 25);
  ASSERT_EQ(some.history.size(), static_cast<std::size_t>(best + 2));
  EXPECT_EQ(some.message, cat("ended after epoch ", best + 2,
                              " of 25: 2 epochs were not better than epoch ",
                              best, " (train.patience)"));
  EXPECT_EQ(best, lowest(some, "loss"));
  for (std::size_t i = 0; i < some.history.size(); ++i) {
    EXPECT_EQ(some.history[i].validation, all.history[i].validation);
  }
}

TEST_F(Patience, OfOneEndsWithTheFirstEpochThatIsNotBetter) {
  const TrainReport some = trained(1);
  ASSERT_LT(some.best_epoch + 1, 25);
  EXPECT_EQ(some.history.size(), static_cast<std::size_t>(some.best_epoch + 1));
}

TEST_F(Patience, WhatEndedGoesOnWithMore) {
  const TrainReport all = trained(0);
  const std::vector<float> expected = last_;
  ++runs_;
  const std::size_t ended = trained(2).history.size();
  ASSERT_LT(ended, 25u);
  EXPECT_EQ(trained(2, /*resume=*/true).history.size(), ended);
  const TrainReport more = trained(0, /*resume=*/true);
  ASSERT_EQ(more.history.size(), 25u);
  for (std::size_t i = 0; i < more.history.size(); ++i) {
    EXPECT_EQ(more.history[i].best, all.history[i].best);
  }
  EXPECT_EQ(last_, expected);
}

TEST_F(Patience, NeedsImagesToJudgeBy) {
  Model model = model_of(every_kind());
  test::expect_error(
      Fault::config,
      "train.patience: 5 epochs without a better one would end the training, "
      "but there are no validation images to judge by; give the data a split "
      "or a validation part, or leave patience out",
      [&] {
        train(model, {.train = questions(20, 1), .validation = nullptr},
              {.batch_size = 20, .patience = 5});
      });
}

}  // namespace
}  // namespace polytask
