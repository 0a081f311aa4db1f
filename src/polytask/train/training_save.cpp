// What a training saves, when it is durable, and how it goes on from it.

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "polytask/base/atomic_file.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/checkpoint/model_content.h"
#include "polytask/train/best_model.h"
#include "polytask/train/fingerprint.h"
#include "polytask/train/training.h"

namespace polytask {
namespace {

constexpr std::size_t kCheckpoints = 2;  // that stay

bool holds_model(const Folder& folder) {
  struct stat status {};
  return ::fstatat(folder.descriptor(), kModelFile, &status,
                   AT_SYMLINK_NOFOLLOW) == 0;
}

// A save on its way: what its two moments share.
struct Save {
  Metadata metadata;  // of the checkpoint
  std::vector<TensorView> tensors;
  std::optional<SafetensorsWriter> best_model;  // where the epoch is the best
  std::optional<SafetensorsWriter> checkpoint;
};

}  // namespace

// Takes the run's folder and, to resume, the newest good checkpoint in it.
void Training::open_folder() {
  state_.fingerprint = fingerprint_of(saved_model().spec, options_, data_);
  std::error_code error;
  std::filesystem::create_directories(run_.folder, error);
  if (error) {
    throw Error(Fault::io, cat(run_.folder.string(),
                               ": cannot create the folder of the run: ",
                               error.message(), "; choose another run.dir"));
  }
  folder_.emplace(run_.folder);
  lock_.emplace(*folder_);
  remove_leftovers(*folder_);
  checkpoints_.emplace(folder_->inner("checkpoints"));
  saver_.emplace();
  const bool empty = checkpoints_->list().empty();
  if (run_.resume && !empty) return resume();
  if (!empty) {
    throw Error(Fault::config,
                cat(run_.folder.string(), ": a run is there already; go on ",
                    "with it (polytask train --resume ", run_.folder.string(),
                    "), or choose another run.dir"));
  }
  if (holds_model(*folder_)) {
    throw Error(Fault::config,
                cat((run_.folder / kModelFile).string(),
                    ": a model is there already, without a checkpoint to go "
                    "on from; move it away, or choose another run.dir"));
  }
}

void Training::resume() {
  std::vector<std::string> unusable;
  const auto newest = checkpoints_->newest_good(
      unusable,
      [this](const SafetensorsFile& file) { restore(file, model_, state_); });
  for (const std::string& text : unusable) warn(text);
  const BestModel best =
      mend_best_model(*folder_, *checkpoints_, *newest, state_.best_epoch);
  state_.best_model = best.checksum;
  if (!best.mended.empty()) warn(best.mended);
  adam_ = Adam(options_.adam, state_.steps);
  balance_.restore(state_.weighting);
}

const Model& Training::saved_model() const {
  return whole_ == nullptr ? model_ : *whole_;
}

// All tensors of the saved model, with those that learn as `learned` has them.
std::vector<TensorView> Training::saved_tensors(
    const ParameterStore& learned) const {
  const auto tensors_of = [](const ParameterStore& parameters) {
    return parameter_tensors(parameters.layout(), parameters.flat());
  };
  if (whole_ == nullptr) return tensors_of(learned);
  std::vector<TensorView> tensors = tensors_of(whole_->parameters);
  for (const TensorView& tensor : tensors_of(learned)) {
    std::ranges::find(tensors, tensor.name, &TensorView::name)->values =
        tensor.values;
  }
  return tensors;
}

// The next steps go on while the parameters are written; the optimiser waits
// until they have been read. The checkpoint names the best model by its
// checksum, so that is written first; the checkpoint becomes durable first, for
// from there on a run that is resumed can make the model again.
void Training::save(int epoch, bool best) {
  const auto save = std::make_shared<Save>();
  save->metadata = model_metadata(saved_model());
  saver_->wait();
  if (best) {
    save->best_model.emplace(Destination(*folder_, kModelFile), save->metadata,
                             saved_tensors(resulting_parameters()));
  }
  save->tensors = saved_tensors(model_.parameters);
  add_state(state_, save->metadata, save->tensors);
  saver_->start(
      {.epoch = epoch,
       .copy =
           [this, save, epoch] {
             if (save->best_model) {
               save->best_model->write_bytes();
               state_.best_model = save->best_model->checksum();
             }
             name_best_model(state_.best_model, save->metadata);
             save->checkpoint.emplace(checkpoints_->destination_of(epoch),
                                      save->metadata, save->tensors);
             save->checkpoint->write_bytes();
           },
       .make_durable =
           [this, save, epoch] {
             save->checkpoint->commit();
             if (save->best_model) {
               checkpoints_->keep_replaced_model(*folder_, kModelFile, epoch);
               save->best_model->commit();
             }
             checkpoints_->prune(kCheckpoints);
           }});
}

void Training::report_saves() {
  if (!saver_) return;
  for (const int epoch : saver_->take_durable()) {
    if (run_.observer == nullptr) continue;
    run_.observer->on_checkpoint(
        {.epoch = epoch, .path = checkpoints_->path_of(epoch)});
  }
}

}  // namespace polytask
