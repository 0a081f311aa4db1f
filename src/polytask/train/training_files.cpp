#include "polytask/train/training_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <system_error>

#include "polytask/base/atomic_file.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/checkpoint/model_content.h"
#include "polytask/checkpoint/run_model.h"
#include "polytask/train/best_model.h"

namespace polytask {
namespace {

constexpr std::size_t kCheckpoints = 2;  // that stay

const std::filesystem::path& made(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) return folder;
  throw Error(Fault::io,
              cat(folder.string(), ": cannot create the folder of the run: ",
                  error.message(), "; choose another run.dir"));
}

Folder checkpoints_in(const Folder& run) {
  remove_leftovers(run);
  return run.inner("checkpoints");
}

bool holds_model(const Folder& folder) {
  struct stat status {};
  return ::fstatat(folder.descriptor(), kModelFile, &status,
                   AT_SYMLINK_NOFOLLOW) == 0;
}

std::vector<TensorView> tensors_of(const ParameterStore& parameters) {
  return parameter_tensors(parameters.layout(), parameters.flat());
}

// A save on its way: what its two moments share.
struct Save {
  Metadata metadata;  // of the checkpoint
  std::vector<TensorView> tensors;
  std::optional<SafetensorsWriter> best_model;  // where the epoch is the best
  std::optional<SafetensorsWriter> checkpoint;
};

}  // namespace

TrainingFiles::TrainingFiles(const std::filesystem::path& folder,
                             const Content& content)
    : content_(content),
      folder_(made(folder)),
      lock_(folder_),
      checkpoints_(checkpoints_in(folder_)) {}

void TrainingFiles::begin(bool resume,
                          FunctionRef<void(const std::string&)> warn) {
  if (resume && !checkpoints_.list().empty()) {
    restore_newest(warn);
  } else {
    require_no_run();
  }
}

void TrainingFiles::require_no_run() const {
  if (!checkpoints_.list().empty()) {
    throw Error(Fault::config,
                cat(folder_.path().string(), ": a run is there already; go on ",
                    "with it (polytask train --resume ",
                    folder_.path().string(), "), or choose another run.dir"));
  }
  if (holds_model(folder_)) {
    throw Error(Fault::config,
                cat((folder_.path() / kModelFile).string(),
                    ": a model is there already, without a checkpoint to go "
                    "on from; move it away, or choose another run.dir"));
  }
}

void TrainingFiles::restore_newest(FunctionRef<void(const std::string&)> warn) {
  TrainingState& state = content_.state;
  std::vector<std::string> unusable;
  const auto newest =
      checkpoints_.newest_good(unusable, [&](const SafetensorsFile& file) {
        restore(file, content_.subject.model, content_.step.memory(), state);
      });
  for (const std::string& text : unusable) warn(text);
  const BestModel best =
      mend_best_model(folder_, checkpoints_, *newest, state.best_epoch);
  state.best_model = best.checksum;
  if (!best.mended.empty()) warn(best.mended);
  content_.step.resume(state.steps, state.weighting);
}

// All tensors of the saved model, with those that learn as `learned` has them.
std::vector<TensorView> TrainingFiles::tensors_with(
    const ParameterStore& learned) const {
  const Model* const whole = content_.subject.whole;
  if (whole == nullptr) return tensors_of(learned);
  std::vector<TensorView> tensors = tensors_of(whole->parameters);
  for (const TensorView& tensor : tensors_of(learned)) {
    std::ranges::find(tensors, tensor.name, &TensorView::name)->values =
        tensor.values;
  }
  return tensors;
}

// The checkpoint names the best model by its checksum, so that is written
// first; the checkpoint becomes durable first, for from there on a run that is
// resumed can make the model again.
void TrainingFiles::save(int epoch, bool best) {
  const auto& [subject, step, state] = content_;
  const auto save = std::make_shared<Save>();
  save->metadata = model_metadata(subject.saved());
  saver_.wait();
  if (best) {
    save->best_model.emplace(Destination(folder_, kModelFile), save->metadata,
                             tensors_with(step.result()));
  }
  save->tensors = tensors_with(subject.model.parameters);
  add_state(state, step.memory(), save->metadata, save->tensors);
  saver_.start(
      {.epoch = epoch,
       .copy =
           [this, save, epoch] {
             std::string& checksum = content_.state.best_model;
             if (save->best_model) {
               save->best_model->write_bytes();
               checksum = save->best_model->checksum();
             }
             name_best_model(checksum, save->metadata);
             save->checkpoint.emplace(checkpoints_.destination_of(epoch),
                                      save->metadata, save->tensors);
             save->checkpoint->write_bytes();
           },
       .make_durable =
           [this, save, epoch] {
             save->checkpoint->commit();
             if (save->best_model) {
               checkpoints_.keep_replaced_model(folder_, kModelFile, epoch);
               save->best_model->commit();
             }
             checkpoints_.prune(kCheckpoints);
           }});
}

std::vector<CheckpointReport> TrainingFiles::take_durable() {
  std::vector<CheckpointReport> reports;
  for (const int epoch : saver_.take_durable()) {
    reports.push_back({.epoch = epoch, .path = checkpoints_.path_of(epoch)});
  }
  return reports;
}

}  // namespace polytask
