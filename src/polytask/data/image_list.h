// Image files as input for prediction: those of a folder, and their pixels. One
// bad image among many does not stop the others.

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "polytask/data/dataset.h"

namespace polytask {

struct FolderImages {
  // Relative to the folder, in the order people count: 2.jpg before 10.jpg.
  std::vector<std::filesystem::path> files;

  // What else is there, counted by ending in small letters: {".txt": 2}; "" is
  // no ending, "/" a link to a folder.
  std::map<std::string, std::int64_t> left_out;

  // "old: cannot be read: ...": folders that could not be searched.
  std::vector<std::string> problems;
};

// The images of a folder and of all folders in it: files whose content begins
// as a JPEG or PNG file does, and files called *.jpg, *.jpeg or *.png, in any
// case, whatever they hold. Hidden files and folders are passed over without a
// word; links to folders are not followed, for they may lead round in circles.
[[nodiscard]] FolderImages find_images(const std::filesystem::path& folder);

struct ImageListOptions {
  // Each is taken whatever it is called.
  std::vector<std::filesystem::path> files;
  int height = 100;  // pixels of every image of the data set
  int width = 100;   // pixels
  int threads = 0;   // that decode; 0: one per core
  int channels = 3;  // 1: luma, 3: RGB
};

struct ImageList {
  DatasetPtr images;  // the readable ones, uint8, no labels; may be empty
  // [files]: "sea.jpg: expected ..., found ..."; empty where the image is there
  std::vector<std::string> problems;
};

// Images are in the order of the files, named by their paths, and all held in
// memory. Throws Fault::config when an option is impossible, Fault::resource
// when there is no memory.
[[nodiscard]] ImageList read_image_list(const ImageListOptions& options);

}  // namespace polytask
