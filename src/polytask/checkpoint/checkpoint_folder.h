// The checkpoints of a run: epoch-0001.safetensors, epoch-0002.safetensors, ...
//
// Other files in the folder are left alone. One thread at a time.

#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

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
  // Creates the folder when there is none and removes what killed saves left
  // behind. Throws Fault::io when it cannot be created.
  explicit CheckpointFolder(std::filesystem::path folder);

  // Where the checkpoint of this epoch (from 0 on) belongs.
  [[nodiscard]] std::filesystem::path path_of(int epoch) const;

  // Newest first; their content is not looked at. Throws Fault::io when the
  // folder cannot be read.
  [[nodiscard]] std::vector<CheckpointEntry> list() const;

  // The newest one that is whole; empty when there is none at all. For each
  // newer one that is not, a line is added to `problems`:
  //   "PATH: ... the file is damaged ...; going on from epoch-0008"
  // Throws Fault::data when there are some and all are damaged, Fault::io when
  // one is there but the system does not let us read it, Fault::resource when
  // there is not enough memory.
  [[nodiscard]] std::optional<GoodCheckpoint> newest_good(
      std::vector<std::string>& problems);

  // Deletes what is older than the `keep` (at least 2) newest good ones. Each
  // checkpoint is read once to know whether it is good, so a save that went
  // wrong in silence never costs the good one before it.
  void prune(std::size_t keep);

 private:
  [[nodiscard]] bool is_good(const CheckpointEntry& entry);

  std::filesystem::path folder_;
  std::set<int> known_good_;  // epochs
};

}  // namespace polytask
