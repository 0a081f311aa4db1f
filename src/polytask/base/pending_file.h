// A file that appears under its name only once it is whole and on the disk, for
// libraries that write by name; our own bytes go through AtomicFile.

#pragma once

#include <filesystem>
#include <string>

namespace polytask {

class PendingFile {
 public:
  // Makes an empty file beside `path`. Throws Fault::io when it cannot.
  explicit PendingFile(std::filesystem::path path);

  // Removes the file unless it was committed.
  ~PendingFile();
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  // Where to write until then.
  [[nodiscard]] const std::string& temporary() const { return temporary_; }

  // Flushes it to the disk and gives it its name, replacing what had it.
  // Throws Fault::io when the system refuses.
  void commit();

 private:
  std::filesystem::path path_;
  std::string temporary_;
  bool committed_ = false;
};

}  // namespace polytask
