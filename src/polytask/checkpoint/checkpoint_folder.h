// The checkpoints of a run: epoch-0001.safetensors, epoch-0002.safetensors, ...
//
// Beside them replaced best models, whose files are kept while a checkpoint
// names them: model-before-0009.safetensors was the best one until epoch 9.
//
// Other files in the folder are left alone. One thread at a time.

#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "polytask/base/folder.h"
#include "polytask/checkpoint/safetensors.h"

namespace polytask {

struct CheckpointEntry {
  int epoch = 0;
  std::filesystem::path path;
};

struct GoodCheckpoint {
  int epoch = 0;
  SafetensorsFile file;
};

class CheckpointFolder {
 public:
  // Removes what killed saves left behind. Throws Fault::io when the folder
  // cannot be read.
  explicit CheckpointFolder(Folder folder);

  // Where the checkpoint of this epoch (from 0 on) belongs.
  [[nodiscard]] std::filesystem::path path_of(int epoch) const;

  // To write it there. A folder that has this name gets another one, which ends
  // in ".unusable".
  [[nodiscard]] Destination destination_of(int epoch);

  // Newest first; their content is not looked at. Throws Fault::io when the
  // folder cannot be read.
  [[nodiscard]] std::vector<CheckpointEntry> list() const;

  // The newest one that is good: it can be read, is whole, and `use` takes it,
  // which throws Fault::data for one that it cannot use. Empty when there is
  // none at all. For each newer one that is not, a line is added to `problems`:
  //   "PATH: ... the file is damaged ...; going on from epoch-0008"
  // When there are some and none is good, throws Fault::io where the system did
  // not let us read one of them, else Fault::data; the text has all of them.
  // Passes on what else `use` throws, and Fault::resource.
  [[nodiscard]] std::optional<GoodCheckpoint> newest_good(
      std::vector<std::string>& problems,
      const std::function<void(const SafetensorsFile&)>& use);

  // Deletes what is older than the `keep` (at least 2) newest good ones, and
  // the replaced models that none of these can name. Each checkpoint is read
  // once to know whether it is good, so a save that went wrong in silence never
  // costs the good one before it.
  void prune(std::size_t keep);

  // Keeps the best model, which epoch `epoch` is about to replace: gives the
  // file `name` in `run` a second name here. Without effect on a file system
  // that knows no hard links.
  void keep_replaced_model(const Folder& run, const std::string& name,
                           int epoch);

  // Names of the replaced models, in no order.
  [[nodiscard]] std::vector<std::string> replaced_models() const;

  [[nodiscard]] const Folder& folder() const { return folder_; }

 private:
  [[nodiscard]] bool is_good(const CheckpointEntry& entry);

  Folder folder_;
  std::set<int> known_good_;  // epochs
  std::set<int> known_bad_;   // whole, but not to be used
};

}  // namespace polytask
