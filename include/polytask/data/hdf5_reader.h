// Reads a data set from an HDF5 file, in the layouts people have.
//
//   images   [N, C, H, W] or [N, H, W, C], C = 1 or 3; uint8, or any float
//            type (kept as float32); contiguous, chunked or compressed
//   labels   [N, L] or [N]; any integer, float or bool type; 0, 1, and
//            missing as -1 or NaN. Or a group of such datasets, one per task:
//            then the columns of y/objects are called "objects/car", ..., and
//            the one of y/weather "weather"; its attribute `classes` may hold
//            the names of its classes; there any finite number may stand
//
// HDF5 is a large library that damaged files crash, so it runs in a limited
// process of its own: the worst a file can do is an Error. Its images arrive
// as shared memory and are not copied.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "polytask/data/dataset.h"

namespace polytask {

// Where the channels are. `automatic` finds the axis of length 1 or 3.
enum class ImageLayout { automatic, nchw, nhwc };

struct Hdf5Options {
  std::string images = "x";  // name of the dataset, "group/name" too
  std::string labels = "y";
  ImageLayout layout = ImageLayout::automatic;

  // One name a column of the labels, where they are one dataset. Empty: the
  // strings of the labels' attribute `labels`, `label_names` or `names`, else
  // label_0, label_1, ...
  std::vector<std::string> label_names = {};

  CellValues values = CellValues::labels;
  MinusOne minus_one = MinusOne::missing;  // what the data set says of it

  // False: a file without labels is fine, and its targets are all missing.
  bool require_labels = true;
};

// The whole file, in memory. Image i is called "file.h5[i]".
//
// Refused: data that is declared more than 1000 times as large as the file
// (beyond 64 MiB), soft and external links, external and virtual datasets,
// and filters that are not built into HDF5.
//
// Throws Fault::io when the file cannot be opened, Fault::data for everything
// wrong in it, Fault::config for label_names that do not fit, and
// Fault::resource when memory is short. Every message names file and dataset,
// and row and column where there is one.
[[nodiscard]] DatasetPtr read_hdf5(const std::filesystem::path& path,
                                   const Hdf5Options& options = {});

}  // namespace polytask
