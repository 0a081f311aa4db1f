#include "polytask/study/compare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/checkpoint/model_file.h"
#include "polytask/data/dataset.h"
#include "polytask/evaluate/evaluate_model.h"
#include "polytask/evaluate/score_images.h"
#include "tests/study/replay.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/answers_table.h"
#include "tests/train/questions.h"
#include "tests/train/recorder.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;

using test::expect_error;
using test::expect_error_parts;
using test::questions;
using test::TemporaryFolder;

std::vector<Task> three_tasks() {
  return {multilabel("scene", {"rows", "columns", "red"}),
          categorical("both", {"neither", "one", "two"}), count("stripes")};
}

StudyInput input_of(std::vector<Task> tasks = three_tasks()) {
  return {.model = test::model_of(std::move(tasks)).spec,
          .images = questions(60, 1),
          .test = questions(40, 2),
          .train = {.epochs = 2, .batch_size = 16, .seed = 5, .threads = 1}};
}

CompareOptions options_in(const TemporaryFolder& folder, int seeds = 2) {
  return {.seeds = seeds,
          .folder = folder.path() / "study",
          .identity = "this recipe",
          .bootstrap = {.resamples = 200}};
}

// All that two comparisons must agree in; times differ.
std::vector<std::string> results_of(const Comparison& comparison) {
  std::vector<std::string> results{comparison.reference};
  for (const ComparedNetwork& network : comparison.networks) {
    for (const TaskDifference& task : network.tasks) {
      const PairedDifference& s = task.scores;
      std::string line = cat(
          network.name, ' ', task.task, ' ', task.metric, ' ',
          s.candidate.value.value_or(-1), ' ', s.reference.value.value_or(-1),
          ' ', s.difference.low.value_or(-9), ' ',
          s.difference.high.value_or(9), ' ', to_text(s.verdict));
      for (const double d : s.of_seeds) line += cat(' ', d);
      results.push_back(line);
    }
  }
  return results;
}

std::vector<std::string> names_in(const Comparison& comparison) {
  std::vector<std::string> names;
  for (const ComparedNetwork& network : comparison.networks) {
    names.push_back(network.name);
  }
  return names;
}

TEST(Compare, SetsTheJointNetworkBesideOneNetworkATask) {
  const TemporaryFolder folder;
  CompareOptions options = options_in(folder);
  std::vector<std::string> trained;
  options.on_training = [&](const TrainingStart& start) {
    trained.push_back(
        cat(start.number, '/', start.of, ' ', start.network, ' ', start.seed));
  };
  const Comparison c = compare(input_of(), options);
  const std::vector<std::string> expected{
      "1/8 joint 1",         "2/8 scene alone 1",  "3/8 both alone 1",
      "4/8 stripes alone 1", "5/8 joint 2",        "6/8 scene alone 2",
      "7/8 both alone 2",    "8/8 stripes alone 2"};
  EXPECT_EQ(trained, expected);
  EXPECT_EQ(c.outcome, Outcome::finished);
  EXPECT_EQ(c.train_images, 48);
  EXPECT_EQ(c.validation_images, 12);
  EXPECT_EQ(c.test_images, 40);
  EXPECT_EQ(c.reference, "one network per task");
  ASSERT_EQ(names_in(c), std::vector<std::string>{"joint"});
  const std::vector<TaskDifference>& tasks = c.networks[0].tasks;
  ASSERT_EQ(tasks.size(), 3u);
  EXPECT_EQ(tasks[0].metric, "label_accuracy");
  EXPECT_EQ(tasks[1].metric, "top_1_accuracy");
  EXPECT_EQ(tasks[2].metric, "mean_absolute_error");
  for (const TaskDifference& task : tasks) {
    EXPECT_EQ(task.scores.of_seeds.size(), 2u) << task.task;
    EXPECT_TRUE(task.scores.difference.low) << task.task;
    EXPECT_LT(task.scores.difference.n, 40) << "some answers are missing";
  }
  EXPECT_FALSE(c.advice.empty());
}

