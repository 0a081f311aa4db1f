// Trainings whose tasks are weighted: every kind, with labels missing.

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "polytask/task/weighting_settings.h"
#include "polytask/train/train.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/questions.h"
#include "tests/train/recorder.h"

namespace polytask {
namespace {

using test::model_of;
using test::questions;
using test::TemporaryFolder;

// A Gaussian's loss may be negative, so no regression is among them.
std::vector<Task> three_tasks() {
  return {multilabel("scene", {"rows", "columns", "red"}),
          categorical("both", {"neither", "one", "two"}), count("stripes")};
}

TrainOptions options_for(WeightingKind kind, int threads = 2) {
  return {.epochs = 3,
          .batch_size = 16,
          .threads = threads,
          .weighting = {.kind = kind, .stch_warm_up_epochs = 1}};
}

std::vector<float> parameters_of(const Model& model) {
  const auto flat = model.parameters.flat();
  return {flat.begin(), flat.end()};
}

struct Finished {
  std::vector<float> parameters;
  std::vector<EpochReport> history;
};

Finished run(const TrainOptions& options, const TrainRun& where = {},
             std::vector<Task> tasks = three_tasks()) {
  Model model = model_of(std::move(tasks));
  const TrainReport report =
      train(model, {.train = questions(40, 1), .validation = nullptr}, options,
            where);
  return {parameters_of(model), report.history};
}

std::map<std::string, double> weighting_of(const EpochReport& epoch) {
  return {epoch.weighting.begin(), epoch.weighting.end()};
}

class EveryWeighting : public testing::TestWithParam<WeightingKind> {};

TEST_P(EveryWeighting, HasTheSameBitsOnAnyNumberOfThreads) {
  const Finished one = run(options_for(GetParam(), 1));
  EXPECT_EQ(run(options_for(GetParam(), 2)).parameters, one.parameters);
  EXPECT_EQ(run(options_for(GetParam(), 4)).parameters, one.parameters);
}

TEST_P(EveryWeighting, GoesOnBitForBitAfterAnInterruption) {
  const TemporaryFolder folder;
  const TrainOptions options = options_for(GetParam());
  const Finished whole = run(options);
  TrainOptions first = options;
  first.epochs = 2;
  run(first, {.folder = folder.path()});
  const Finished rest = run(options, {.folder = folder.path(), .resume = true});
  EXPECT_EQ(rest.parameters, whole.parameters);
  ASSERT_EQ(rest.history.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(rest.history[i].weighting, whole.history[i].weighting) << i;
  }
}

// But for equal weights, each kind trains another network.
TEST_P(EveryWeighting, ChangesTheTraining) {
  const Finished weighted = run(options_for(GetParam()));
  const Finished equal = run(options_for(WeightingKind::equal));
  EXPECT_EQ(weighted.parameters == equal.parameters,
            GetParam() == WeightingKind::equal);
}

TEST_P(EveryWeighting, SaysItsWeights) {
  if (GetParam() == WeightingKind::equal) return;
  for (const EpochReport& epoch : run(options_for(GetParam())).history) {
    const auto values = weighting_of(epoch);
    for (const char* task : {"scene", "both", "stripes"}) {
      ASSERT_TRUE(values.contains(std::string(task) + "/weight"));
      EXPECT_GE(values.at(std::string(task) + "/weight"), 0.0);
    }
  }
}

std::string name_of(const testing::TestParamInfo<WeightingKind>& info) {
  return write_setting(info.param).text();
}

constexpr auto kEveryKind = [] {
  std::array<WeightingKind, names_of(WeightingKind{}).size()> kinds{};
  std::size_t i = 0;
  for (const auto& [name, kind] : names_of(WeightingKind{})) kinds[i++] = kind;
  return kinds;
}();

INSTANTIATE_TEST_SUITE_P(Weighting, EveryWeighting,
                         testing::ValuesIn(kEveryKind), name_of);

TEST(Weighting, WatchingConflictsLeavesTheTrainingAsItIs) {
  TrainOptions options = options_for(WeightingKind::equal);
  const Finished unwatched = run(options);
  options.record_conflicts = true;
  const Finished watched = run(options);
  EXPECT_EQ(watched.parameters, unwatched.parameters);
  EXPECT_TRUE(unwatched.history[0].weighting.empty());
  const auto values = weighting_of(watched.history[0]);
  EXPECT_EQ(values.at("scene/weight"), 1.0);
  EXPECT_GT(values.at("both/gradient_norm"), 0.0);
  EXPECT_LE(std::abs(values.at("scene~stripes/cosine")), 1.0);
  EXPECT_GE(values.at("conflicts"), values.at("scene~both/conflicts"));
}

TEST(Weighting, ATaskOfWeightZeroLeavesTheTrunkAlone) {
  std::vector<Task> tasks = three_tasks();
  tasks[1].weight = 0.0;
  const TrainOptions options = options_for(WeightingKind::equal);
  Model both = model_of(tasks);
  train(both, {.train = questions(40, 1), .validation = nullptr}, options);
  tasks[1].weight = 0.0;
  tasks[1].loss.label_smoothing = 0.3;  // Another loss, which must not matter.
  Model other = model_of(tasks);
  train(other, {.train = questions(40, 1), .validation = nullptr}, options);
  EXPECT_EQ(parameters_of(both), parameters_of(other));
}

TEST(Weighting, AScheduleBringsATaskInLate) {
  TrainOptions options = options_for(WeightingKind::equal);
  options.weighting.schedule = {{.epoch = 1, .weights = {1, 0, 1}},
                                {.epoch = 3, .weights = {1, 1, 1}}};
  const Finished done = run(options);
  EXPECT_EQ(weighting_of(done.history[0]).at("both/weight"), 0.0);
  EXPECT_EQ(weighting_of(done.history[1]).at("both/weight"), 0.5);
  EXPECT_EQ(weighting_of(done.history[2]).at("both/weight"), 1.0);
}

// What a kind adds to the objective is shown beside the losses.
TEST(Weighting, TheRegulariserIsNotInTheLoss) {
  const Finished done = run(options_for(WeightingKind::uncertainty));
  const EpochReport& epoch = done.history[0];
  EXPECT_TRUE(weighting_of(epoch).contains("regulariser"));
  double sum = 0.0;
  for (const auto& [name, value] : epoch.train) {
    if (name.ends_with("/loss")) sum += value;
  }
  EXPECT_NEAR(epoch.train.front().second, sum, 1e-9 * sum);
}

TEST(Weighting, OneTaskAloneHasNothingToWeigh) {
  test::expect_error(
      Fault::config,
      "weighting pcgrad needs at least two tasks, got 1; use equal",
      [] { run(options_for(WeightingKind::pcgrad), {}, {count("stripes")}); });
}

}  // namespace
}  // namespace polytask
