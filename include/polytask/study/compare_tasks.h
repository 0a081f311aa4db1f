// Does multi-task learning help here?
//
// For every seed the joint network and one network a task are trained on the
// same images, from the same recipe, and each keeps the epoch that was best on
// its own validation images. Both answer the images of a test part that no
// training and no choice has seen; for every task the difference of their
// scores, with an interval over images and seeds, gives the verdict.

#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "polytask/metrics/paired.h"
#include "polytask/train/recipe.h"

namespace polytask {

enum class Verdict {
  helped,     // the joint network is better, and the interval says so
  hurt,       // it is worse
  undecided,  // the interval contains 0
};

struct TaskComparison {
  std::string task;
  std::string metric;  // what is compared: label_accuracy, top_1_accuracy or
                       // mean_absolute_error
  bool more_is_better = true;
  PairedDifference scores;  // a: joint, b: alone
  Verdict verdict = Verdict::undecided;
};

// What it costs to have one network, or as many as there are tasks.
struct NetworkCost {
  std::int64_t parameters = 0;
  double training_seconds = 0.0;  // of all epochs, mean over the seeds
  double latency_seconds = 0.0;   // median time to answer one image
};

struct Comparison {
  std::int64_t train_images = 0;
  std::int64_t validation_images = 0;
  std::int64_t test_images = 0;
  int seeds = 0;
  std::vector<TaskComparison> tasks;
  NetworkCost joint;
  NetworkCost alone;  // all networks of one task together
  std::string advice;
};

struct CompareOptions {
  int seeds = 3;                   // trainings of each network, >= 1
  double validation_share = 0.2;   // of the images that are not the test part
  std::filesystem::path folder;    // gets a run folder a training
  BootstrapOptions bootstrap;
  const std::atomic<bool>* stop = nullptr;  // set it to end after this step
  // Called before each training: "seed 2: weather alone", its number from 1,
  // and how many there are.
  std::function<void(const std::string& what, int number, int of)> on_training;
};

// Throws Fault::config when the recipe has one task only, holds back no test
// images (data.split.test_size), or options are out of range; as prepare_run
// and train do; Fault::diverged when a training diverges; Interrupted when
// `stop` was set.
[[nodiscard]] Comparison compare_tasks(Recipe recipe,
                                       const CompareOptions& options);

}  // namespace polytask
