// The labels of an HDF5 file: their names and their targets.
//
// Runs in the worker process only.

#pragma once

#include <span>
#include <string>
#include <vector>

#include "polytask/data/hdf5_dataset.h"

namespace polytask {

// L of labels [N, L] or [N]. Throws Fault::data when rank or type do not fit,
// or N is not `images`.
[[nodiscard]] std::size_t count_labels(const Hdf5Dataset& labels,
                                       const Hdf5Dataset& images);

// `chosen`, else the attribute's, else label_0, ...; see Hdf5Options.
// Throws Fault::config (chosen) or Fault::data when they do not fit.
[[nodiscard]] std::vector<std::string> label_names(
    const Hdf5Dataset& labels, std::size_t count,
    const std::vector<std::string>& chosen);

// Overwrites `targets`, [N, L], with 0, 1 or NaN.
// Throws Fault::data for every other value; names the first five cells.
void read_targets(const Hdf5Dataset& labels,
                  const std::vector<std::string>& names,
                  std::span<float> targets);

}  // namespace polytask
