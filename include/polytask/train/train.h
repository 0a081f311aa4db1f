// Training: the loop, its options and what comes out.
//
//   Model model = make_model(spec, options.seed);
//   TrainReport report = train(model, {.train = a, .validation = b}, options);
//
// The result has the same bits for any number of threads, on every repeat, and
// whether or not the run was interrupted and resumed in between.

#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/model/model.h"
#include "polytask/optim/adam_options.h"
#include "polytask/train/progress.h"
#include "polytask/weighting/weighting.h"

namespace polytask {

// What makes an epoch the best, whose model is kept: the lowest, on the
// validation part, of
enum class Monitor {
  loss,
  // The mean over the tasks of
  //
  //   error / error of one answer to all images
  //
  // where the error is 1 - label_accuracy of a multilabel task,
  // 1 - top_1_accuracy of a categorical one, and the mean absolute error of the
  // others, of several numbers the mean ratio; and the one answer is, of the
  // training images, the majority of each label, the most frequent class, the
  // median of an ordinal task and of a regression, the mean of a count. 0 is
  // perfect, 1 as good as not looking. A loss rises again, each task's from
  // another epoch on, where wrong answers become surer while more are right;
  // this does not, and every task counts the same, whatever the scale of its
  // loss. Reported as "relative_error" of EpochReport::validation.
  relative_error,
};

struct TrainOptions {
  int epochs = 50;         // >= 1
  int batch_size = 100;    // images, >= 1 and at most the training images
  std::uint64_t seed = 1;  // initial weights, order of the images, dropout
  int threads = 0;         // 0: one per processor
  AdamOptions adam;
  WeightingOptions weighting;  // how the tasks share the trunk
  Monitor monitor = Monitor::loss;
  // Ends the training after this many epochs in a row without a better one, as
  // Keras' EarlyStopping. Needs validation images. 0: never.
  int patience = 0;

  // Cosines of the tasks' gradients, into EpochReport::weighting: of the
  // shared features, or of each layer of the trunk and the whole of it, as
  // weighting.gradients says. Leaves the training as it is, bit for bit.
  bool record_conflicts = false;

  // What a missing label of a multilabel task counts in the training loss, as
  // a no: 0 is ignored, 1 assumed negative, between them weakly negative.
  // Metrics and validation ignore it always.
  double missing_label_weight = 0.0;

  // Tasks whose heads alone learn: the trunk and the other heads keep every
  // bit, and the data needs no answers to the other tasks. The trunk's dropout
  // is off, so each image has the same features in every epoch; they are
  // computed once and kept in memory, 4 bytes a feature of an image, and an
  // epoch costs no more than the heads do. Empty: everything learns.
  std::vector<std::string> only_heads;

  bool operator==(const TrainOptions&) const = default;
};

// Every broken rule; empty when the options are usable.
[[nodiscard]] std::vector<std::string> problems(const TrainOptions& options);

struct TrainData {
  DatasetPtr train;
  DatasetPtr validation;  // may be null: then the last epoch is the best
};

// Where a run keeps its files, and who watches it.
struct TrainRun {
  // Gets checkpoints/ (one per epoch, the two newest stay) and
  // model.safetensors: the best epoch, as TrainOptions::monitor says. Empty:
  // nothing is saved.
  std::filesystem::path folder;
  bool resume = false;  // go on from the newest good checkpoint in `folder`
  TrainObserver* observer = nullptr;
  const std::atomic<bool>* stop = nullptr;  // set it to end after this step
};

enum class Outcome {
  finished,
  interrupted,  // `stop` was set
  diverged,     // a loss or a parameter was not finite; the message says where
};

struct TrainReport {
  Outcome outcome = Outcome::finished;
  std::string message;  // empty when finished after all epochs
  std::vector<EpochReport> history;
  int best_epoch = 0;                 // 0: none was finished
  std::vector<std::string> warnings;  // what TrainObserver::on_warning got
};

// Trains `model` in place: afterwards it holds the parameters of the last
// finished step (of a diverged run: of the step before), or with
// adam.ema_momentum their moving average, and the target
// statistics of the training images, of the tasks that learn, with the numbers
// that balanced losses came to on them. The data's columns are found by the
// tasks' names; see columns.h.
//
// Throws Fault::config for options that cannot be used, Fault::data when the
// data and the model do not fit, Fault::io when something cannot be saved,
// Fault::resource when memory is short.
TrainReport train(Model& model, const TrainData& data,
                  const TrainOptions& options, const TrainRun& run = {});

}  // namespace polytask
