#include "polytask/train/best_model.h"

#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/checkpoint/model_content.h"
#include "polytask/checkpoint/run_model.h"
#include "polytask/train/training_state.h"

namespace polytask {
namespace {

constexpr const char* kNameKey = "polytask.best_model";

std::string named_by(const SafetensorsFile& checkpoint) {
  const auto found = checkpoint.metadata().find(kNameKey);
  return found == checkpoint.metadata().end() ? "" : found->second;
}

// Its tensors without those of the training; the moving average in the place of
// the weights, where there is one.
std::vector<TensorView> tensors_of_model(const SafetensorsFile& checkpoint) {
  std::vector<TensorView> tensors;
  for (TensorView tensor : checkpoint.tensors()) {
    if (tensor.name.starts_with(kTrainingPrefix)) continue;
    const TensorView* average = checkpoint.find(kAverage + tensor.name);
    if (average != nullptr) tensor.values = average->values;
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

// Writes the model of the checkpoint's own epoch, as its save did, and returns
// the checksum.
std::string write_model_of(const SafetensorsFile& checkpoint,
                           const Folder& run) {
  Metadata metadata = checkpoint.metadata();
  metadata.erase(kStateKey);
  metadata.erase(kNameKey);
  SafetensorsWriter writer({run, kModelFile}, metadata,
                           tensors_of_model(checkpoint));
  writer.write_bytes();
  writer.commit();
  return writer.checksum();
}

// Empty when the file cannot be used.
std::string checksum_of(const std::filesystem::path& file) {
  try {
    return SafetensorsFile::verify(file);
  } catch (const Error&) {
    return "";
  }
}

// What is there instead.
std::string found_in(const std::filesystem::path& file) {
  try {
    return cat("another model (", SafetensorsFile::verify(file), ")");
  } catch (const Error& e) {
    return cat("none (", e.what(), ")");
  }
}

bool take_replaced_model(const Folder& run, const CheckpointFolder& checkpoints,
                         const std::string& checksum) {
  const Folder& folder = checkpoints.folder();
  for (const std::string& name : checkpoints.replaced_models()) {
    if (checksum_of(folder.path() / name) != checksum) continue;
    if (::renameat(folder.descriptor(), name.c_str(), run.descriptor(),
                   kModelFile) != 0) {
      return false;
    }
    ::fsync(run.descriptor());
    return true;
  }
  return false;
}

std::optional<SafetensorsFile> whole_file(const std::filesystem::path& path) {
  try {
    return SafetensorsFile(path);
  } catch (const Error& e) {
    if (e.fault() == Fault::data || e.fault() == Fault::io) return {};
    throw;
  }
}

// The checkpoint of another epoch, if it is there and names this model.
bool take_from_checkpoint(const Folder& run,
                          const CheckpointFolder& checkpoints, int epoch,
                          const std::string& checksum) {
  const auto file = whole_file(checkpoints.path_of(epoch));
  if (!file || named_by(*file) != checksum) return false;
  write_model_of(*file, run);
  return true;
}

[[noreturn]] void refuse(const std::filesystem::path& model,
                         const GoodCheckpoint& checkpoint, int best_epoch,
                         const std::string& checksum) {
  throw Error(Fault::data,
              cat(model.string(), ": expected the model of epoch ", best_epoch,
                  " (", checksum, "), the best one of ",
                  checkpoint.file.path().filename().string(), ", found ",
                  found_in(model),
                  "; put it back, or start the run anew in another run.dir"));
}

}  // namespace

void name_best_model(const std::string& checksum, Metadata& metadata) {
  metadata[kNameKey] = checksum;
}

BestModel mend_best_model(const Folder& run,
                          const CheckpointFolder& checkpoints,
                          const GoodCheckpoint& checkpoint, int best_epoch) {
  const std::filesystem::path model = run.path() / kModelFile;
  const std::string named = named_by(checkpoint.file);
  const std::string found = checksum_of(model);
  BestModel best{.epoch = best_epoch, .checksum = named, .mended = ""};
  if (!named.empty() && found == named) return best;
  const std::string restored =
      cat(model.string(), ": was not the model of epoch ", best_epoch,
          ", the best one of ", checkpoint.file.path().filename().string(),
          "; it was restored");
  if (best_epoch == checkpoint.epoch) {
    best.checksum = write_model_of(checkpoint.file, run);
    if (best.checksum != found) best.mended = restored;
    return best;
  }
  if (named.empty() && !found.empty()) {
    best.checksum = found;
    best.mended =
        cat(model.string(), ": is taken for the model of epoch ", best_epoch,
            ", which ", checkpoint.file.path().filename().string(),
            ", of an older version, cannot prove");
    return best;
  }
  if (!named.empty() &&
      (take_replaced_model(run, checkpoints, named) ||
       take_from_checkpoint(run, checkpoints, best_epoch, named))) {
    best.mended = restored;
    return best;
  }
  refuse(model, checkpoint, best_epoch, named);
}

}  // namespace polytask
