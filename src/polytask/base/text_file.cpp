#include "polytask/base/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include "polytask/base/error.h"
#include "polytask/base/file_descriptor.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;

// Up to a bound: a message needs a few names, not a million.
std::vector<std::string> names_in(const fs::path& folder) {
  constexpr std::size_t kMostNames = 1000;
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end;
       !failed && at != end && names.size() < kMostNames;
       at.increment(failed)) {
    names.push_back(at->path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

std::string advice_for_missing(const fs::path& path) {
  const fs::path parent = path.parent_path();
  const fs::path folder = parent.empty() ? fs::path(".") : parent;
  std::error_code failed;
  if (!fs::is_directory(folder, failed)) {
    return cat("; there is no folder ", folder.string(), " either");
  }
  const std::string near = nearest(path.filename().string(), names_in(folder));
  if (near.empty()) return "; check the path";
  return cat("; did you mean ", (parent / near).string(), "?");
}

[[noreturn]] void throw_no_file(const fs::path& path, const char* found) {
  throw Error(Fault::io, cat(path.string(), ": expected a file, found ", found,
                             "; write its content to a file"));
}

[[noreturn]] void throw_unreadable(const fs::path& path, int reason) {
  const std::string name = path.string();
  switch (reason) {
    case ENOENT:
    case ENOTDIR:
      throw Error(Fault::io, cat(name, ": expected a file, found nothing",
                                 advice_for_missing(path)));
    case EISDIR:
      throw Error(Fault::io, cat(name,
                                 ": expected a file, found a folder; "
                                 "name a file in it"));
    case EACCES:
    case EPERM:
      throw Error(Fault::io, cat(name,
                                 ": may not be read; check its owner and "
                                 "permissions"));
    case ELOOP:
    case ENAMETOOLONG:
      throw Error(Fault::io, cat(name, ": cannot be read: ",
                                 std::generic_category().message(reason),
                                 "; check the path"));
    default:
      throw Error(Fault::io, cat(name, ": cannot be read: ",
                                 std::generic_category().message(reason)));
  }
}

// Never waits: a pipe that has no writer is opened, looked at and refused.
FileDescriptor open_file(const fs::path& path) {
  FileDescriptor file(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0) {
    // What open says of a socket.
    if (errno == ENXIO) throw_no_file(path, "a socket");
    throw_unreadable(path, errno);
  }
  if (S_ISDIR(status.st_mode)) throw_unreadable(path, EISDIR);
  if (S_ISFIFO(status.st_mode)) throw_no_file(path, "a pipe");
  if (!S_ISREG(status.st_mode)) throw_no_file(path, "a device");
  return file;
}

}  // namespace

std::string read_text_file(const fs::path& path, std::size_t max_bytes,
                           Fault too_long) {
  constexpr std::size_t kChunkBytes = 64 * 1024;
  const FileDescriptor file = open_file(path);
  std::string text;
  while (text.size() <= max_bytes) {
    const std::size_t before = text.size();
    text.resize(before + std::min(kChunkBytes, max_bytes + 1 - before));
    const ssize_t got =
        ::read(file.get(), text.data() + before, text.size() - before);
    if (got < 0 && errno != EINTR) throw_unreadable(path, errno);
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0) return text;
  }
  throw Error(too_long, cat(path.string(), ": expected a text file of at most ",
                            max_bytes,
                            " bytes, found more; is it the right "
                            "file?"));
}

}  // namespace polytask
