#include "polytask/data/data_options.h"

#include <algorithm>
#include <cmath>
#include <system_error>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/folder_reader.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

fs::path table_of(const DataOptions& options) {
  if (!options.table.empty()) return options.table;
  const fs::path inside = options.path / "labels.csv";
  const fs::path beside =
      fs::absolute(options.path).lexically_normal().parent_path() /
      "labels.csv";
  if (is_there(inside)) return inside;
  if (is_there(beside)) return beside;
  throw Error(Fault::io,
              cat(options.path.string(), ": expected a table of labels at ",
                  inside.string(), " or ", beside.string(),
                  "; say where it is with data.table"));
}

// The name beside `path` that it may have been meant to be, "" when there is
// none.
std::string nearest_beside(const fs::path& path) {
  std::error_code error;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : ".";
  std::vector<std::string> names;
  constexpr std::size_t kMostNames = 10'000;
  for (fs::directory_iterator at(folder, error), end;
       !error && at != end && names.size() < kMostNames; at.increment(error)) {
    names.push_back(at->path().filename().string());
  }
  const std::string name = nearest(path.filename().string(), names);
  if (name.empty()) return "";
  return (path.has_parent_path() ? folder / name : fs::path(name)).string();
}

void require_something(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() != fs::file_type::not_found) return;
  const std::string close = nearest_beside(path);
  throw Error(Fault::io,
              cat(path.string(),
                  ": expected an HDF5 file or a folder of images, found ",
                  "nothing of that name",
                  close.empty() ? "; check the path"
                                : cat("; did you mean ", close, "?")));
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
  const double validation = options.split.validation_size;
  if (!(validation >= 0.0 && validation + std::max(test, 0.0) < 1.0)) {
    found.push_back(
        cat("data.split.validation_size: expected 0 or more, and less than 1 ",
            "together with test_size, got ", validation));
  } else if (validation > 0.0 && !options.test.empty()) {
    found.emplace_back(
        "data.split.validation_size: beside data.test, data.split.test_size is "
        "the share kept for validation; leave validation_size out");
  }
  return found;
}

DatasetPtr open_dataset(const DataOptions& options) {
  require_something(options.path);
  std::error_code error;
  if (fs::is_directory(options.path, error)) {
    return read_image_folder({.images = options.path,
                              .table = table_of(options),
                              .values = CellValues::numbers,
                              .minus_one = options.minus_one,
                              .height = options.image_size[0],
                              .width = options.image_size[1]});
  }
  return read_hdf5(options.path, {.images = options.images,
                                  .labels = options.labels,
                                  .layout = options.layout,
                                  .values = CellValues::numbers,
                                  .minus_one = options.minus_one});
}

}  // namespace polytask
