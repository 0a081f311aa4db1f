#include "polytask/study/missing_labels.h"

#include <gtest/gtest.h>

#include <cmath>

#include "polytask/base/text.h"
#include "polytask/data/dataset.h"
#include "polytask/evaluate/evaluate_model.h"
#include "polytask/model/task_columns.h"
#include "polytask/study/answer_value.h"
#include "polytask/study/hidden_answers.h"
#include "tests/study/replay.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/answers_table.h"
#include "tests/train/questions.h"
#include "tests/train/recorder.h"

namespace polytask {
namespace {

using enum UnknownPolicy;
using test::expect_error;
using test::questions;
using test::TemporaryFolder;

std::vector<Task> two_tasks() {
  return {multilabel("scene", {"rows", "columns", "red"}),
          categorical("both", {"neither", "one", "two"})};
}

StudyInput input_of(std::vector<Task> tasks = two_tasks()) {
  return {.model = test::model_of(std::move(tasks)).spec,
          .images = questions(80, 1, /*with_missing=*/false),
          .test = questions(40, 2, /*with_missing=*/false),
          .train = {.epochs = 2, .batch_size = 16, .seed = 5, .threads = 1}};
}

MissingOptions options_in(const TemporaryFolder& folder) {
  return {.levels = {0.5, 0.0},
          .seeds = 2,
          .folder = folder.path() / "study",
          .identity = "this recipe",
          .bootstrap = {.resamples = 100}};
}

std::vector<std::string> results_of(const MissingStudy& study) {
  std::vector<std::string> results;
  for (const MissingPoint& point : study.points) {
    for (const TaskDifference& task : point.tasks) {
      std::string line =
          cat(to_text(point.policy), ' ', point.hidden, ' ', task.task, ' ',
              task.scores.candidate.value.value_or(-1.0));
      for (const double d : task.scores.of_seeds) line += cat(' ', d);
      results.push_back(line);
    }
  }
  return results;
}

TEST(StudyMissing, MeasuresEveryLevelBesideTheLowest) {
  const TemporaryFolder folder;
  StudyInput input = input_of();
  input.train.adam.learning_rate = 0.01;
  const MissingStudy study = study_missing(input, options_in(folder));
  ASSERT_EQ(study.points.size(), 2u);
  EXPECT_EQ(study.train_images, 64);
  EXPECT_EQ(study.validation_images, 16);
  EXPECT_EQ(study.test_images, 40);
  const MissingPoint& all = study.points[0];
  const MissingPoint& half = study.points[1];
  EXPECT_EQ(all.hidden, 0.0);
  EXPECT_EQ(half.hidden, 0.5);
  ASSERT_EQ(all.columns.size(), 4u);
  for (std::size_t c = 0; c < 4; ++c) {
    EXPECT_EQ(all.columns[c].observed, 64.0);
    EXPECT_NEAR(half.columns[c].observed, 32.0, 12.0) << c;
  }
  EXPECT_EQ(half.tasks[0].metric, "label_accuracy");
  EXPECT_EQ(half.tasks[0].scores.of_seeds.size(), 2u);
  EXPECT_EQ(all.tasks[0].scores.difference.value, 0.0);
  EXPECT_EQ(half.tasks[0].scores.difference.n, 40) << "all are known there";
  for (std::size_t t = 0; t < 2; ++t) {
    EXPECT_EQ(half.tasks[t].scores.reference.value,
              all.tasks[t].scores.candidate.value);
  }
  EXPECT_TRUE(half.tasks[0].scores.difference.value != 0.0 ||
              half.tasks[1].scores.difference.value != 0.0);
}

TEST(StudyMissing, KeepsTheAnswersToTheTestImages) {
  const TemporaryFolder folder;
  const MissingStudy study = study_missing(input_of(), options_in(folder));
  for (const MissingPoint& point : study.points) {
    ASSERT_EQ(point.trainings.size(), 2u);
    for (const MissingTraining& training : point.trainings) {
      EXPECT_EQ(training.result.answers.size(), 40u * 6u);
      EXPECT_EQ(training.result.evaluation.tasks[0].labels.size(), 3u);
      EXPECT_EQ(
          training.result.evaluation.tasks[0].labels[0].confusion.observed(),
          40);
      EXPECT_TRUE(
          std::filesystem::exists(training.folder / "model.safetensors"));
    }
  }
}

// What a level leaves of a seed's parts, in both of them.
TrainData half_hidden(const StudyInput& input, std::uint32_t seed) {
  const DatasetPtr images =
      select_columns(input.images, column_uses(input.model.tasks));
  TrainData parts = test::parts_by_hand(images, seed);
  parts.train = hide_answers(parts.train, 0.5, 2 * seed);
  parts.validation = hide_answers(parts.validation, 0.5, 2 * seed + 1);
  return parts;
}

// The answers of a network to the labels of "scene" that are at least .9 or at
// most .1, NaN else and for "both".
std::vector<float> sure_answers(const std::filesystem::path& teacher,
                                const Dataset& data) {
  Predictor predictor(load_model(teacher / "model.safetensors"),
                      {.threads = 1});
  const std::vector<float> answers = predict_dataset(predictor, data);
  std::vector<float> sure;
  for (std::size_t row = 0; row < answers.size(); row += 6) {
    for (std::size_t l = 0; l < 3; ++l) {
      const float p = answers[row + l];
      sure.push_back(p >= 0.9f ? 1.0f : p <= 0.1f ? 0.0f : test::kNaN);
    }
    sure.push_back(test::kNaN);
  }
  return sure;
}

// Under every policy and for every seed, bit by bit: what is hidden, from the
// training and from the choice of the epoch, what the unknown counts, and what
// a teacher is sure of.
TEST(StudyMissing, TrainsUnderEveryPolicyWhatItSays) {
  const TemporaryFolder folder;
  StudyInput input = input_of();
  input.train.epochs = 6;
  input.train.adam.learning_rate = 0.01;
  MissingOptions options = options_in(folder);
  options.levels = {0.5};
  options.policies = {negative, weak_negative, pseudo_label};
  test::Recorder recorder;
  options.observer = &recorder;
  study_missing(input, options);
  ASSERT_EQ(recorder.epochs.size(), 4u * 2u * 6u);
  auto first = recorder.epochs.begin();
  std::ptrdiff_t guessed = 0;
  for (const UnknownPolicy policy :
       {ignore, negative, weak_negative, pseudo_label}) {
    for (std::uint32_t seed = 1; seed <= 2; ++seed, first += 6) {
      SCOPED_TRACE(cat(to_text(policy), ", seed ", seed));
      const auto trained_under = [&](UnknownPolicy which) {
        return options.folder / "hidden-50" / to_text(which) /
               cat("seed-", seed);
      };
      TrainData parts = half_hidden(input, seed);
      TrainOptions train = input.train;
      train.seed = 4 + seed;
      if (policy == negative) train.missing_label_weight = 1.0;
      if (policy == weak_negative) train.missing_label_weight = 0.5;
      if (policy == pseudo_label) {
        const std::vector<float> sure =
            sure_answers(trained_under(ignore), *parts.train);
        guessed +=
            std::ranges::count(sure, 0.0f) + std::ranges::count(sure, 1.0f);
        EXPECT_GT(
            std::ranges::count_if(sure, [](float p) { return std::isnan(p); }),
            64 + 5);
        parts.train = add_guesses(parts.train, sure);
      }
      const test::Replay expected = test::replay(input.model, parts, train);
      EXPECT_EQ(test::measured({first, first + 6}),
                test::measured(expected.epochs));
      EXPECT_EQ(test::parameters_in(trained_under(policy)),
                expected.parameters);
    }
  }
  EXPECT_GT(guessed, 5);
}

// As many as the largest task has labels, not as all tasks together.
TEST(StudyMissing, AWeakNegativeIsOneOfTheOtherLabelsOfTheLargestTask) {
  const TemporaryFolder folder;
  StudyInput input = input_of({multilabel("scene", {"rows", "columns", "red"}),
                               multilabel("also", {"rows", "red"})});
  std::vector<std::vector<float>> rows;
  std::vector<float> answers(8);
  const DatasetPtr images = questions(40, 1, /*with_missing=*/false);
  for (std::int64_t i = 0; i < 40; ++i) {
    images->read_targets(i, answers);
    rows.push_back(
        {answers[0], answers[1], answers[2], answers[0], answers[2]});
  }
  input.images = test::answers_table(
      {"scene/rows", "scene/columns", "scene/red", "also/rows", "also/red"},
      rows);
  input.test = input.images;
  MissingOptions options = options_in(folder);
  options.levels = {0.5};
  options.policies = {weak_negative};
  options.seeds = 1;
  study_missing(input, options);
  TrainOptions train = input.train;
  train.missing_label_weight = 0.5;
  EXPECT_EQ(
      test::parameters_in(options.folder / "hidden-50/weak_negative/seed-1"),
      test::replay(input.model, half_hidden(input, 1), train).parameters);
}

TEST(StudyMissing, NoTrainingReadsTheTestImages) {
  const TemporaryFolder folder;
  StudyInput input = input_of();
  const auto watched = std::make_shared<test::Watched>(input.test);
  input.test = watched;
  MissingOptions options = options_in(folder);
  int before = 0;
  options.on_training = [&](const TrainingStart&) { before = watched->reads; };
  test::Recorder recorder;
  recorder.epoch = [&](const EpochReport&) {
    EXPECT_EQ(watched->reads, before);
  };
  options.observer = &recorder;
  study_missing(input, options);
  EXPECT_GT(watched->reads, before) << "they judge";
}

TEST(StudyMissing, EvaluationsSayThatTheyAreOfTestImages) {
  const TemporaryFolder folder;
  const MissingStudy study = study_missing(input_of(), options_in(folder));
  for (const MissingPoint& point : study.points) {
    for (const MissingTraining& training : point.trainings) {
      EXPECT_EQ(training.result.evaluation.part, ImagesPart::test);
      EXPECT_EQ(training.result.evaluation.images, 40);
    }
  }
}

TEST(StudyMissing, TrainsEachPolicyWhereSomethingIsUnknown) {
  const TemporaryFolder folder;
  MissingOptions options = options_in(folder);
  options.policies = {negative, weak_negative, pseudo_label};
  test::Recorder recorder;
  options.observer = &recorder;
  const MissingStudy study = study_missing(input_of(), options);
  EXPECT_EQ(study.points.size(), 8u) << "ignore is always there";
  // Two seeds of ignore at 0 %, and of four policies at 50 %.
  EXPECT_EQ(recorder.starts.size(), 2u * (1u + 4u));
  const std::vector<std::string> results = results_of(study);
  // Two tasks a point: 50 % hidden under each policy.
  EXPECT_NE(results[6].substr(results[6].find("scene")),
            results[2].substr(results[2].find("scene")))
      << "negative is not ignore";
  EXPECT_NE(results[10].substr(results[10].find("scene")),
            results[6].substr(results[6].find("scene")))
      << "weak is not full";
}

// An answer that the data itself lacks is no label, and no policy's.
TEST(StudyMissing, TrainsNoPolicyTwiceWhereNoLabelIsUnknown) {
  const TemporaryFolder folder;
  std::vector<std::vector<float>> rows;
  for (int i = 0; i < 40; ++i) {
    const auto bit = static_cast<float>(i % 2);
    rows.push_back({bit, 1 - bit, bit,
                    i % 3 == 0 ? test::kNaN : static_cast<float>(i % 3)});
  }
  StudyInput input = input_of();
  input.images = test::answers_table(
      {"scene/rows", "scene/columns", "scene/red", "both"}, rows);
  MissingOptions options = options_in(folder);
  options.levels = {0.0};
  options.policies = {negative, pseudo_label};
  test::Recorder recorder;
  options.observer = &recorder;
  study_missing(input, options);
  EXPECT_EQ(recorder.starts.size(), 2u) << "one per seed";
}

TEST(StudyMissing, RefusesALevelThatLeavesATaskNothing) {
  const TemporaryFolder folder;
  MissingOptions options = options_in(folder);
  options.levels = {0.0, 0.99};
  options.seeds = 5;
  test::expect_error_parts(
      Fault::data,
      {"study missing: some trainings could not learn every task; give more "
       "answers, or leave the task out:\n  - 99 % hidden, seed ",
       " is missing in every training image"},
      [&] { study_missing(input_of(), options); });
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "study"));
}

