// Finding a dataset in an HDF5 file, and refusing what no data set needs.
//
// Runs in the worker process only.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "polytask/data/hdf5/hdf5_handle.h"

namespace polytask {

struct Hdf5File {
  Hdf5Handle id;
  std::string path;
  std::uint64_t bytes = 0;  // size of the file
};

struct Hdf5Dataset {
  Hdf5Handle id;
  Hdf5Handle type;                   // as stored
  std::string place;                 // scenes.h5: dataset "x"
  std::vector<std::uint64_t> shape;  // outermost first
  std::vector<std::uint64_t> chunk;  // the same axes; empty: contiguous
  bool matlab = false;               // MATLAB wrote it: axes are reversed
};

// Throws Fault::data when it is not an HDF5 file or HDF5 cannot open it.
[[nodiscard]] Hdf5File open_hdf5(const std::string& path, std::uint64_t bytes);

// Throws Fault::data when there is no such dataset (the message lists those
// there are), or it is reached over an external link, is external or virtual,
// has a filter that is not built in, or declares more data than 1000 times the
// size of the file (beyond 64 MiB). A chunk of any size fits its cache.
//   option   the option that names it, "images" or "labels"
[[nodiscard]] Hdf5Dataset open_dataset(const Hdf5File& file,
                                       const std::string& name,
                                       const std::string& option);

// Whether there is such an attribute. Throws Fault::data when HDF5 cannot tell:
// what a damaged file holds is not missing.
[[nodiscard]] bool has_attribute(const Hdf5Dataset& dataset, const char* name);

// Lengths of the axes of a space.
[[nodiscard]] std::vector<std::uint64_t> extent_of(hid_t space);

// "(1600, 3, 100, 100)"
[[nodiscard]] std::string shape_text(const std::vector<std::uint64_t>& shape);

// A part of a dataset: from where, and how far along each axis.
struct Hdf5Box {
  std::vector<std::uint64_t> start;
  std::vector<std::uint64_t> extent;
};

// Overwrites `out` with the values of the box as `memory_type`.
// Throws Fault::data when HDF5 cannot read them.
void read_box(const Hdf5Dataset& dataset, const Hdf5Box& box, hid_t memory_type,
              void* out);

// The same for rows [first, first + count), whole.
void read_rows(const Hdf5Dataset& dataset, std::uint64_t first,
               std::uint64_t count, hid_t memory_type, void* out);

}  // namespace polytask