// Its own start, its own split, and the epoch that is best on its validation
// part: bit by bit.
TEST(Compare, TrainsOfEverySeedWhatItSays) {
  const TemporaryFolder folder;
  StudyInput input = input_of();
  input.train.epochs = 3;
  CompareOptions options = options_in(folder);
  test::Recorder recorder;
  options.observer = &recorder;
  compare(input, options);
  ASSERT_EQ(recorder.epochs.size(), 2u * 4u * 3u);
  const std::vector<std::string> names{"joint-equal", "alone-1-scene",
                                       "alone-2-both", "alone-3-stripes"};
  std::vector<std::vector<float>> joint;
  for (std::uint32_t seed = 1; seed <= 2; ++seed) {
    for (std::size_t v = 0; v < names.size(); ++v) {
      SCOPED_TRACE(cat(names[v], ", seed ", seed));
      ModelSpec spec = input.model;
      if (v > 0) spec.tasks = {input.model.tasks[v - 1]};
      TrainOptions train = input.train;
      train.seed = 4 + seed;  // 5 is that of the first
      const test::Replay expected =
          test::replay(spec, test::parts_by_hand(input.images, seed), train);
      const auto first = recorder.epochs.begin() +
                         static_cast<std::ptrdiff_t>(3 * (4 * (seed - 1) + v));
      EXPECT_EQ(test::measured({first, first + 3}),
                test::measured(expected.epochs));
      const std::vector<float> found =
          test::parameters_in(options.folder / cat("seed-", seed) / names[v]);
      EXPECT_EQ(found, expected.parameters);
      if (v == 0) joint.push_back(found);
    }
  }
  EXPECT_NE(joint[0], joint[1]);
}

TEST(Compare, NoTrainingReadsTheTestImages) {
  const TemporaryFolder folder;
  StudyInput input = input_of();
  const auto watched = std::make_shared<test::Watched>(input.test);
  input.test = watched;
  CompareOptions options = options_in(folder);
  int before = 0;
  int trainings = 0;
  options.on_training = [&](const TrainingStart&) { before = watched->reads; };
  test::Recorder recorder;
  recorder.epoch = [&](const EpochReport& epoch) {
    EXPECT_EQ(watched->reads, before);
    trainings += epoch.epoch == 1 ? 1 : 0;
  };
  options.observer = &recorder;
  compare(input, options);
  EXPECT_EQ(trainings, 8);
  EXPECT_GT(watched->reads, before) << "they judge";
}

TEST(Compare, JudgesEveryTestImageThatHasAnAnswer) {
  const TemporaryFolder folder;
  const Comparison c = compare(input_of(), options_in(folder));
  // Of 40 images every 7th has no answer, of the others every 5th a column.
  const DatasetPtr test = questions(40, 2);
  std::vector<float> row(8);
  std::int64_t both = 0;
  std::int64_t stripes = 0;
  for (std::int64_t i = 0; i < 40; ++i) {
    test->read_targets(i, row);
    both += std::isnan(row[3]) ? 0 : 1;
    stripes += std::isnan(row[7]) ? 0 : 1;
  }
  const std::vector<TaskDifference>& tasks = c.networks[0].tasks;
  EXPECT_EQ(tasks[1].scores.difference.n, both);
  EXPECT_EQ(tasks[2].scores.difference.n, stripes);
  EXPECT_EQ(tasks[0].direction, Direction::higher_is_better);
  EXPECT_EQ(tasks[1].direction, Direction::higher_is_better);
  EXPECT_EQ(tasks[2].direction, Direction::lower_is_better);
}

