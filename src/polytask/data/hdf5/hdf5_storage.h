// How a dataset is stored, and refusing what no data set needs.
//
// Runs in the worker process only.

#pragma once

#include "polytask/data/hdf5/hdf5_dataset.h"

namespace polytask {

// The shape of its chunks, outermost first; empty: contiguous.
[[nodiscard]] std::vector<std::uint64_t> chunk_shape(hid_t plist,
                                                     std::size_t rank);

// Throws Fault::data when it is external or virtual, or has a filter that is
// not built in.
void require_readable_storage(hid_t plist, const std::string& place);

// Throws Fault::data when shape or chunk declare more than 1000 times the size
// of the file (beyond 64 MiB).
void require_plausible_size(const Hdf5Dataset& dataset,
                            std::uint64_t file_bytes);

// Throws Fault::data when chunks of it were never written: rows that someone
// has made room for would be black images.
void require_written_rows(const Hdf5Dataset& dataset);

// Of one chunk, or 0; saturates.
[[nodiscard]] std::uint64_t chunk_bytes(const Hdf5Dataset& dataset);

// How many chunks the shape has room for; 1 when it is contiguous; saturates.
[[nodiscard]] std::uint64_t chunk_count(const Hdf5Dataset& dataset);

}  // namespace polytask
