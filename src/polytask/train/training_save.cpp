// What a training saves, and when it is durable.

#include <algorithm>

#include "polytask/checkpoint/model_content.h"
#include "polytask/train/training.h"

namespace polytask {
namespace {

constexpr std::size_t kCheckpoints = 2;  // that stay

}  // namespace

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
// until they have been read. The best model becomes durable first: a run that
// is resumed from this checkpoint will not make it again.
void Training::save(int epoch, bool best) {
  Metadata metadata = model_metadata(saved_model());
  std::shared_ptr<SafetensorsWriter> best_model;
  saver_->wait();
  if (best) {
    best_model = std::make_shared<SafetensorsWriter>(
        run_.folder / "model.safetensors", metadata,
        saved_tensors(resulting_parameters()));
  }
  std::vector<TensorView> tensors = saved_tensors(model_.parameters);
  add_state(state_, metadata, tensors);
  auto checkpoint = std::make_shared<SafetensorsWriter>(
      checkpoints_->path_of(epoch), metadata, tensors);
  saver_->start({.epoch = epoch,
                 .copy =
                     [best_model, checkpoint] {
                       if (best_model) best_model->write_bytes();
                       checkpoint->write_bytes();
                     },
                 .make_durable =
                     [this, best_model, checkpoint] {
                       if (best_model) best_model->commit();
                       checkpoint->commit();
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
