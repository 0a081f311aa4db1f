// Where images and labels come from, as a recipe says it.

#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/data/hdf5_reader.h"
#include "polytask/data/split.h"

namespace polytask {

struct DataOptions {
  // An HDF5 file, or a folder of JPEG and PNG files.
  std::filesystem::path path;

  // HDF5 only.
  std::string images = "x";
  std::string labels = "y";
  ImageLayout layout = ImageLayout::automatic;

  // Folders only: the CSV table of file names and labels, and the size every
  // image is brought to. No table: "labels.csv" in the folder or beside it.
  std::filesystem::path table;
  std::vector<int> image_size{100, 100};  // height, width

  // What a stored value is multiplied by; none: 1/255 for whole numbers, 1 for
  // fractions.
  std::optional<double> scale;

  // What a -1 among labels means.
  MinusOne minus_one = MinusOne::ask;

  // Test images of their own, read as `path` is: no training and no choice of
  // an epoch sees them. Empty: none but those of the split.
  std::filesystem::path test;
  // Of the images of `path`. What test_size holds back is the validation part,
  // unless validation_size is given: then it is a test part.
  SplitOptions split;
};

// Every broken rule; empty when the options are usable.
[[nodiscard]] std::vector<std::string> problems(const DataOptions& options);

// The whole data set, with all its columns as they are in the file; what they
// mean, and which of them count, is for select_columns.
// Throws Fault::io when nothing is there, and as read_hdf5 and
// read_image_folder do.
[[nodiscard]] DatasetPtr open_dataset(const DataOptions& options);

}  // namespace polytask
