// The labels of an HDF5 file: their names and their targets.
//
// Runs in the worker process only.

#pragma once

#include <span>
#include <string>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/data/hdf5/hdf5_dataset.h"

namespace polytask {

// L of labels [N, L] or [N], with any number of axes of length 1 behind, and
// the axes reversed where MATLAB wrote them. Throws Fault::data when shape or
// type do not fit, or N is not the number of images.
[[nodiscard]] std::size_t count_labels(const Hdf5Dataset& labels,
                                       const Hdf5Dataset& images);

// Whether it is one column without an axis for more; MATLAB's have two always.
[[nodiscard]] bool is_vector(const Hdf5Dataset& labels);

// `chosen`, else the attribute's, else label_0, ...; see Hdf5Options.
// Throws Fault::config (chosen) or Fault::data when they do not fit.
[[nodiscard]] std::vector<std::string> label_names(
    const Hdf5Dataset& labels, std::size_t count,
    const std::vector<std::string>& chosen);

// The names of the classes in the attribute "classes" of a dataset of one
// column; empty when it has none. Throws Fault::data when they are no names.
[[nodiscard]] std::vector<std::string> class_names(const Hdf5Dataset& labels);

// Writes the columns of `labels`, one per name, from column `first` on into
// `targets`, [N, columns]; missing becomes NaN.
// Throws Fault::data for a value that `values` rules out; names the first five
// cells.
void read_targets(const Hdf5Dataset& labels,
                  const std::vector<std::string>& names, CellValues values,
                  std::size_t first, std::size_t columns,
                  std::span<float> targets);

}  // namespace polytask
