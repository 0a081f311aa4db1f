// Reading a whole HDF5 data set into shared memory: the worker's job.

#pragma once

#include <cstdint>
#include <string>

#include "polytask/base/worker/shared_memory.h"
#include "polytask/data/hdf5/hdf5_description.h"
#include "polytask/data/hdf5_reader.h"

namespace polytask {

// Sizes and types are checked first, then the memory is made, then it is
// filled; see hdf5_reader.h for what is refused.
//   file_bytes   size of the file, what declared sizes are judged by
[[nodiscard]] Hdf5Description read_hdf5_content(const std::string& path,
                                                std::uint64_t file_bytes,
                                                const Hdf5Options& options,
                                                SharedMemory& memory);

}  // namespace polytask
