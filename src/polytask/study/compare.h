// Does multi-task learning help here? Does another weighting?
//
//   Comparison c = compare({.model = spec, .images = a, .test = b,
//                           .train = options}, {.folder = "runs/compare"});
//
// For every seed, `images` are split into a training and a validation part,
// the same for all networks of the seed. Each network is trained on the one
// and keeps the epoch that was best on the other. All then answer the images of
// `test`, which no training and no choice has seen. For every task the
// difference of the scores (score_images.h), with its interval over seeds and
// images together, gives the verdict (paired.h). With one seed none is reached.

#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "polytask/study/study_input.h"

namespace polytask {

struct NetworkCost {
  std::int64_t parameters = 0;
  double training_seconds = 0.0;  // of all epochs; mean over the seeds
  double answer_seconds = 0.0;    // median time to answer one image
};

struct ComparedNetwork {
  std::string name;  // "joint", or the name of a weighting
  NetworkCost cost;
  std::vector<TaskDifference> tasks;
};

struct Comparison {
  Outcome outcome = Outcome::finished;  // else the rest is empty
  std::string message;                  // empty when finished
  std::int64_t train_images = 0;
  std::int64_t validation_images = 0;
  std::int64_t test_images = 0;
  int seeds = 0;
  double margin = 0.0;    // see PairedInput
  std::string reference;  // "one network per task" or "equal"
  NetworkCost reference_cost;
  std::vector<ComparedNetwork> networks;
  // Of the joint networks, seed by seed; each holds a model.safetensors.
  std::vector<std::filesystem::path> joint_folders;
  std::string advice;  // a few sentences
};

struct CompareOptions {
  int seeds = 3;  // 1 to 100
  // Empty: the joint network beside one network per task. Else joint networks
  // with these weightings, each beside the one with equal weights.
  std::vector<WeightingKind> weightings;
  // Gets a folder a training, with its best model. What is finished there is
  // taken as it is, what was interrupted goes on, so nothing is trained twice.
  std::filesystem::path folder;
  std::string identity;  // a folder begun under another one is refused
  BootstrapOptions bootstrap;
  double margin = 0.02;  // by how much less is as good, see PairedInput
  TrainObserver* observer = nullptr;        // of every training
  const std::atomic<bool>* stop = nullptr;  // set it to end after this step
  std::function<void(const TrainingStart&)> on_training;
  // With train.record_conflicts: of every joint network, when its training has
  // ended or was stopped, and before it counts as finished.
  std::function<void(const RecordedTraining&)> on_recorded;
};

// Throws Fault::config for options that cannot be used, a single task, or
// a folder of another comparison; Fault::data, Fault::io and Fault::resource
// as train does.
Comparison compare(const StudyInput& input, const CompareOptions& options);

// What the verdicts come to, in a few sentences: Comparison::advice.
[[nodiscard]] std::string advice_on(const Comparison& comparison);

}  // namespace polytask
