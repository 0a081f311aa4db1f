// What a training run says while it goes on.
//
// The loop reports facts and prints nothing; observers (report/) turn them
// into a progress bar, log.jsonl or metrics.csv. All calls come from the thread
// that called train().

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace polytask {

// In the order in which they are shown: {"loss", 0.52}, {"argmax_accuracy",
// 0.61}. With several tasks a name of one task reads "task/name".
using MetricValues = std::vector<std::pair<std::string, double>>;

struct EpochReport {
  int epoch = 0;  // from 1
  int steps = 0;
  double seconds = 0.0;  // of the whole epoch, validation included
  MetricValues train;
  MetricValues validation;  // empty without validation
  // Of the steps: weights of the tasks, lengths of their gradients, conflicts;
  // docs/recipe.md lists the names. Empty for equal weights.
  MetricValues weighting;
  bool best = false;  // the best so far: this epoch's model is kept
};

struct TrainStart {
  std::int64_t train_images = 0;
  std::int64_t validation_images = 0;   // 0: no validation
  int epochs = 0;                       // the last epoch's number
  int first_epoch = 1;                  // larger than 1 after a resume
  std::size_t learning_parameters = 0;  // numbers that the training changes
  std::size_t frozen_parameters = 0;    // and that it leaves alone
  std::vector<EpochReport> done;        // what a resumed run had finished
};

struct StepReport {
  int epoch = 0;          // from 1
  int step = 0;           // from 1 within the epoch
  std::int64_t seen = 0;  // training images so far in this epoch
  double seconds = 0.0;   // since the epoch began
  MetricValues train;     // over the images seen so far in this epoch
};

// A save that is durable: written, synced and renamed.
struct CheckpointReport {
  int epoch = 0;
  std::filesystem::path path;
};

class TrainObserver {
 public:
  virtual ~TrainObserver() = default;

  // Something is wrong that does not end the training: a damaged checkpoint,
  // before on_start; a head that learns nothing, after the first epoch.
  virtual void on_warning(const std::string&) {}
  // Before the start of a training of heads alone (TrainOptions::only_heads):
  // `seen` images of a part of the data have been through the frozen trunk.
  virtual void on_features(std::int64_t /*seen*/, std::int64_t /*images*/) {}
  virtual void on_start(const TrainStart&) {}
  virtual void on_step(const StepReport&) {}
  // The steps are done, validation runs next.
  virtual void on_validation(int /*epoch*/) {}
  virtual void on_epoch(const EpochReport&) {}
  virtual void on_checkpoint(const CheckpointReport&) {}
};

}  // namespace polytask