TEST(StudyMissing, RefusesWhatTheFirstTrainingWould) {
  const TemporaryFolder folder;
  StudyInput input = input_of();
  input.train.batch_size = 65;
  expect_error(
      Fault::config,
      "train.batch_size: expected at most the 64 training images, got 65",
      [&] { study_missing(input, options_in(folder)); });
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "study"));
}

TEST(StudyMissing, TrainsNothingTwice) {
  const TemporaryFolder folder;
  const MissingStudy first = study_missing(input_of(), options_in(folder));
  MissingOptions again = options_in(folder);
  test::Recorder recorder;
  again.observer = &recorder;
  EXPECT_EQ(results_of(study_missing(input_of(), again)), results_of(first));
  EXPECT_TRUE(recorder.events.empty());
}

TEST(StudyMissing, GoesOnAfterAnInterruption) {
  const TemporaryFolder whole, stopped;
  const MissingStudy expected = study_missing(input_of(), options_in(whole));
  std::atomic<bool> stop = false;
  int steps = 0;
  test::Recorder recorder;
  recorder.step = [&](const StepReport&) { stop = ++steps == 11; };
  MissingOptions options = options_in(stopped);
  options.observer = &recorder;
  options.stop = &stop;
  EXPECT_EQ(study_missing(input_of(), options).outcome, Outcome::interrupted);
  stop = false;
  EXPECT_EQ(results_of(study_missing(input_of(), options)),
            results_of(expected));
}

