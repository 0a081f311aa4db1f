#include "apps/cli/prediction_inputs.h"

#include <system_error>

#include "apps/cli/input.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/image_list.h"

namespace polytask::cli {
namespace {

namespace fs = std::filesystem;

std::string kind_of(const std::string& ending) {
  if (ending.empty()) return "without an ending";
  return ending == "/" ? "links to folders" : ending;
}

// "left out 4 files that are not JPEG or PNG: 3 .txt, 1 .h5"
std::string left_out_text(const std::map<std::string, std::int64_t>& endings) {
  std::int64_t all = 0;
  std::vector<std::string> counts;
  for (const auto& [ending, count] : endings) {
    all += count;
    counts.push_back(cat(count, ' ', kind_of(ending)));
  }
  if (all == 0) return "";
  return cat("left out ", all, all == 1 ? " file" : " files",
             " in folders, not JPEG or PNG: ", join(counts));
}

// What cannot be looked into is no data set; reading it will say why.
bool is_data_set(const fs::path& path) {
  try {
    return is_hdf5(path);
  } catch (const Error&) {
    return false;
  }
}

void add_folder(const fs::path& folder, bool alone, PredictionInputs& all,
                std::map<std::string, std::int64_t>& left_out) {
  FolderImages found = find_images(folder);
  for (const fs::path& file : found.files) {
    const fs::path path = folder / file;
    all.inputs.push_back(
        {.path = path, .name = alone ? file.string() : path.string()});
  }
  for (const auto& [ending, count] : found.left_out) left_out[ending] += count;
  const bool nothing = found.files.empty() && found.problems.empty();
  for (std::string& problem : found.problems) {
    all.problems.push_back(std::move(problem));
  }
  if (!nothing) return;
  all.problems.push_back(cat(folder.string(),
                             ": expected JPEG or PNG images, in this folder or "
                             "those in it, found none; give the folder that "
                             "holds them"));
}

}  // namespace

PredictionInputs find_inputs(const std::vector<std::string>& paths) {
  PredictionInputs all;
  std::map<std::string, std::int64_t> left_out;
  const bool alone = paths.size() == 1;
  for (const std::string& path : paths) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      add_folder(path, alone, all, left_out);
      continue;
    }
    const bool hdf5 = is_data_set(path);
    all.all_there = all.all_there && fs::exists(path, error);
    all.inputs.push_back(
        {.path = path,
         .name = hdf5 && alone ? fs::path(path).filename().string() : path,
         .is_hdf5 = hdf5});
  }
  all.left_out = left_out_text(left_out);
  return all;
}

}  // namespace polytask::cli
