// What the worker that reads an HDF5 file tells its parent about the shared
// memory it filled.

#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "polytask/data/dataset.h"

namespace polytask {

// The memory holds the images, [N, H, W, C] in spec.pixels, then, from a
// multiple of 64 bytes on, the targets, [N, L] float, if there are any.
struct Hdf5Description {
  std::int64_t size = 0;  // N
  DatasetSpec spec;
  bool has_targets = false;

  // Products of sizes that were checked to fit when it was made.
  [[nodiscard]] std::size_t image_bytes() const;
  [[nodiscard]] std::size_t targets_offset() const;  // bytes
  [[nodiscard]] std::size_t target_count() const;    // N * L, or 0
  [[nodiscard]] std::size_t total_bytes() const;
};

// False when N, H, W, C or L is out of range, or their products are.
[[nodiscard]] bool is_plausible(const Hdf5Description& description);

[[nodiscard]] std::string encode(const Hdf5Description& description);

// The inverse; nothing when `text` is no plausible description: its writer had
// read a file no one trusts.
[[nodiscard]] std::optional<Hdf5Description> decode(const std::string& text);

}  // namespace polytask