// The values beside each other are those of the models in the folders.
TEST(Compare, TheCandidateIsTheJointNetwork) {
  const TemporaryFolder folder;
  const Comparison c = compare(input_of(), options_in(folder, 2));
  const auto error_in = [&](const std::string& name, std::size_t task) {
    double sum = 0.0;
    for (const char* seed : {"seed-1", "seed-2"}) {
      Predictor predictor(load_model(folder.path() / "study" / seed / name /
                                     "model.safetensors"),
                          {.threads = 1});
      const Evaluation found =
          evaluate_model(predictor, *questions(40, 2), {.resamples = 0})
              .evaluation;
      for (const auto& [key, number] : found.tasks[task].metrics) {
        if (key == "mean_absolute_error") sum += *number.value;
      }
    }
    return sum / 2.0;
  };
  const PairedDifference& stripes = c.networks[0].tasks[2].scores;
  EXPECT_NEAR(*stripes.candidate.value, error_in("joint-equal", 2), 1e-7);
  EXPECT_NEAR(*stripes.reference.value, error_in("alone-3-stripes", 0), 1e-7);
}

TEST(Compare, MarginAndSeedsReachTheVerdict) {
  const TemporaryFolder folder;
  CompareOptions options = options_in(folder);
  options.margin = 10.0;
  const Comparison c = compare(input_of(), options);
  EXPECT_EQ(c.margin, 10.0);
  for (const TaskDifference& task : c.networks[0].tasks) {
    EXPECT_NE(task.scores.verdict, Verdict::undecided) << task.task;
  }
  options.seeds = 1;
  const Comparison one_seed = compare(input_of(), options);
  for (const TaskDifference& task : one_seed.networks[0].tasks) {
    EXPECT_EQ(task.scores.verdict, Verdict::undecided) << task.task;
  }
}

TEST(Compare, CountsWhatTheNetworksCost) {
  const TemporaryFolder folder;
  const Comparison c = compare(input_of(), options_in(folder, 1));
  std::int64_t alone = 0;
  for (const Task& task : three_tasks()) {
    const Model model = test::model_of({task});
    alone +=
        static_cast<std::int64_t>(model.parameters.layout().parameter_count());
  }
  const Model joint = test::model_of(three_tasks());
  EXPECT_EQ(c.reference_cost.parameters, alone);
  EXPECT_EQ(
      c.networks[0].cost.parameters,
      static_cast<std::int64_t>(joint.parameters.layout().parameter_count()));
  EXPECT_GT(c.networks[0].cost.training_seconds, 0.0);
  EXPECT_GT(c.networks[0].cost.answer_seconds, 0.0);
  EXPECT_GT(c.reference_cost.answer_seconds, c.networks[0].cost.answer_seconds);
}

// The mean over the seeds; of networks alone, the sum of theirs.
TEST(Compare, AddsUpTheSecondsOfTheTrainings) {
  const TemporaryFolder folder;
  compare(input_of(), options_in(folder));
  const std::vector<std::pair<std::string, double>> seconds{
      {"seed-1/joint-equal", 3},     {"seed-2/joint-equal", 5},
      {"seed-1/alone-1-scene", 1},   {"seed-2/alone-1-scene", 2},
      {"seed-1/alone-2-both", 2},    {"seed-2/alone-2-both", 2},
      {"seed-1/alone-3-stripes", 4}, {"seed-2/alone-3-stripes", 6}};
  for (const auto& [name, taken] : seconds) {
    std::ofstream(folder.path() / "study" / name / "finished.json")
        << "{\"seconds\": " << taken << "}";
  }
  const Comparison c = compare(input_of(), options_in(folder));
  EXPECT_EQ(c.networks[0].cost.training_seconds, 4.0);
  EXPECT_EQ(c.reference_cost.training_seconds, 1.5 + 2.0 + 5.0);
}

TEST(Compare, TrainsNothingTwice) {
  const TemporaryFolder folder;
  const Comparison first = compare(input_of(), options_in(folder));
  CompareOptions again = options_in(folder);
  test::Recorder recorder;
  again.observer = &recorder;
  const Comparison second = compare(input_of(), again);
  EXPECT_TRUE(recorder.events.empty());
  EXPECT_EQ(results_of(second), results_of(first));
  EXPECT_EQ(second.reference_cost.training_seconds,
            first.reference_cost.training_seconds);
}

