#include "polytask/data/data_options.h"

#include <cmath>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/folder_reader.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;

fs::path table_of(const DataOptions& options) {
  if (!options.table.empty()) return options.table;
  const fs::path inside = options.path / "labels.csv";
  const fs::path beside =
      fs::absolute(options.path).lexically_normal().parent_path() /
      "labels.csv";
  if (fs::exists(inside)) return inside;
  if (fs::exists(beside)) return beside;
  throw Error(Fault::io,
              cat(options.path.string(), ": expected a table of labels at ",
                  inside.string(), " or ", beside.string(),
                  "; say where it is with data.table"));
}

}  // namespace

std::vector<std::string> problems(const DataOptions& options) {
  std::vector<std::string> found;
  if (options.path.empty()) {
    found.emplace_back(
        "data.path: expected an HDF5 file or a folder of images, got nothing");
  }
  const std::vector<int>& size = options.image_size;
  if (size.size() != 2 || size[0] < 1 || size[1] < 1 || size[0] > 4096 ||
      size[1] > 4096) {
    found.emplace_back(
        "data.image_size: expected [height, width], each 1 to 4096");
  }
  if (options.scale && !(*options.scale > 0.0)) {
    found.push_back(cat("data.scale: expected > 0, got ", *options.scale));
  }
  const double test = options.split.test_size;
  if (!(test >= 0.0 && test < 1.0)) {
    found.push_back(cat("data.split.test_size: expected 0 <= test_size < 1, ",
                        "got ", test));
  }
  return found;
}

DatasetPtr open_dataset(const DataOptions& options,
                        const std::vector<std::string>& label_names,
                        CellValues values) {
  if (fs::is_directory(options.path)) {
    return read_image_folder({.images = options.path,
                              .table = table_of(options),
                              .label_names = label_names,
                              .values = values,
                              .height = options.image_size[0],
                              .width = options.image_size[1]});
  }
  return read_hdf5(options.path, {.images = options.images,
                                  .labels = options.labels,
                                  .layout = options.layout,
                                  .label_names = label_names,
                                  .values = values});
}

}  // namespace polytask
