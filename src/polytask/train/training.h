// One training run from its first to its last step: what train() is made of.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "polytask/base/thread_pool.h"
#include "polytask/checkpoint/background_save.h"
#include "polytask/checkpoint/checkpoint_folder.h"
#include "polytask/checkpoint/run_lock.h"
#include "polytask/checkpoint/safetensors.h"
#include "polytask/data/batch.h"
#include "polytask/network/network.h"
#include "polytask/optim/adam.h"
#include "polytask/train/epoch_meter.h"
#include "polytask/train/idle_heads.h"
#include "polytask/train/task_balance.h"
#include "polytask/train/train.h"
#include "polytask/train/training_state.h"

namespace polytask {

// What a training changes, and what its files hold.
struct TrainingSubject {
  Model& model;
  // The model that `model` is the heads of: it is saved, its heads as they are
  // in `model` by then. Null: `model` is all there is.
  const Model* whole = nullptr;
};

class Training {
 public:
  // Checks everything and allocates everything; throws as train() does.
  Training(const TrainingSubject& subject, const TrainData& data,
           const TrainOptions& options, const TrainRun& run);

  TrainReport run();

 private:
  // Why a run ends before its last epoch.
  struct End {
    Outcome outcome = Outcome::finished;
    std::string message;
  };

  void open_folder();
  void resume();
  // Says so in the report.
  [[nodiscard]] bool out_of_patience();
  void start_observer();
  [[nodiscard]] std::optional<End> run_epoch(int epoch);
  [[nodiscard]] std::optional<End> train_epoch(int epoch, EpochReport& report);
  [[nodiscard]] std::optional<End> train_step(
      int epoch, int step, std::span<const std::int64_t> indices);
  [[nodiscard]] std::optional<End> validate(EpochReport& report);
  // The weighted sum of the tasks' losses, into the meter.
  double loss_of_batch(const Batch& batch, bool with_gradient);
  void let_weighting_learn(const ImageBatch& images, const BatchKey& key);
  void finish_epoch(EpochReport& report);
  [[nodiscard]] double learning_rate_factor_now() const;
  [[nodiscard]] const ParameterStore& resulting_parameters() const;
  [[nodiscard]] const Model& saved_model() const;
  [[nodiscard]] std::vector<TensorView> saved_tensors(
      const ParameterStore& learned) const;
  void save(int epoch, bool best);
  void report_saves();
  void warn(const std::string& text);
  void shuffle_images(int epoch);
  [[nodiscard]] std::string what_is_saved() const;
  [[nodiscard]] End stopped(int epoch) const;
  [[nodiscard]] End not_finite(const std::string& when, const Dataset& data,
                               std::span<const std::int64_t> indices);
  [[nodiscard]] End diverged(const std::string& when,
                             const std::string& what) const;

  Model& model_;
  const Model* whole_;  // see TrainingSubject
  TrainData data_;
  TrainOptions options_;
  TrainRun run_;
  ThreadPool pool_;
  std::shared_ptr<const NetworkPlan> plan_;
  Network network_;
  TrainingState state_;
  Adam adam_;
  Batch batch_;
  std::optional<Batch> validation_batch_;
  EpochMeter meter_;
  TaskBalance balance_;
  std::optional<IdleHeads> idle_heads_;  // in the first epoch only
  std::vector<std::int64_t> order_;      // of the training images
  std::vector<std::uint32_t> samples_;   // numbers of the batch's images
  TrainReport report_;
  std::optional<Folder> folder_;  // of the run
  std::optional<RunLock> lock_;
  std::optional<CheckpointFolder> checkpoints_;
  std::optional<BackgroundSaver> saver_;  // last: it uses the others
};

}  // namespace polytask