TEST(Compare, GoesOnAfterAnInterruptionAsIfThereHadBeenNone) {
  const TemporaryFolder whole, stopped;
  const Comparison expected = compare(input_of(), options_in(whole));
  std::atomic<bool> stop = false;
  int steps = 0;
  test::Recorder recorder;
  recorder.step = [&](const StepReport&) { stop = ++steps == 8; };
  CompareOptions options = options_in(stopped);
  options.observer = &recorder;
  options.stop = &stop;
  const Comparison half = compare(input_of(), options);
  EXPECT_EQ(half.outcome, Outcome::interrupted);
  EXPECT_TRUE(half.networks.empty());
  EXPECT_EQ(half.message, "scene alone, seed 1: stopped in the first epoch");
  stop = false;
  EXPECT_EQ(results_of(compare(input_of(), options)), results_of(expected));
}

TEST(Compare, KeepsOnlyTheModelOfEachTraining) {
  const TemporaryFolder folder;
  compare(input_of(), options_in(folder, 1));
  const fs::path joint = folder.path() / "study/seed-1/joint-equal";
  EXPECT_TRUE(fs::exists(joint / "model.safetensors"));
  EXPECT_FALSE(fs::exists(joint / "checkpoints"));
  EXPECT_TRUE(fs::exists(folder.path() /
                         "study/seed-1/alone-3-stripes/model.safetensors"));
}

TEST(Compare, SetsWeightingsBesideEqualWeights) {
  const TemporaryFolder folder;
  CompareOptions options = options_in(folder);
  options.weightings = {WeightingKind::uncertainty, WeightingKind::equal,
                        WeightingKind::pcgrad};
  const Comparison c = compare(input_of(), options);
  EXPECT_EQ(c.reference, "equal");
  const std::vector<std::string> expected{"uncertainty", "pcgrad"};
  EXPECT_EQ(names_in(c), expected);
  for (const ComparedNetwork& network : c.networks) {
    ASSERT_EQ(network.tasks.size(), 3u);
    EXPECT_EQ(network.cost.parameters, c.reference_cost.parameters);
    EXPECT_EQ(network.tasks[0].scores.reference.value,
              c.networks[0].tasks[0].scores.reference.value);
  }
  EXPECT_FALSE(c.advice.empty());
}

// Bit by bit, and the candidate is the other weighting.
TEST(Compare, TrainsEveryWeightingAsItIsNamed) {
  const TemporaryFolder folder;
  StudyInput input = input_of();
  input.train.weighting.kind = WeightingKind::gls;  // of another question
  CompareOptions options = options_in(folder, 1);
  options.weightings = {WeightingKind::uncertainty, WeightingKind::pcgrad};
  const Comparison c = compare(input, options);
  const fs::path trained = folder.path() / "study" / "seed-1";
  const auto error_in = [&](const std::string& name) {
    Predictor predictor(load_model(trained / name / "model.safetensors"),
                        {.threads = 1});
    const TaskScores stripes = score_images(predictor, *input.test)[2];
    RatioTerm sum;
    for (const RatioTerm& image : stripes.images) {
      sum.numerator += image.numerator;
      sum.denominator += image.denominator;
    }
    return sum.numerator / sum.denominator;
  };
  for (const auto& [kind, name] :
       {std::pair(WeightingKind::equal, "joint-equal"),
        {WeightingKind::uncertainty, "joint-uncertainty"},
        {WeightingKind::pcgrad, "joint-pcgrad"}}) {
    TrainOptions train = input.train;
    train.weighting.kind = kind;
    EXPECT_EQ(
        test::parameters_in(trained / name),
        test::replay(input.model, test::parts_by_hand(input.images, 1), train)
            .parameters)
        << name;
  }
  const PairedDifference& stripes = c.networks[0].tasks[2].scores;
  EXPECT_NEAR(*stripes.candidate.value, error_in("joint-uncertainty"), 1e-7);
  EXPECT_NEAR(*stripes.reference.value, error_in("joint-equal"), 1e-7);
}

