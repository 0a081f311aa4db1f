#include "polytask/checkpoint/checkpoint_folder.h"

#include <algorithm>
#include <charconv>
#include <iomanip>
#include <system_error>

#include "polytask/base/atomic_file.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBegin = "epoch-";
constexpr std::string_view kEnd = ".safetensors";

std::string name_of(int epoch) {
  return cat(kBegin, std::setw(4), std::setfill('0'), epoch);
}

// Only names that name_of makes: not epoch-7 or epoch-0007-best.
std::optional<int> epoch_in(const std::string& name) {
  if (!name.starts_with(kBegin) || !name.ends_with(kEnd)) return {};
  int epoch = -1;
  const char* end = name.data() + name.size();
  (void)std::from_chars(name.data() + kBegin.size(), end, epoch);
  if (epoch < 0 || name != cat(name_of(epoch), kEnd)) return {};
  return epoch;
}

[[noreturn]] void fail(const fs::path& folder, std::string_view what,
                       const std::error_code& error) {
  throw Error(Fault::io, cat(folder.string(), ": cannot ", what,
                             " the folder: ", error.message()));
}

}  // namespace

CheckpointFolder::CheckpointFolder(fs::path folder)
    : folder_(std::move(folder)) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) fail(folder_, "create", error);
  remove_leftovers(folder_);
}

fs::path CheckpointFolder::path_of(int epoch) const {
  return folder_ / cat(name_of(epoch), kEnd);
}

std::vector<CheckpointEntry> CheckpointFolder::list() const {
  std::vector<CheckpointEntry> entries;
  std::error_code error;
  fs::directory_iterator at(folder_, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    if (const auto epoch = epoch_in(at->path().filename().string())) {
      entries.push_back({*epoch, at->path()});
    }
  }
  if (error) fail(folder_, "read", error);
  std::ranges::sort(entries, std::greater<>(), &CheckpointEntry::epoch);
  return entries;
}

std::optional<GoodCheckpoint> CheckpointFolder::newest_good(
    std::vector<std::string>& problems) {
  std::vector<std::string> damaged;
  for (const CheckpointEntry& entry : list()) {
    try {
      GoodCheckpoint good{entry.epoch, SafetensorsFile(entry.path)};
      known_good_.insert(entry.epoch);
      for (const std::string& problem : damaged) {
        problems.push_back(
            cat(problem, "; going on from ", name_of(entry.epoch)));
      }
      return good;
    } catch (const Error& e) {
      if (e.fault() != Fault::data) throw;
      damaged.emplace_back(e.what());
    }
  }
  if (damaged.empty()) return {};
  throw Error(Fault::data, cat(folder_.string(),
                               ": expected a checkpoint that is whole, found "
                               "none; start the run anew:",
                               bullet_list(damaged)));
}

void CheckpointFolder::prune(std::size_t keep) {
  std::size_t good = 0;
  for (const CheckpointEntry& entry : list()) {
    if (good < std::max<std::size_t>(keep, 2)) {
      good += is_good(entry) ? 1 : 0;
      continue;
    }
    std::error_code ignored;  // The next prune tries again.
    fs::remove(entry.path, ignored);
    known_good_.erase(entry.epoch);
  }
}

bool CheckpointFolder::is_good(const CheckpointEntry& entry) {
  if (known_good_.contains(entry.epoch)) return true;
  try {
    SafetensorsFile::verify(entry.path);
    known_good_.insert(entry.epoch);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace polytask
