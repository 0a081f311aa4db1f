// The files of a run: its folder, which it has for itself, the checkpoints and
// the best model.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "polytask/base/function_ref.h"
#include "polytask/checkpoint/background_save.h"
#include "polytask/checkpoint/checkpoint_folder.h"
#include "polytask/checkpoint/run_lock.h"
#include "polytask/checkpoint/safetensors.h"
#include "polytask/model/model.h"
#include "polytask/train/training_state.h"
#include "polytask/train/training_step.h"

namespace polytask {

// What a training changes, and what its files hold.
struct TrainingSubject {
  Model& model;
  // The model that `model` is the heads of: it is saved, its heads as they are
  // in `model` by then. Null: `model` is all there is.
  const Model* whole = nullptr;

  [[nodiscard]] const Model& saved() const {
    return whole == nullptr ? model : *whole;
  }
};

class TrainingFiles {
 public:
  // What is saved and restored.
  struct Content {
    TrainingSubject subject;
    TrainingStep& step;
    TrainingState& state;
  };

  // Makes the folder and takes it; the content must outlive the files. Throws
  // Fault::io when it cannot be made, and as RunLock does.
  TrainingFiles(const std::filesystem::path& folder, const Content& content);

  // With `resume`, goes on from the newest good checkpoint, if there is one:
  // overwrites the content. Else the folder must hold no run yet.
  //   warn   called with a sentence for each file that was of no use, or was
  //          mended
  // Throws Fault::config when a run or a model is there already, Fault::data
  // and Fault::io when a checkpoint or its model cannot be used.
  void begin(bool resume, FunctionRef<void(const std::string&)> warn);

  // Starts to save the content after an epoch: a checkpoint and, where it is
  // the best, the model. The parameters may change again when
  // wait_until_copied() has returned. Throws Fault::io, also for a save before.
  void save(int epoch, bool best);
  void wait_until_copied() { saver_.wait_until_copied(); }
  void wait() { saver_.wait(); }

  // The checkpoints that became durable since the last call.
  [[nodiscard]] std::vector<CheckpointReport> take_durable();

 private:
  void restore_newest(FunctionRef<void(const std::string&)> warn);
  void require_no_run() const;
  [[nodiscard]] std::vector<TensorView> tensors_with(
      const ParameterStore& learned) const;

  Content content_;
  Folder folder_;
  RunLock lock_;
  CheckpointFolder checkpoints_;
  BackgroundSaver saver_;  // last: it uses the others
};

}  // namespace polytask