// What a network is compared by must not depend on what it is compared with.
TEST(Compare, HandsOutWhatJointNetworksRecordedOfTheirConflicts) {
  const TemporaryFolder folder;
  StudyInput input = input_of();
  input.train.record_conflicts = true;
  input.train.weighting.gradients = WeightedGradients::trunk;
  CompareOptions options = options_in(folder);
  std::vector<RecordedTraining> recorded;
  options.on_recorded = [&](const RecordedTraining& training) {
    EXPECT_FALSE(fs::exists(training.folder / "finished.json"));
    recorded.push_back(training);
  };
  const Comparison c = compare(input, options);
  ASSERT_EQ(recorded.size(), 2u) << "of the joint network, a seed each";
  EXPECT_EQ(recorded[1].folder, options.folder / "seed-2" / "joint-equal");
  EXPECT_EQ(recorded[1].conflicts.tasks,
            (std::vector<std::string>{"scene", "both", "stripes"}));
  EXPECT_EQ(recorded[1].conflicts.gradients, WeightedGradients::trunk);
  ASSERT_EQ(recorded[1].conflicts.history.size(), 2u);
  EXPECT_FALSE(recorded[1].conflicts.history[1].weighting.empty());
  EXPECT_EQ(c.joint_folders,
            (std::vector<fs::path>{recorded[0].folder, recorded[1].folder}));
  EXPECT_EQ(compare(input, options).joint_folders, c.joint_folders);
  EXPECT_EQ(recorded.size(), 2u) << "nothing is trained again";
}

TEST(Compare, ABreakWhileConflictsAreHandedOutLosesNoneOfThem) {
  const TemporaryFolder folder;
  StudyInput input = input_of();
  input.train.record_conflicts = true;
  CompareOptions options = options_in(folder, 1);
  options.on_recorded = [](const RecordedTraining&) {
    throw Error(Fault::io, "the disk is full");
  };
  expect_error(Fault::io, "the disk is full",
               [&] { (void)compare(input, options); });
  std::vector<EpochReport> history;
  options.on_recorded = [&](const RecordedTraining& training) {
    history = training.conflicts.history;
  };
  (void)compare(input, options);
  ASSERT_EQ(history.size(), 2u);
  EXPECT_FALSE(history[0].weighting.empty());
}

TEST(Compare, RecordsNothingUnasked) {
  const TemporaryFolder folder;
  CompareOptions options = options_in(folder, 1);
  options.on_recorded = [](const RecordedTraining&) { ADD_FAILURE(); };
  EXPECT_EQ(compare(input_of(), options).joint_folders.size(), 1u);
}

TEST(Compare, SharesTrainingsBetweenItsTwoQuestions) {
  const TemporaryFolder folder;
  compare(input_of(), options_in(folder));
  CompareOptions options = options_in(folder);
  options.weightings = {WeightingKind::famo};
  test::Recorder recorder;
  options.observer = &recorder;
  compare(input_of(), options);
  EXPECT_EQ(recorder.starts.size(), 2u) << "famo with two seeds";
}

// No training knows the answers of an image it does not see.
TEST(Compare, BalancesALossOnTheImagesOfEachTraining) {
  const TemporaryFolder folder;
  std::vector<Task> tasks = three_tasks();
  tasks[0].loss.balanced = true;
  compare(input_of(tasks), options_in(folder));
  std::vector<std::vector<double>> weights;
  for (const char* seed : {"study/seed-1", "study/seed-2"}) {
    const Model model =
        load_model(folder.path() / seed / "joint-equal" / "model.safetensors");
    weights.push_back(model.spec.tasks[0].loss.positive_weights);
    EXPECT_EQ(weights.back().size(), 3u);
  }
  EXPECT_NE(weights[0], weights[1]);
}

