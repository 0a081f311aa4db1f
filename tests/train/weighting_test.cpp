// Trainings whose tasks are weighted: every kind, with labels missing.

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>

#include "polytask/train/train.h"
#include "polytask/weighting/weighting_settings.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/answers_table.h"
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

TrainOptions on_the_trunk(WeightingKind kind, int threads = 2) {
  TrainOptions options = options_for(kind, threads);
  options.weighting.gradients = WeightedGradients::trunk;
  return options;
}

class TrunkWeighting : public testing::TestWithParam<WeightingKind> {};

TEST_P(TrunkWeighting, HasTheSameBitsOnAnyNumberOfThreads) {
  const Finished one = run(on_the_trunk(GetParam(), 1));
  EXPECT_EQ(run(on_the_trunk(GetParam(), 2)).parameters, one.parameters);
  EXPECT_EQ(run(on_the_trunk(GetParam(), 4)).parameters, one.parameters);
}

TEST_P(TrunkWeighting, GoesOnBitForBitAfterAnInterruption) {
  const TemporaryFolder folder;
  TrainOptions options = on_the_trunk(GetParam());
  options.record_conflicts = true;
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

TEST_P(TrunkWeighting, LooksAtOtherGradientsThanTheFeatures) {
  const Finished trunk = run(on_the_trunk(GetParam()));
  const Finished features = run(options_for(GetParam()));
  EXPECT_NE(trunk.parameters, features.parameters);
  EXPECT_NE(weighting_of(trunk.history[0]).at("scene/gradient_norm"),
            weighting_of(features.history[0]).at("scene/gradient_norm"));
}

constexpr auto kGradientKinds = std::array{
    WeightingKind::gradnorm,    WeightingKind::pcgrad, WeightingKind::mgda,
    WeightingKind::cagrad,      WeightingKind::imtl_g, WeightingKind::nash_mtl,
    WeightingKind::aligned_mtl, WeightingKind::upgrad};

INSTANTIATE_TEST_SUITE_P(Weighting, TrunkWeighting,
                         testing::ValuesIn(kGradientKinds), name_of);

// cagrad with c = 0 weighs nothing: 1 each, but the sum is taken behind the
// trunk instead of before it.
TEST(Weighting, WeightsOfOneOverTheTrunkTrainAsEqualOnesDo) {
  TrainOptions options = on_the_trunk(WeightingKind::cagrad);
  options.weighting.cagrad_c = 0.0;
  options.epochs = 1;
  const Finished weighted = run(options);
  TrainOptions plain = options_for(WeightingKind::equal);
  plain.epochs = 1;
  const Finished equal = run(plain);
  ASSERT_EQ(weighted.parameters.size(), equal.parameters.size());
  // Adam turns the rounding of a tiny gradient into a part of its step, 1e-3.
  double difference = 0.0;
  for (std::size_t i = 0; i < equal.parameters.size(); ++i) {
    difference += std::abs(weighted.parameters[i] - equal.parameters[i]);
  }
  EXPECT_LT(difference / static_cast<double>(equal.parameters.size()), 1e-5);
}

TEST(Weighting, WatchingTheTrunkLeavesAnyTrainingAsItIs) {
  for (const WeightingKind kind :
       {WeightingKind::equal, WeightingKind::uncertainty, WeightingKind::famo,
        WeightingKind::pcgrad}) {
    TrainOptions options = on_the_trunk(kind);
    const Finished unwatched = run(options);
    options.record_conflicts = true;
    const Finished watched = run(options);
    EXPECT_EQ(watched.parameters, unwatched.parameters)
        << write_setting(kind).text();
  }
  EXPECT_EQ(run(on_the_trunk(WeightingKind::equal)).parameters,
            run(options_for(WeightingKind::equal)).parameters);
}

TEST(Weighting, TheTrunkIsRecordedLayerByLayer) {
  TrainOptions options = on_the_trunk(WeightingKind::equal);
  options.record_conflicts = true;
  const Finished done = run(options);
  std::vector<std::string> names;
  for (const auto& [name, value] : done.history[0].weighting) {
    if (name.starts_with("scene~both")) names.push_back(name);
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{
                "scene~both/cosine", "scene~both/conflicts",
                "scene~both/conv2d_1/cosine", "scene~both/conv2d_1/conflicts",
                "scene~both/dense_1/cosine", "scene~both/dense_1/conflicts"}));
  for (const EpochReport& epoch : done.history) {
    const auto values = weighting_of(epoch);
    const double conv = values.at("scene~stripes/conv2d_1/cosine");
    const double dense = values.at("scene~stripes/dense_1/cosine");
    EXPECT_NE(conv, dense);
    for (const double cosine : {conv, dense}) EXPECT_LE(std::abs(cosine), 1.0);
    const double share = values.at("scene~stripes/conv2d_1/conflicts");
    EXPECT_EQ(share * 3.0, std::round(share * 3.0));  // of three steps
  }
}

