#include "polytask/checkpoint/checkpoint_folder.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>

#include "polytask/base/atomic_file.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBegin = "epoch-";
constexpr std::string_view kReplacedBegin = "model-before-";
constexpr std::string_view kEnd = ".safetensors";

// epoch-0007
std::string name_of(int epoch, std::string_view begin = kBegin) {
  const std::string digits = std::to_string(epoch);
  const std::size_t zeros = digits.size() < 4 ? 4 - digits.size() : 0;
  return cat(begin, std::string(zeros, '0'), digits);
}

// Only of names that name_of makes: not epoch-7 or epoch-0007-best.
std::optional<int> epoch_in(const std::string& name,
                            std::string_view begin = kBegin) {
  if (!name.starts_with(begin) || !name.ends_with(kEnd)) return {};
  int epoch = -1;
  const char* end = name.data() + name.size();
  (void)std::from_chars(name.data() + begin.size(), end, epoch);
  if (epoch < 0 || name != cat(name_of(epoch, begin), kEnd)) return {};
  return epoch;
}

// What could not be done is tried again by the next prune.
void remove(const Folder& folder, const std::string& name) {
  ::unlinkat(folder.descriptor(), name.c_str(), 0);
}

}  // namespace

CheckpointFolder::CheckpointFolder(Folder folder) : folder_(std::move(folder)) {
  remove_leftovers(folder_);
}

fs::path CheckpointFolder::path_of(int epoch) const {
  return folder_.path() / cat(name_of(epoch), kEnd);
}

Destination CheckpointFolder::destination_of(int epoch) {
  known_good_.erase(epoch);
  known_bad_.erase(epoch);
  const std::string name = cat(name_of(epoch), kEnd);
  struct stat status {};
  if (::fstatat(folder_.descriptor(), name.c_str(), &status,
                AT_SYMLINK_NOFOLLOW) == 0 &&
      S_ISDIR(status.st_mode)) {
    // Where this fails, the file is refused in words.
    (void)::renameat(folder_.descriptor(), name.c_str(), folder_.descriptor(),
                     (name + ".unusable").c_str());
  }
  return {folder_, name};
}

std::vector<CheckpointEntry> CheckpointFolder::list() const {
  std::vector<CheckpointEntry> entries;
  for (const std::string& name : folder_.names()) {
    if (const auto epoch = epoch_in(name)) {
      entries.push_back({*epoch, folder_.path() / name});
    }
  }
  std::ranges::sort(entries, std::greater<>(), &CheckpointEntry::epoch);
  return entries;
}

std::optional<GoodCheckpoint> CheckpointFolder::newest_good(
    std::vector<std::string>& problems,
    const std::function<void(const SafetensorsFile&)>& use) {
  std::vector<std::string> unusable;
  Fault fault = Fault::data;
  for (const CheckpointEntry& entry : list()) {
    try {
      GoodCheckpoint good{
          entry.epoch, SafetensorsFile(entry.path, {.require_finite = true})};
      known_bad_.insert(entry.epoch);
      use(good.file);
      known_bad_.erase(entry.epoch);
      known_good_.insert(entry.epoch);
      for (const std::string& problem : unusable) {
        problems.push_back(
            cat(problem, "; going on from ", name_of(entry.epoch)));
      }
      return good;
    } catch (const Error& e) {
      if (e.fault() != Fault::data && e.fault() != Fault::io) throw;
      if (e.fault() == Fault::io) fault = Fault::io;
      unusable.emplace_back(e.what());
    }
  }
  if (unusable.empty()) return {};
  throw Error(fault, cat(folder_.path().string(),
                         ": expected a checkpoint that is whole, found none; ",
                         fault == Fault::io ? "make one readable, or " : "",
                         "start the run anew:", bullet_list(unusable)));
}

void CheckpointFolder::prune(std::size_t keep) {
  std::size_t good = 0;
  int oldest = 0;  // good one
  for (const CheckpointEntry& entry : list()) {
    if (good < std::max<std::size_t>(keep, 2)) {
      if (!is_good(entry)) continue;
      oldest = entry.epoch;
      ++good;
      continue;
    }
    remove(folder_, entry.path.filename().string());
    known_good_.erase(entry.epoch);
  }
  for (const std::string& name : replaced_models()) {
    if (epoch_in(name, kReplacedBegin) <= oldest) remove(folder_, name);
  }
}

void CheckpointFolder::keep_replaced_model(const Folder& run,
                                           const std::string& name, int epoch) {
  const std::string kept = cat(name_of(epoch, kReplacedBegin), kEnd);
  remove(folder_, kept);
  if (::linkat(run.descriptor(), name.c_str(), folder_.descriptor(),
               kept.c_str(), 0) == 0) {
    ::fsync(folder_.descriptor());
  }
}

std::vector<std::string> CheckpointFolder::replaced_models() const {
  std::vector<std::string> names = folder_.names();
  std::erase_if(names, [](const std::string& name) {
    return !epoch_in(name, kReplacedBegin);
  });
  return names;
}

bool CheckpointFolder::is_good(const CheckpointEntry& entry) {
  if (known_bad_.contains(entry.epoch)) return false;
  if (known_good_.contains(entry.epoch)) return true;
  try {
    SafetensorsFile::verify(entry.path, {.require_finite = true});
    known_good_.insert(entry.epoch);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace polytask