TEST(Compare, RefusesTheFolderOfAnotherRecipe) {
  const TemporaryFolder folder;
  CompareOptions options = options_in(folder, 1);
  compare(input_of(), options);
  options.identity = "another recipe";
  expect_error_parts(
      Fault::config,
      {"study", "holds a study of another recipe", "choose another folder"},
      [&] { compare(input_of(), options); });
}

TEST(Compare, SaysAllThatIsWrongAtOnce) {
  StudyInput input = input_of({three_tasks().front()});
  input.test = subset(input.test, {});
  expect_error(Fault::config,
               "compare:\n"
               "  - seeds: expected 1 to 100, got 0\n"
               "  - tasks: a comparison needs at least two, got 1\n"
               "  - test images: expected some that are held back; set "
               "data.split.test_size, e.g. to 0.2\n"
               "  - folder: expected one",
               [&] { compare(input, {.seeds = 0}); });
}

// Before the first training, not when the seed's turn comes; and without
// a folder that a better recipe would find taken.
TEST(Compare, RefusesATaskThatSomeSeedCannotLearn) {
  std::vector<std::vector<float>> rows(20, {0, 1, 0, 2, test::kNaN});
  rows[7].back() = 3;  // the only count
  StudyInput input = input_of();
  input.images = test::answers_table(
      {"scene/rows", "scene/columns", "scene/red", "both", "stripes"}, rows);
  input.train.batch_size = 4;
  const TemporaryFolder folder;
  expect_error_parts(
      Fault::data,
      {"compare: some trainings could not learn every task; give more answers, "
       "or leave the task out:\n  - seed ",
       ": task \"stripes\" is missing in every training image"},
      [&] { compare(input, options_in(folder, 50)); });
  EXPECT_FALSE(fs::exists(folder.path() / "study"));
}

TEST(Compare, RefusesWhatTheFirstTrainingWould) {
  const TemporaryFolder folder;
  StudyInput input = input_of();
  input.train.batch_size = 49;
  expect_error(
      Fault::config,
      "train.batch_size: expected at most the 48 training images, got 49",
      [&] { compare(input, options_in(folder)); });
  input = input_of();
  input.model.network.trunk = {Conv2D{.kernel_size = 30}};
  EXPECT_THROW(compare(input, options_in(folder)), Error);
  EXPECT_FALSE(fs::exists(folder.path() / "study"));
}

TEST(Compare, RefusesATaskThatNobodyLearns) {
  const TemporaryFolder folder;
  std::vector<Task> tasks = three_tasks();
  tasks[2].weight = 0.0;
  expect_error(
      Fault::config,
      "compare:\n"
      "  - tasks.stripes.weight: expected > 0, got 0: no network would "
      "learn the task; leave it out",
      [&] { compare(input_of(tasks), options_in(folder)); });
}

TEST(Compare, RefusesAFolderThatCannotBeMade) {
  const TemporaryFolder folder;
  test::write_bytes(folder / "file", "x");
  CompareOptions options = options_in(folder);
  options.folder = folder / "file" / "study";
  expect_error(Fault::io,
               options.folder.string() +
                   ": cannot create the folder of the study: Not a directory; "
                   "choose another folder",
               [&] { compare(input_of(), options); });
}

TEST(Compare, SaysWhichTrainingDiverged) {
  const TemporaryFolder folder;
  StudyInput input = input_of();
  input.train.adam.learning_rate = 1e30;
  const Comparison c = compare(input, options_in(folder, 1));
  EXPECT_EQ(c.outcome, Outcome::diverged);
  EXPECT_EQ(c.message.rfind("joint, seed 1: ", 0), 0u) << c.message;
}

TaskDifference difference(const std::string& task, Verdict verdict) {
  TaskDifference result{.task = task, .metric = "label_accuracy"};
  result.scores.verdict = verdict;
  return result;
}