TEST(Weighting, LayersAreRecordedOnlyWhereTheyAreAskedFor) {
  const Finished weighed = run(on_the_trunk(WeightingKind::pcgrad));
  TrainOptions options = options_for(WeightingKind::equal);
  options.record_conflicts = true;
  const Finished recorded = run(options);
  for (const Finished* done : {&weighed, &recorded}) {
    const auto values = weighting_of(done->history[0]);
    EXPECT_TRUE(values.contains("scene~both/cosine"));
    EXPECT_FALSE(values.contains("scene~both/conv2d_1/cosine"));
    EXPECT_FALSE(values.contains("scene~both/dense_1/cosine"));
  }
}

TEST(Weighting, ATrunkWithoutParametersIsRefusedBeforeTheTraining) {
  Model model = make_model({.image = {test::kSide, test::kSide, 3},
                            .network = {.trunk = {Flatten{}}},
                            .tasks = three_tasks()},
                           3);
  test::expect_error(
      Fault::config,
      "network.trunk: for the tasks' gradients of the trunk, expected a layer "
      "with parameters, got none; take those of the shared features",
      [&] {
        train(model, {.train = questions(40, 1), .validation = nullptr},
              on_the_trunk(WeightingKind::mgda));
      });
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
  options.weighting.schedule = {{.epoch = 1, .weights = {{"both", 0}}},
                                {.epoch = 3, .weights = {{"both", 1}}}};
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

// A network that stays as it is: what differs is what was said of it.
TrainOptions without_learning(WeightingKind kind) {
  TrainOptions options = options_for(kind);
  options.adam.learning_rate = 1e-30;
  options.record_conflicts = true;
  return options;
}

// The means over the epoch's three steps; a length is of the gradient before
// its weight.
TEST(Weighting, AnEpochTellsTheMeansOfItsSteps) {
  std::vector<Task> tasks = three_tasks();
  tasks[0].weight = 2.0;
  tasks[1].weight = 0.5;
  const TrainOptions equal = without_learning(WeightingKind::equal);
  const auto plain = run(equal).history;
  const auto weighted = run(equal, {}, tasks).history;
  const auto pcgrad = run(without_learning(WeightingKind::pcgrad)).history;
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    const auto values = weighting_of(weighted[epoch]);
    EXPECT_EQ(values.at("scene/weight"), 2.0);
    EXPECT_EQ(values.at("both/weight"), 0.5);
    EXPECT_EQ(values.at("stripes/weight"), 1.0);
    for (const char* task : {"scene", "both", "stripes"}) {
      const std::string name = std::string(task) + "/gradient_norm";
      const double length = weighting_of(plain[epoch]).at(name);
      EXPECT_NEAR(values.at(name), length, 1e-5 * length) << name;
      EXPECT_NEAR(weighting_of(pcgrad[epoch]).at(name), length, 1e-5 * length)
          << name;
    }
  }
}

