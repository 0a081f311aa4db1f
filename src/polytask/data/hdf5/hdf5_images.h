// The images of an HDF5 file: what their shape means, and reading them.
//
// Runs in the worker process only.

#pragma once

#include <cstddef>

#include "polytask/data/hdf5/hdf5_dataset.h"
#include "polytask/data/hdf5/hdf5_description.h"
#include "polytask/data/hdf5_reader.h"

namespace polytask {

struct Hdf5ImagePlan {
  DatasetSpec spec;          // without labels
  std::uint64_t images = 0;  // N
  bool channels_first = false;
  bool planes_turned = false;  // [N, C, W, H], as MATLAB writes H x W x C x N
};

// Throws Fault::data when rank, axes or type are not those of images, or the
// layout is ambiguous and the option does not say.
[[nodiscard]] Hdf5ImagePlan plan_images(const Hdf5Dataset& dataset,
                                        ImageLayout layout);

// Overwrites `out`, [N, H, W, C], a slab of whole chunks at a time.
// Throws Fault::data when HDF5 cannot read, or a float is not finite; names
// the first five such images.
void read_images(const Hdf5Dataset& dataset, const Hdf5ImagePlan& plan,
                 std::byte* out);

// Memory that read_images needs beyond `out`, at most.
[[nodiscard]] std::size_t scratch_bytes(const Hdf5Dataset& dataset,
                                        const Hdf5ImagePlan& plan);

}  // namespace polytask
