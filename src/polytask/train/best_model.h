// The model file of a run and the checkpoint that names it: a run that is
// resumed must not publish another model than that of its best epoch.
//
// A checkpoint's metadata names model.safetensors by its checksum. A save makes
// the checkpoint durable first and then the model, so after a kill between the
// two the newest checkpoint is that of the best epoch, and holds the model.

#pragma once

#include <string>

#include "polytask/checkpoint/checkpoint_folder.h"

namespace polytask {

// Writes into a checkpoint's metadata which model belongs to it.
void name_best_model(const std::string& checksum, Metadata& metadata);

struct BestModel {
  int epoch = 0;
  std::string checksum;  // of its file
  std::string mended;    // what was done about it, for the user; or empty
};

// Makes model.safetensors in `run` the model of `best_epoch` that `checkpoint`
// names. One that is missing, damaged or another's is replaced: by a model that
// `checkpoints` has kept, or by what the checkpoint of that epoch holds. A
// checkpoint of an older version names none; then its model is taken for the
// right one where the best epoch is not its own, and `mended` says so.
//
// Throws Fault::data when the model is needed and cannot be had, Fault::io when
// it cannot be written, Fault::resource when there is not enough memory.
[[nodiscard]] BestModel mend_best_model(const Folder& run,
                                        const CheckpointFolder& checkpoints,
                                        const GoodCheckpoint& checkpoint,
                                        int best_epoch);

}  // namespace polytask
