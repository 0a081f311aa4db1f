// What a run is between two epochs: what a checkpoint holds beside the model
// and the optimiser's memory, so that a resumed run continues bit for bit.
//
// Random numbers are addressed by (seed, epoch, sample), so no generator's
// state is part of it.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "polytask/checkpoint/safetensors.h"
#include "polytask/model/model.h"
#include "polytask/optim/adam.h"
#include "polytask/train/progress.h"

namespace polytask {

// The metadata entry that holds it, and what the names of its tensors begin
// with that are the moving average of the weights.
inline constexpr const char* kStateKey = "polytask.training";
inline constexpr const char* kAverage = "training/average/";

struct TrainingState {
  std::int64_t steps = 0;
  std::vector<EpochReport> history;  // one per epoch that is done
  std::vector<double> weighting;     // what the weighting of tasks learned
  int best_epoch = 0;
  double best_value = 0.0;  // of best_epoch: of what is monitored
  std::string best_model;   // the checksum of its file; not in add_state
  std::string fingerprint;  // of options and data: what must not change
};

// Adds the state, and what the optimiser keeps, to a model's metadata and
// tensors.
void add_state(const TrainingState& state, const AdamMemory& optimiser,
               Metadata& metadata, std::vector<TensorView>& tensors);

// Throws Fault::data for a file that holds no state of a training.
void require_state(const SafetensorsFile& file);

// Overwrites the model's parameters, the optimiser's memory and the state from
// a checkpoint.
// Throws Fault::data when the file is no checkpoint of this network,
// Fault::config when its fingerprint is another one.
void restore(const SafetensorsFile& file, Model& model, AdamMemory& optimiser,
             TrainingState& state);

}  // namespace polytask
