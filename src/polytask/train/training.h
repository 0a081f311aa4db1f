// One training run from its first to its last step: what train() is made of.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "polytask/base/thread_pool.h"
#include "polytask/data/batch.h"
#include "polytask/train/epoch_meter.h"
#include "polytask/train/idle_heads.h"
#include "polytask/train/train.h"
#include "polytask/train/training_end.h"
#include "polytask/train/training_files.h"
#include "polytask/train/training_state.h"
#include "polytask/train/training_step.h"

namespace polytask {

class Training {
 public:
  // Checks everything and allocates everything; throws as train() does.
  Training(const TrainingSubject& subject, const TrainData& data,
           const TrainOptions& options, const TrainRun& run);

  TrainReport run();

 private:
  void open_files();
  // Says so in the report.
  [[nodiscard]] bool out_of_patience();
  void start_observer();
  [[nodiscard]] std::optional<TrainingEnd> run_epoch(int epoch);
  [[nodiscard]] std::optional<TrainingEnd> train_epoch(int epoch,
                                                       EpochReport& report);
  [[nodiscard]] std::optional<TrainingEnd> train_step(
      int epoch, int step, std::span<const std::int64_t> images);
  [[nodiscard]] std::optional<TrainingEnd> validate(EpochReport& report);
  void add_to_meter(const Batch& batch, std::size_t task,
                    const LossValue& value);
  void finish_epoch(EpochReport& report);
  void report_saves();
  void warn(const std::string& text);
  [[nodiscard]] SavedSoFar saved_so_far() const;

  TrainingSubject subject_;
  TrainData data_;
  TrainOptions options_;
  TrainRun run_;
  ThreadPool pool_;
  TrainingStep step_;
  TrainingState state_;
  std::optional<Batch> validation_batch_;
  EpochMeter meter_;
  std::optional<IdleHeads> idle_heads_;  // in the first epoch only
  std::vector<std::int64_t> order_;      // of the training images
  TrainReport report_;
  std::optional<TrainingFiles> files_;  // last: it uses the others
};

}  // namespace polytask
