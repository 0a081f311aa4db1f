#include "polytask/data/folder_reader.h"

#include <system_error>
#include <utility>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/array_dataset.h"
#include "polytask/data/image_batch.h"
#include "polytask/data/label_table.h"
#include "polytask/data/problem_list.h"

namespace polytask {
namespace {

using Paths = std::vector<std::filesystem::path>;

void require_folder(const std::filesystem::path& folder) {
  std::error_code error;
  const auto status = std::filesystem::status(folder, error);
  if (std::filesystem::is_directory(status)) return;
  const bool there = std::filesystem::exists(status);
  throw Error(
      Fault::io,
      cat(folder.string(), ": expected the folder of the images, found ",
          there ? "a file" : "nothing of that name", "; check the path"));
}

Paths require_files(const LabelTable& table, const FolderOptions& options) {
  require_folder(options.images);
  Paths paths;
  ProblemList missing;
  for (std::size_t i = 0; i < table.names.size(); ++i) {
    paths.push_back(options.images / table.names[i]);
    std::error_code error;
    if (std::filesystem::exists(paths.back(), error)) continue;
    missing.add(cat(table.names[i], " (line ", table.lines[i], ")"));
  }
  if (missing.count() == 0) return paths;
  throw Error(Fault::data,
              cat(options.table.string(), ": expected every image in ",
                  options.images.string(), ", but ", missing.count(), " of ",
                  paths.size(), " are not there; add them or remove their ",
                  "rows:", missing.text()));
}

void require_readable(const ImageBatch& batch, const FolderOptions& options) {
  ProblemList unreadable;
  for (const std::string& problem : batch.problems) {
    if (!problem.empty()) unreadable.add(problem);
  }
  if (unreadable.count() == 0) return;
  throw Error(
      Fault::data,
      cat(options.table.string(), ": expected readable images, but ",
          unreadable.count(), " of ", batch.problems.size(),
          " are not; repair them or remove their rows:", unreadable.text()));
}

}  // namespace

DatasetPtr read_image_folder(const FolderOptions& options) {
  LabelTable table = read_label_table({.table = options.table,
                                       .name_column = options.name_column,
                                       .label_names = options.label_names,
                                       .values = options.values});
  const Paths paths = require_files(table, options);
  ImageBatch batch = read_image_batch(paths, {.height = options.height,
                                              .width = options.width,
                                              .threads = options.threads});
  require_readable(batch, options);
  ArrayContent content{.spec = {.height = options.height,
                                .width = options.width,
                                .channels = 3,
                                .pixels = PixelType::uint8,
                                .labels = std::move(table.labels),
                                .classes = std::move(table.classes)},
                       .size = static_cast<std::int64_t>(paths.size()),
                       .images = std::move(batch.pixels),
                       .targets = std::move(table.targets),
                       .source = options.images.string(),
                       .names = {}};
  for (const auto& path : paths) content.names.push_back(path.string());
  return std::make_shared<ArrayDataset>(std::move(content));
}

}  // namespace polytask
