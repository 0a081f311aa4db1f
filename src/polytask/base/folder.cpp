#include "polytask/base/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;

constexpr int kOpenFolder = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

[[noreturn]] void fail(const fs::path& path, std::string_view what, int error) {
  throw Error(Fault::io, cat(path.string(), ": cannot ", what, " the folder: ",
                             std::generic_category().message(error)));
}

[[noreturn]] void refuse(const fs::path& path, mode_t mode) {
  throw Error(
      Fault::io,
      cat(path.string(), ": expected a folder, found a ",
          S_ISLNK(mode) ? "symbolic link, which is not followed here" : "file",
          "; move it away, or choose another folder"));
}

}  // namespace

Folder::Folder(fs::path path, FileDescriptor descriptor)
    : path_(std::move(path)),
      descriptor_(
          std::make_shared<const FileDescriptor>(std::move(descriptor))) {}

Folder::Folder(fs::path path)
    : Folder(path, FileDescriptor(::open(path.c_str(), kOpenFolder))) {
  if (!descriptor_->is_open()) fail(path_, "open", errno);
}

Folder Folder::make(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) fail(path, "create", error.value());
  return Folder(path);
}

Folder Folder::inner(const std::string& name) const {
  const fs::path path = path_ / name;
  if (::mkdirat(descriptor(), name.c_str(), 0777) != 0 && errno != EEXIST) {
    fail(path, "create", errno);
  }
  FileDescriptor opened(
      ::openat(descriptor(), name.c_str(), kOpenFolder | O_NOFOLLOW));
  if (opened.is_open()) return {path, std::move(opened)};
  const int error = errno;
  struct stat status {};
  if (::fstatat(descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) ==
          0 &&
      !S_ISDIR(status.st_mode)) {
    refuse(path, status.st_mode);
  }
  fail(path, "open", error);
}

Folder Folder::below(const fs::path& path) const {
  Folder folder = *this;
  for (const fs::path& name : path) folder = folder.inner(name.string());
  return folder;
}

std::vector<std::string> Folder::names() const {
  // Opened again: the position in a listing belongs to the descriptor.
  const int again = ::openat(descriptor(), ".", kOpenFolder);
  if (again < 0) fail(path_, "read", errno);
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(again),
                                                    ::closedir);
  if (!listing) {
    ::close(again);
    fail(path_, "read", errno);
  }
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(listing.get());
    if (entry == nullptr && errno != 0) fail(path_, "read", errno);
    if (entry == nullptr) return names;
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
}

}  // namespace polytask