Comparison with(std::vector<TaskDifference> tasks,
                const std::string& reference = "one network per task",
                const std::string& name = "joint") {
  Comparison c{.seeds = 3, .margin = 0.02, .reference = reference};
  c.reference_cost.training_seconds = 200.0;
  c.networks.push_back({.name = name,
                        .cost = {.training_seconds = 50.0},
                        .tasks = std::move(tasks)});
  return c;
}

TEST(Advice, IsToShareWhereEveryTaskIsShownToBeAsGood) {
  EXPECT_EQ(advice_on(with({difference("objects", Verdict::better),
                            difference("weather", Verdict::as_good)})),
            "Use one network: no task is worse by more than the margin (0.02; "
            "of an error, 0.02 of it), and it takes 25 % of the training time "
            "of 2 networks. Sharing helps objects.");
}

TEST(Advice, DoesNotTakeUndecidedForAsGood) {
  EXPECT_EQ(advice_on(with({difference("objects", Verdict::better),
                            difference("weather", Verdict::undecided),
                            difference("time", Verdict::as_good)})),
            "One network takes 25 % of the training time of 3 networks. "
            "Sharing helps objects. Not worse by more than the margin (0.02; "
            "of an error, 0.02 of it): time. Undecided for weather, which is "
            "not the same as no difference: the table says what would decide "
            "it.");
}

TEST(Advice, NamesTheTasksThatSharingHurts) {
  EXPECT_EQ(
      advice_on(with({difference("objects", Verdict::better),
                      difference("weather", Verdict::worse)})),
      "Sharing hurts weather: try more layers of its own (tasks.weather.head), "
      "a larger weight, or a network apart. It helps objects: keep those "
      "together.");
}

TEST(Advice, IsToKeepEqualWeightsWhenNothingBeatsThem) {
  EXPECT_EQ(advice_on(with({difference("objects", Verdict::as_good),
                            difference("weather", Verdict::worse)},
                           "equal", "famo")),
            "Keep equal weights: no other weighting is better at any task. "
            "famo hurts weather.");
}

TEST(Advice, SaysWhenNoWeightingIsShownToBeBetterYet) {
  EXPECT_EQ(advice_on(with({difference("objects", Verdict::undecided)}, "equal",
                           "famo")),
            "Keep equal weights until another weighting is shown to be better: "
            "none is yet. Undecided for famo: objects, which is not the same "
            "as no difference: the table says what would decide it.");
}

TEST(Advice, NamesTheWeightingThatHelps) {
  EXPECT_EQ(advice_on(with({difference("objects", Verdict::better),
                            difference("weather", Verdict::worse)},
                           "equal", "famo")),
            "famo helps objects, but hurts weather.");
}

TEST(Advice, NamesTheWeightingThatOnlyHurts) {
  Comparison c =
      with({difference("objects", Verdict::better)}, "equal", "pcgrad");
  c.networks.push_back({.name = "famo",
                        .cost = {},
                        .tasks = {difference("objects", Verdict::worse)}});
  EXPECT_EQ(advice_on(c), "pcgrad helps objects. famo hurts objects.");
}

TEST(Advice, CountsWhatChanceAloneWouldFind) {
  Comparison c = with({}, "equal", "famo");
  c.networks.front().tasks.assign(69, difference("objects", Verdict::as_good));
  c.networks.front().tasks.push_back(difference("weather", Verdict::better));
  EXPECT_EQ(advice_on(c),
            "famo helps weather. Of 70 intervals of 95 %, up to 4 exclude 0 "
            "by chance alone.");
}

TEST(Advice, SaysThatASingleSeedDecidesNothing) {
  Comparison c = with({difference("objects", Verdict::undecided)});
  c.seeds = 1;
  EXPECT_NE(advice_on(c).find(" One seed decides nothing, for another training "
                              "would give other scores: use at least three."),
            std::string::npos);
}

}  // namespace
}  // namespace polytask
