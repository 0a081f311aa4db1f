// What do missing labels cost, which policy for the unknown is best, and what
// would more labels bring?
//
//   MissingStudy s = study_missing({.model = spec, .images = a, .test = b,
//                                   .train = options}, {.folder = "runs/m"});
//
// For every seed, `images` are split into a training and a validation part.
// Of both, a level hides a share of the answers, each cell by a draw of its
// own that depends on the seed alone: what a level hides, higher ones hide too,
// and all policies miss the same. A network is trained on what is left and
// keeps the epoch that is best on the validation answers that are left. All
// networks answer the images of `test`, whose answers are never hidden.
//
// Policies, for the labels of multilabel tasks (other kinds ignore what is
// missing under every policy):
//   ignore         an unknown label is in no loss and no gradient
//   negative       an unknown label is a no
//   weak_negative  it is, with the weight 1 / (L - 1); L: labels of the task
//                  that has most. With one label: ignore
//   pseudo_label   the network trained under `ignore` answers the training
//                  images; unknown labels that it gives a probability of at
//                  least .9 or at most .1 are taken as known, and the network
//                  is trained again from the start
// Sources: Cole et al., Multi-Label Learning from Single Positive Labels, CVPR
// 2021, for the negatives; Lee, Pseudo-Label, ICML workshop 2013.

#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "polytask/evaluate/evaluate_model.h"
#include "polytask/study/study_input.h"
#include "polytask/study/unknown_policy.h"

namespace polytask {

// How many answers of a column the training parts hold; a mean over the seeds.
struct ColumnCount {
  std::string column;  // "sea", "objects/car", "weather"
  double observed = 0.0;
};

// One training and what it is worth on the test images.
struct MissingTraining {
  std::filesystem::path folder;  // holds model.safetensors
  ModelEvaluation result;
};

// A policy at a level.
struct MissingPoint {
  UnknownPolicy policy = UnknownPolicy::ignore;
  double hidden = 0.0;  // share of the answers, [0, 1)
  std::vector<ColumnCount> columns;
  std::vector<TaskDifference> tasks;       // beside the lowest level, ignore
  std::vector<MissingTraining> trainings;  // one per seed
};

// What more answers in a column brought under `ignore`, from one level to the
// next lower.
struct AnswerValue {
  std::string task;
  std::string label;  // or class
  double from_observed = 0.0;
  double to_observed = 0.0;
  double f1_gain = 0.0;  // f1 at the lower level less that at the higher
                         // one; mean over seeds
  std::optional<double> deviation;  // over the seeds; absent for one
  // Of f1_gain, what 100 answers brought on average. Absent where the levels
  // are fewer than 100 answers apart: 100 more would not go on like that, for
  // f1 ends at 1.
  std::optional<double> f1_per_100;
};

struct MissingStudy {
  Outcome outcome = Outcome::finished;  // else the rest is empty
  std::string message;                  // empty when finished
  std::int64_t train_images = 0;
  std::int64_t validation_images = 0;
  std::int64_t test_images = 0;
  int seeds = 0;
  double margin = 0.0;               // see PairedInput
  std::vector<MissingPoint> points;  // policy by policy, levels upwards
  std::vector<AnswerValue> values;   // labels in order, levels upwards
};

struct MissingOptions {
  std::vector<double> levels = {0.0, 0.25, 0.5, 0.75};  // each in [0, 1)
  // `ignore` is always first; each policy once.
  std::vector<UnknownPolicy> policies = {UnknownPolicy::ignore};
  int seeds = 5;  // 1 to 100
  // As in CompareOptions: nothing is trained twice.
  std::filesystem::path folder;
  std::string identity;
  BootstrapOptions bootstrap;
  double margin = 0.02;  // by how much less is as good, see PairedInput
  TrainObserver* observer = nullptr;
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const TrainingStart&)> on_training;
};

// Throws Fault::config for options that cannot be used or a folder of another
// study; Fault::data, Fault::io and Fault::resource as train does, Fault::data
// also when a level leaves a task without any answer.
MissingStudy study_missing(const StudyInput& input,
                           const MissingOptions& options);

}  // namespace polytask
