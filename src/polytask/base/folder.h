// A folder held by its descriptor: what is written in it stays in it.
//
//   const Folder run = Folder::make("runs/blog");
//   write_file_atomically({run, "evaluation.json"}, text);
//   const Folder checkpoints = run.inner("checkpoints");
//
// A folder may come from someone else, with links in it that lead anywhere.
// Links in the path that leads to it are followed, for the user wrote that
// path; links below it never are. A copy is the same open folder. Immutable,
// safe for any number of threads.

#pragma once

#include <concepts>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "polytask/base/file_descriptor.h"

namespace polytask {

class Folder {
 public:
  // Throws Fault::io when it cannot be opened, naming the path and what the
  // system said.
  explicit Folder(std::filesystem::path path);

  // Makes it first, and those above it, where they are missing. Throws
  // Fault::io.
  [[nodiscard]] static Folder make(const std::filesystem::path& path);

  // The folder `name` in this one, made where it is missing. Throws Fault::io
  // when it cannot be made, or a symbolic link or a file has this name.
  [[nodiscard]] Folder inner(const std::string& name) const;

  // inner() for each component of `path`, such as "seed-1/joint".
  [[nodiscard]] Folder below(const std::filesystem::path& path) const;

  // Of all that is in it, in no order. Throws Fault::io.
  [[nodiscard]] std::vector<std::string> names() const;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] int descriptor() const { return descriptor_->get(); }

 private:
  Folder(std::filesystem::path path, FileDescriptor descriptor);

  std::filesystem::path path_;  // for messages
  std::shared_ptr<const FileDescriptor> descriptor_;
};

// Where a file is written.
class Destination {
 public:
  // The file that a path leads to: a symbolic link stays one, and the file it
  // points to is replaced.
  template <class Path>
  requires std::convertible_to<Path, std::filesystem::path> Destination(
      Path&& path)
      : path_(std::forward<Path>(path)) {}

  // `name` in this folder: a link of this name is itself replaced.
  Destination(const Folder& folder, const std::string& name)
      : path_(folder.path() / name), folder_(folder) {}

  // For messages.
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // Empty for a path.
  [[nodiscard]] const std::optional<Folder>& folder() const { return folder_; }

 private:
  std::filesystem::path path_;
  std::optional<Folder> folder_;
};

}  // namespace polytask