TEST(StudyMissing, SaysAllThatIsWrongAtOnce) {
  StudyInput input = input_of({categorical("both", {"neither", "one", "two"})});
  input.test = subset(input.test, {});
  expect_error(Fault::config,
               "study missing:\n"
               "  - seeds: expected 1 to 100, got 101\n"
               "  - margin: expected 0 or more, got -0.5\n"
               "  - levels: expected 0 % to less than 100 %, got 100\n"
               "  - policies: only multilabel tasks have others than ignore, "
               "and there is none\n"
               "  - test images: expected some that are held back; set "
               "data.split.test_size, e.g. to 0.2\n"
               "  - folder: expected one",
               [&] {
                 study_missing(input, {.levels = {0.5, 1.0},
                                       .policies = {negative},
                                       .seeds = 101,
                                       .margin = -0.5});
               });
}

MissingPoint point(double observed, std::vector<double> f1_of_seeds) {
  MissingPoint p{.columns = {{"scene", observed}}};
  for (const double f1 : f1_of_seeds) {
    LabelEvaluation label{.label = "rows", .numbers = {{"f1", {.value = f1}}}};
    Evaluation evaluation{.tasks = {{.task = "scene", .labels = {label}}}};
    p.trainings.push_back({.result = {.evaluation = evaluation}});
  }
  return p;
}

