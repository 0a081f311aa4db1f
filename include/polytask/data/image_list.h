// Image files and folders of them as input for prediction: what can be read,
// and what cannot. One bad image among many does not stop the others.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "polytask/data/dataset.h"

namespace polytask {

struct ImageListOptions {
  // A file is taken whatever it is called. Of a folder (not of those inside
  // it), all *.jpg, *.jpeg and *.png in any case, without hidden ones, in the
  // order people count: 2.jpg before 10.jpg.
  std::vector<std::filesystem::path> inputs;
  int height = 100;  // pixels of every image of the data set
  int width = 100;   // pixels
  int threads = 0;   // that decode; 0: one a core
};

struct ImageList {
  DatasetPtr images;  // the readable ones, uint8 RGB, no labels; may be empty
  std::vector<std::string> unreadable;  // "sea.jpg: expected ..., found ..."
};

// Images are in the order of the inputs, named by their paths, and all held in
// memory. A path that is not there and a folder without images are unreadable
// too.
// Throws Fault::config when an option is impossible, Fault::resource when there
// is no memory.
[[nodiscard]] ImageList read_image_list(const ImageListOptions& options);

}  // namespace polytask
