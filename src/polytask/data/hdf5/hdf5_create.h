// The pieces of an HDF5 file that is being written.
//
// Each function throws Fault::io, with the reason alone, when HDF5 refuses.

#pragma once

#include <string>
#include <vector>

#include "polytask/data/hdf5/hdf5_handle.h"

namespace polytask {

void require_written(bool ok);
[[nodiscard]] Hdf5Handle checked_handle(Hdf5Handle handle);
[[nodiscard]] Hdf5Handle make_space(const std::vector<hsize_t>& shape);

// The properties of an object that holds no time of its writing.
//   of   H5P_DATASET_CREATE or H5P_GROUP_CREATE
[[nodiscard]] Hdf5Handle make_timeless(hid_t of);

// An attribute of one UTF-8 text each.
void write_texts(hid_t object, const std::string& name,
                 const std::vector<std::string>& texts);

}  // namespace polytask
