// What `polytask predict` is to answer: image files and HDF5 files, from the
// words of the command line.

#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace polytask::cli {

struct PredictionInput {
  std::filesystem::path path;
  std::string name;  // of its row; of its rows behind a folder: "a/t.h5[7]"
  bool is_hdf5 = false;
};

struct PredictionInputs {
  std::vector<PredictionInput> inputs;  // in order, folders searched

  // "holiday: expected ...": folders with nothing to answer.
  std::vector<std::string> problems;

  // What folders hold besides, as a sentence; empty: nothing.
  std::string left_out;

  // Whether every path of the command line leads somewhere.
  bool all_there = true;
};

// An image is named by its path as it was given; one in a folder by its path in
// there, behind the folder's where several paths were given. A path that leads
// nowhere is an input too, which cannot be read.
[[nodiscard]] PredictionInputs find_inputs(
    const std::vector<std::string>& paths);

}  // namespace polytask::cli