TEST(AnswerValues, AreTheGainInF1FromLevelToLevel) {
  const std::vector<Task> tasks{multilabel("scene", {"rows"})};
  const std::vector<AnswerValue> values =
      answer_values(tasks, {point(800, {0.75, 0.875}), point(400, {0.5, 0.5})});
  ASSERT_EQ(values.size(), 1u);
  EXPECT_EQ(values[0].label, "rows");
  EXPECT_EQ(values[0].from_observed, 400.0);
  EXPECT_EQ(values[0].to_observed, 800.0);
  EXPECT_EQ(values[0].f1_gain, 0.3125);  // 0.25 and 0.375
  EXPECT_NEAR(values[0].deviation.value_or(-1), 0.0883883, 1e-7);
  EXPECT_EQ(values[0].f1_per_100, 0.078125);  // in four hundred answers
}

// A label has a column of its own, the classes of a task share one.
TEST(AnswerValues, CountTheAnswersOfTheirOwnColumn) {
  const std::vector<Task> tasks{multilabel("scene", {"rows", "red"}),
                                categorical("both", {"no", "yes"})};
  const auto point_of = [](std::vector<double> observed, double f1) {
    const NamedNumbers numbers{{"f1", {.value = f1}}};
    MissingPoint p;
    for (const double count : observed) p.columns.push_back({"", count});
    Evaluation evaluation{
        .tasks = {{.task = "scene",
                   .labels = {{.label = "rows", .numbers = numbers},
                              {.label = "red", .numbers = numbers}}},
                  {.task = "both",
                   .labels = {{.label = "no", .numbers = numbers},
                              {.label = "yes", .numbers = numbers}}}}};
    p.trainings.push_back({.result = {.evaluation = evaluation}});
    return p;
  };
  const std::vector<AnswerValue> values = answer_values(
      tasks, {point_of({10, 20, 30}, 0.75), point_of({1, 2, 3}, 0.5)});
  ASSERT_EQ(values.size(), 4u);
  const std::vector<double> more{10, 20, 30, 30};
  const std::vector<double> fewer{1, 2, 3, 3};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(values[i].to_observed, more[i]) << values[i].label;
    EXPECT_EQ(values[i].from_observed, fewer[i]) << values[i].label;
  }
}

// 20 answers that brought .25 would make 100 bring 1.25, which f1 cannot.
TEST(AnswerValues, SayNothingOfAHundredAnswersThatAreNotThere) {
  const std::vector<Task> tasks{multilabel("scene", {"rows"})};
  const auto per_100 = [&](double more) {
    return answer_values(tasks, {point(40 + more, {0.75}), point(40, {0.5})})[0]
        .f1_per_100;
  };
  EXPECT_EQ(per_100(20), std::nullopt);
  EXPECT_EQ(per_100(99), std::nullopt);
  EXPECT_EQ(per_100(100), 0.25);
}

TEST(AnswerValues, LeaveOutWhatCannotBeCompared) {
  const std::vector<Task> tasks{multilabel("scene", {"rows"})};
  EXPECT_TRUE(
      answer_values(tasks, {point(400, {0.75}), point(400, {0.5})}).empty());
  MissingPoint undefined = point(200, {0.5});
  undefined.trainings[0].result.evaluation.tasks[0].labels[0].numbers.clear();
  EXPECT_TRUE(answer_values(tasks, {point(400, {0.75}), undefined}).empty());
}

}  // namespace
}  // namespace polytask
