// Writes a data set as an HDF5 file, in the layout of the post's dataset.h5.
//
//   images   [N, C, H, W], uint8 or float32 as in the data set, in chunks of
//            about a megabyte
//   labels   [N, L] with the names as attribute `labels`; absent when there
//            are no columns
//
// Where a column's name has a slash, or a column has classes, the labels are
// a group instead, with a dataset a task, in their order:
//
//   labels/objects   [N, L]  of the columns "objects/car", "objects/bus", with
//                            car and bus as attribute `labels`
//   labels/weather   [N]     of the column "weather", with its classes, if
//                            they have names, as attribute `classes`
//
// Each dataset has the smallest type that holds its values: uint8 for whole
// numbers; int8 or int32 where they are large or, as -1, missing; float32 for
// all others. What may be a measurement, and -1 one of its values, is float32
// with NaN as soon as one is missing: a task of one column without classes, and
// one of several of which a value is above 1.
//
// The same data gives the same bytes.

#pragma once

#include <filesystem>
#include <string>

#include "polytask/data/dataset.h"

namespace polytask {

struct Hdf5WriteOptions {
  std::string images = "x";
  std::string labels = "y";    // a dataset, or a group of them
  bool channels_last = false;  // [N, H, W, C] instead
  bool compress = true;        // gzip, its fastest level
};

// Replaces `path` at once and durably, or leaves it as it was: the file is
// written under another name in the same folder, flushed to the disk, and
// renamed.
//
// HDF5 works in a forked process, which reads `data` there; `data` must not
// wait for other threads.
//
// Throws Fault::io when the file cannot be written, a full disk included,
// Fault::shape when there is no image or the names of the columns make no
// tasks, and what `data` throws.
void write_hdf5(const Dataset& data, const std::filesystem::path& path,
                const Hdf5WriteOptions& options = {});

}  // namespace polytask
