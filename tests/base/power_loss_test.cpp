// Killing a process never loses what the kernel already has, so it cannot show
// a missing sync. Here the calls of a save are recorded and every state a disk
// may be in after a power failure is made up from them.

#include <fcntl.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "polytask/base/atomic_file.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

struct Call {
  enum Kind { create, write, sync_file, rename, sync_folder } kind;
  std::string name, new_name;  // within the folder
  std::size_t offset = 0;
  std::string bytes;
};

std::string name_of(const char* path) {
  return std::filesystem::path(path).filename().string();
}

// The system's operations, which note what they do.
FileOperations recording_operations(std::vector<Call>& calls) {
  const FileOperations& real = system_file_operations();
  auto names = std::make_shared<std::map<int, std::string>>();  // "": a folder
  FileOperations recording = real;
  recording.open = [&calls, &real, names](int folder_of_it, const char* path,
                                          int flags, mode_t mode) {
    const int file = real.open(folder_of_it, path, flags, mode);
    const bool folder = (flags & O_DIRECTORY) != 0;
    (*names)[file] = folder ? "" : name_of(path);
    if (!folder) calls.push_back({Call::create, name_of(path), "", 0, ""});
    return file;
  };
  recording.write = [&calls, &real, names](int file, const void* bytes,
                                           std::size_t n, off_t offset) {
    calls.push_back({Call::write, (*names)[file], "",
                     static_cast<std::size_t>(offset),
                     std::string(static_cast<const char*>(bytes), n)});
    return real.write(file, bytes, n, offset);
  };
  recording.sync = [&calls, &real, names](int file) {
    const std::string name = (*names)[file];
    calls.push_back(
        {name.empty() ? Call::sync_folder : Call::sync_file, name, "", 0, ""});
    return real.sync(file);
  };
  recording.rename = [&calls, &real](int folder, const char* from,
                                     const char* to) {
    calls.push_back({Call::rename, name_of(from), name_of(to), 0, ""});
    return real.rename(folder, from, to);
  };
  return recording;
}

// A disk that promises only what POSIX does: names are safe after a sync of the
// folder, a file's bytes after a sync of the file. What is not safe may have
// arrived or not, whole, in part, or as zeros.
class Disk {
 public:
  explicit Disk(const std::string& old_content) {
    files_.push_back({old_content, old_content});
    names_ = {{"a", 0}};
    possible_names_ = {names_};
  }

  void apply(const Call& call) {
    if (call.kind == Call::create) {
      names_[call.name] = files_.size();
      files_.emplace_back();
    } else if (call.kind == Call::write) {
      std::string& now = files_[names_.at(call.name)].now;
      now.resize(std::max(now.size(), call.offset + call.bytes.size()));
      now.replace(call.offset, call.bytes.size(), call.bytes);
    } else if (call.kind == Call::sync_file) {
      files_[names_.at(call.name)].safe = files_[names_.at(call.name)].now;
    } else if (call.kind == Call::rename) {
      names_[call.new_name] = names_.at(call.name);
      names_.erase(call.name);
    } else {
      possible_names_.clear();
    }
    possible_names_.push_back(names_);
  }

  // All that reading "a" may give after a power failure now.
  [[nodiscard]] std::multiset<std::string> possible_contents() const {
    std::multiset<std::string> contents;
    for (const auto& names : possible_names_) {
      const File& file = files_[names.at("a")];
      contents.insert(file.safe);
      contents.insert(file.now);
      if (file.now == file.safe) continue;
      contents.insert(std::string(file.now.size(), '\0'));
      for (std::size_t n = 1; n < file.now.size(); ++n) {
        contents.insert(file.now.substr(0, n));
      }
    }
    return contents;
  }

 private:
  struct File {
    std::string now, safe;
  };
  using Names = std::map<std::string, std::size_t>;
  std::vector<File> files_;
  Names names_;
  std::vector<Names> possible_names_;  // since the last sync of the folder
};

struct Outcome {
  int states = 0;
  bool torn = false;  // neither the old nor the new content
  bool lost = false;  // not the new content although the save was reported
};

Outcome after_power_failures(const std::vector<Call>& calls) {
  Outcome outcome;
  Disk disk("old");
  for (std::size_t i = 0; i < calls.size(); ++i) {
    disk.apply(calls[i]);
    for (const std::string& content : disk.possible_contents()) {
      ++outcome.states;
      if (content != "old" && content != "new content") outcome.torn = true;
      const bool reported = i + 1 == calls.size();
      if (reported && content != "new content") outcome.lost = true;
    }
  }
  return outcome;
}

std::vector<Call> calls_of_a_save() {
  const test::TemporaryFolder folder;
  test::write_bytes(folder / "a", "old");
  std::vector<Call> calls;
  AtomicFile file(folder / "a", recording_operations(calls));
  for (const std::string_view part : {"new ", "conte", "xx"}) {
    file.write(std::as_bytes(std::span(part)));
  }
  const std::string_view end = "nt";
  file.overwrite(9, std::as_bytes(std::span(end)));
  file.commit();
  return calls;
}

std::vector<Call> without(Call::Kind kind, std::vector<Call> calls) {
  std::erase_if(calls, [kind](const Call& call) { return call.kind == kind; });
  return calls;
}

TEST(PowerLoss, AtAnyMomentLeavesTheOldFileOrTheNew) {
  const Outcome outcome = after_power_failures(calls_of_a_save());
  EXPECT_FALSE(outcome.torn);
  EXPECT_FALSE(outcome.lost);
  EXPECT_GE(outcome.states, 20);
}

// The model itself is tested: without either sync it finds the damage.
TEST(PowerLoss, TheSyncOfTheFileIsNeeded) {
  EXPECT_TRUE(
      after_power_failures(without(Call::sync_file, calls_of_a_save())).torn);
}

TEST(PowerLoss, TheSyncOfTheFolderIsNeeded) {
  EXPECT_TRUE(
      after_power_failures(without(Call::sync_folder, calls_of_a_save())).lost);
}

TEST(PowerLoss, TheOrderIsWriteSyncRenameSyncFolder) {
  std::vector<Call::Kind> kinds;
  for (const Call& call : calls_of_a_save()) kinds.push_back(call.kind);
  EXPECT_EQ(kinds,
            (std::vector<Call::Kind>{Call::create, Call::write, Call::write,
                                     Call::write, Call::write, Call::sync_file,
                                     Call::rename, Call::sync_folder}));
}

}  // namespace
}  // namespace polytask
