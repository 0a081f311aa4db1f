// Writes the columns of a data set into an HDF5 file, as hdf5_writer.h says.

#pragma once

#include <string>
#include <vector>

#include "polytask/data/column_groups.h"
#include "polytask/data/hdf5/hdf5_handle.h"

namespace polytask {

// All columns as one dataset, with their names as attribute `labels`; nothing
// when there are no columns. Throws Fault::io.
void write_labels(const Dataset& data, hid_t file, const std::string& name);

// A group with a dataset a task, in their order. Throws Fault::io.
void write_tasks(const Dataset& data, const std::vector<TaskColumns>& tasks,
                 hid_t file, const std::string& name);

}  // namespace polytask
