#include "polytask/base/pending_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "polytask/base/error.h"
#include "polytask/base/file_descriptor.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& path, int error) {
  throw Error(Fault::io, cat(path.string(),
                             ": cannot be written: ", std::strerror(error)));
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : ".";
}

// Hidden, and of this process and call alone.
std::string temporary_name(const std::filesystem::path& path) {
  static std::atomic<unsigned> calls{0};
  const std::string name = cat(".", path.filename().string(), ".", getpid(),
                               ".", calls.fetch_add(1), ".part");
  return (folder_of(path) / name).string();
}

// False, with errno, when the system refuses.
bool flush(const std::string& path, int flags) {
  const FileDescriptor fd(open(path.c_str(), flags | O_CLOEXEC));
  return fd.get() >= 0 && fsync(fd.get()) == 0;
}

}  // namespace

PendingFile::PendingFile(std::filesystem::path path)
    : path_(std::move(path)), temporary_(temporary_name(path_)) {
  if (std::filesystem::is_directory(path_)) refuse(path_, EISDIR);
  const FileDescriptor fd(
      open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (fd.get() < 0) refuse(path_, errno);
}

PendingFile::~PendingFile() {
  if (!committed_) unlink(temporary_.c_str());
}

void PendingFile::commit() {
  if (!flush(temporary_, O_RDONLY)) refuse(path_, errno);
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    refuse(path_, errno);
  }
  committed_ = true;
  if (!flush(folder_of(path_).string(), O_RDONLY | O_DIRECTORY)) {
    refuse(path_, errno);
  }
}

}  // namespace polytask
