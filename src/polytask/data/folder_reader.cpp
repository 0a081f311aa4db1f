#include "polytask/data/folder_reader.h"

#include <system_error>
#include <unordered_map>
#include <utility>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/array_dataset.h"
#include "polytask/data/image/image_batch.h"
#include "polytask/data/image/image_finder.h"
#include "polytask/data/problem_list.h"
#include "polytask/data/table/label_table.h"
#include "polytask/data/table/shown_text.h"

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

// What to do when `missing` of `rows` files were not found.
std::string advice(std::int64_t missing, std::size_t rows,
                   ImageFinder& finder) {
  if (static_cast<std::size_t>(missing) < rows) {
    return "add them or remove their rows";
  }
  return cat("the folder and the folders in it have ", finder.what_is_there(),
             ": check the path of the folder, and that the first column of "
             "the table names files");
}

// The rows that name a file which an earlier row has named.
ProblemList repeated(const LabelTable& table, const Paths& paths) {
  ProblemList twice;
  std::unordered_map<std::string, std::size_t> rows;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const auto [known, is_new] =
        rows.try_emplace(paths[i].lexically_normal().string(), i);
    if (is_new) continue;
    twice.add(cat("line ", table.lines[i], ": ", shown_quoted(table.names[i]),
                  " again, first in line ", table.lines[known->second]));
  }
  return twice;
}

Paths find_files(const LabelTable& table, const FolderOptions& options) {
  require_folder(options.images);
  ImageFinder finder(options.images, options.table);
  Paths paths;
  ProblemList missing;
  for (std::size_t i = 0; i < table.names.size(); ++i) {
    const auto [path, problem] = finder.find(table.names[i]);
    paths.push_back(path);
    if (!path.empty()) continue;
    missing.add(cat(table.names[i], " (line ", table.lines[i], ")",
                    problem.empty() ? "" : ": ", problem));
  }
  if (missing.count() > 0) {
    throw Error(Fault::data,
                cat(options.table.string(), ": expected every image in ",
                    options.images.string(), ", but ", missing.count(), " of ",
                    paths.size(), " are not there; ",
                    advice(missing.count(), paths.size(), finder), ":",
                    missing.text()));
  }
  const ProblemList twice = repeated(table, paths);
  if (twice.count() == 0) return paths;
  throw Error(Fault::data,
              cat(options.table.string(), ": expected a row per image, but ",
                  twice.count(), " of ", paths.size(), " rows name an image ",
                  "again; remove them:", twice.text()));
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
  const Paths paths = find_files(table, options);
  ImageBatch batch = read_image_batch(paths, {.height = options.height,
                                              .width = options.width,
                                              .threads = options.threads});
  require_readable(batch, options);
  ArrayContent content{.spec = {.height = options.height,
                                .width = options.width,
                                .channels = 3,
                                .pixels = PixelType::uint8,
                                .labels = std::move(table.labels),
                                .classes = std::move(table.classes),
                                .unusable = std::move(table.unusable),
                                .minus_one = options.minus_one},
                       .size = static_cast<std::int64_t>(paths.size()),
                       .images = std::move(batch.pixels),
                       .targets = std::move(table.targets),
                       .source = options.images.string(),
                       .names = {}};
  for (const auto& path : paths) content.names.push_back(path.string());
  return std::make_shared<ArrayDataset>(std::move(content));
}

}  // namespace polytask
