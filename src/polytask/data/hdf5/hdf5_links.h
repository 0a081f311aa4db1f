// Finding things by name in an HDF5 file, without ever leaving the file.
//
// Hard links and soft links within the file are followed. External links are
// not: HDF5 itself is told to refuse them, wherever on the way they stand.
//
// Runs in the worker process only.

#pragma once

#include <string>
#include <vector>

#include "polytask/data/hdf5/hdf5_dataset.h"

namespace polytask {

// Access properties for H5Dopen2 and its like that follow no external link.
//   of   H5P_LINK_ACCESS, H5P_DATASET_ACCESS or H5P_GROUP_ACCESS
[[nodiscard]] Hdf5Handle stay_in_file(hid_t of);

// True when there is a link of this name, whatever it leads to. Throws
// Fault::data when HDF5 cannot tell: what a damaged file holds is not missing.
[[nodiscard]] bool has_link(const Hdf5File& file, const std::string& name);

// Throws Fault::data when a part of "group/name" cannot be followed within the
// file.
void require_links_within(const Hdf5File& file, const std::string& name,
                          const std::string& place);

// The names of the datasets in a group, "y/objects", "y/weather", in order;
// none when there is no group of this name, or it is empty. What is there but
// cannot be opened is among them. Throws Fault::data as has_link does.
[[nodiscard]] std::vector<std::string> datasets_in(const Hdf5File& file,
                                                   const std::string& group);

// What the file has: "\"x\" (48, 3, 16, 16) uint8, ...".
[[nodiscard]] std::string list_datasets(const Hdf5File& file);

}  // namespace polytask