// One step an epoch: gls weighs by 1 / L, so each w L is the same.
TEST(Weighting, TheLossesThatWeighAreThoseThatAreShown) {
  TrainOptions options = options_for(WeightingKind::gls);
  options.batch_size = 40;
  const EpochReport epoch = run(options).history[0];
  const std::map<std::string, double> losses(epoch.train.begin(),
                                             epoch.train.end());
  const auto weighted = [&](const std::string& task) {
    return weighting_of(epoch).at(task + "/weight") * losses.at(task + "/loss");
  };
  EXPECT_NEAR(weighted("both"), weighted("scene"), 1e-5);
  EXPECT_NEAR(weighted("stripes"), weighted("scene"), 1e-5);
}

// The same where one task has fewer answers: a loss is a mean over what is
// there, not a sum.
TEST(Weighting, FewerAnswersAreNotASmallerLoss) {
  std::vector<std::vector<float>> rows;
  for (int i = 0; i < 40; ++i) {
    rows.push_back({static_cast<float>(i % 2), static_cast<float>(i % 3 == 0),
                    i < 10 ? static_cast<float>(i % 4) : test::kNaN});
  }
  const DatasetPtr data =
      test::answers_table({"scene/rows", "scene/red", "stripes"}, rows);
  Model model =
      model_of({multilabel("scene", {"rows", "red"}), count("stripes")});
  TrainOptions options = options_for(WeightingKind::gls);
  options.batch_size = 40;
  const EpochReport epoch =
      train(model, {.train = data, .validation = nullptr}, options).history[0];
  const std::map<std::string, double> losses(epoch.train.begin(),
                                             epoch.train.end());
  EXPECT_NEAR(
      weighting_of(epoch).at("stripes/weight") * losses.at("stripes/loss"),
      weighting_of(epoch).at("scene/weight") * losses.at("scene/loss"), 1e-5);
}

// famo begins as gls does, and learns from what each step changed.
TEST(Weighting, FamoLearnsFromItsSteps) {
  TrainOptions options = options_for(WeightingKind::famo);
  options.batch_size = 40;
  options.weighting.famo_learning_rate = 0.5;
  TrainOptions other = options;
  other.weighting.kind = WeightingKind::gls;
  const auto famo = run(options).history;
  const auto gls = run(other).history;
  EXPECT_NEAR(weighting_of(famo[0]).at("scene/weight"),
              weighting_of(gls[0]).at("scene/weight"), 1e-12);
  EXPECT_GT(std::abs(weighting_of(famo[1]).at("scene/weight") -
                     weighting_of(gls[1]).at("scene/weight")),
            0.01);
}

// As gls in its first two epochs, with references from the third on.
TEST(Weighting, StchWarmsUpForAsManyEpochsAsItSays) {
  TrainOptions options = options_for(WeightingKind::stch);
  options.weighting.stch_warm_up_epochs = 2;
  const auto stch = run(options).history;
  const auto gls = run(options_for(WeightingKind::gls)).history;
  for (std::size_t epoch = 0; epoch < 2; ++epoch) {
    EXPECT_NEAR(weighting_of(stch[epoch]).at("scene/weight"),
                weighting_of(gls[epoch]).at("scene/weight"), 1e-6);
  }
  EXPECT_GT(std::abs(weighting_of(stch[2]).at("scene/weight") -
                     weighting_of(gls[2]).at("scene/weight")),
            1e-3);
}

TEST(Weighting, RandomWeightsAreOthersInEveryStepAndForEverySeed) {
  TrainOptions options = options_for(WeightingKind::rlw);
  options.batch_size = 40;
  const auto weight = [](const EpochReport& epoch) {
    return weighting_of(epoch).at("scene/weight");
  };
  const auto one = run(options).history;
  EXPECT_NE(weight(one[0]), weight(one[1]));
  EXPECT_NE(weight(one[1]), weight(one[2]));
  options.seed += 1;
  EXPECT_NE(weight(run(options).history[0]), weight(one[0]));
}

TEST(Weighting, OneTaskAloneHasNothingToWeigh) {
  test::expect_error(
      Fault::config,
      "weighting pcgrad needs at least two tasks, got 1; use equal",
      [] { run(options_for(WeightingKind::pcgrad), {}, {count("stripes")}); });
}

}  // namespace
}  // namespace polytask
