// A folder of JPEG and PNG files, and a CSV table that says which labels each
// of them has, as a data set.
//
//   Filenames,desert,sea,sunset
//   1.jpg,1,0,0
//   2.jpg,0,1,            <- not known whether it shows a sunset
//
// One row per image, in any order; the data set keeps it. The name is a path in
// the folder, relative to the table, or absolute, but never one out of the
// folder; without its folders or its ending, or written on another machine, it
// means the one file of the folder and the folders in it that it fits.
//
// A label is 0 or 1 (0.0, 1.0; true and false, yes and no), or missing: empty,
// -1, NA, nan, null, none; where numbers are asked for, anything. Separators
// are commas, tabs or semicolons; quotes, CR LF, a byte order mark and blank
// lines are as spreadsheets write them (RFC 4180). Files that the table does
// not name are left alone.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "polytask/data/dataset.h"

namespace polytask {

struct FolderOptions {
  std::filesystem::path images;          // the folder
  std::filesystem::path table;           // the CSV file, at most 256 MiB
  std::string name_column;               // empty: the first column
  std::vector<std::string> label_names;  // empty: every other column, in order
  CellValues values = CellValues::labels;
  MinusOne minus_one = MinusOne::missing;
  int height = 100;  // pixels of every image of the data set
  int width = 100;   // pixels
  int threads = 0;   // that decode; 0: one per core
};

// Reads, decodes (image_file.h) and resizes (resize.h) every image: uint8,
// RGB, all held in memory, the same on any number of threads.
//
// Throws Fault::io when the table or the folder cannot be read; Fault::data
// when the table is not as above, names an image twice or one that is not
// there, or when images cannot be read; Fault::config when an option is
// impossible or names a column that is not there; Fault::resource when there
// is no memory. Of several problems the first ten are named, all counted.
[[nodiscard]] DatasetPtr read_image_folder(const FolderOptions& options);

}  // namespace polytask
