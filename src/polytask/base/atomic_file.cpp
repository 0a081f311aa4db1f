#include "polytask/base/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPartialEnding = ".partial";

std::string in_words(int error) {
  return std::generic_category().message(error);
}

// Repeats a system call that a signal interrupted.
template <class Call>
auto uninterrupted(const Call& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

fs::path resolved(const fs::path& path) {
  std::error_code error;
  const fs::path target = fs::canonical(path, error);
  return error ? path : target;
}

void require_replaceable(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!path.has_filename()) {
    throw Error(Fault::io, cat(path.string(), ": expected the name of a file"));
  }
  if (!fs::exists(status) || fs::is_regular_file(status)) return;
  throw Error(Fault::io,
              cat(path.string(), ": expected a file or nothing, found a ",
                  fs::is_directory(status) ? "folder" : "device",
                  "; choose another name"));
}

void require_replaceable(const Folder& folder, const fs::path& path) {
  struct stat status {};
  if (::fstatat(folder.descriptor(), path.filename().c_str(), &status,
                AT_SYMLINK_NOFOLLOW) != 0 ||
      !S_ISDIR(status.st_mode)) {
    return;
  }
  throw Error(Fault::io, cat(path.string(),
                             ": expected a file or nothing, found a folder; "
                             "move it away"));
}

// ".NAME.PROCESS-NUMBER.partial". NAME is cut, because 255 bytes are the limit
// for all of it.
std::string partial_name(const std::string& name) {
  static std::atomic<unsigned> number{0};
  return cat(".", name.substr(0, 200), ".", ::getpid(), "-",
             number.fetch_add(1), kPartialEnding);
}

bool is_partial_name(std::string_view name) {
  if (!name.starts_with('.') || !name.ends_with(kPartialEnding)) return false;
  name.remove_suffix(kPartialEnding.size());
  const std::size_t dot = name.rfind('.');
  const std::string_view numbers = name.substr(dot + 1);
  return dot > 0 && std::ranges::count(numbers, '-') == 1 &&
         numbers.find_first_not_of("0123456789-") == std::string_view::npos;
}

std::string free_bytes(const FileDescriptor& folder) {
  struct statvfs space {};
  if (::fstatvfs(folder.get(), &space) != 0) return "an unknown number of";
  return std::to_string(space.f_bavail * space.f_frsize);
}

}  // namespace

AtomicFile::AtomicFile(const Destination& destination,
                       const FileOperations& operations)
    : path_(destination.path()), operations_(operations) {
  open_folder(destination);
  create_partial();
}

AtomicFile::~AtomicFile() { discard(); }

// The folder stays the same one from here on, whatever its path may lead to
// later.
void AtomicFile::open_folder(const Destination& destination) {
  const std::optional<Folder>& held = destination.folder();
  fs::path path = ".";
  if (held) {
    require_replaceable(*held, path_);
    name_ = path_.filename().string();
  } else {
    require_replaceable(path_);
    const fs::path target = resolved(path_);
    name_ = target.filename().string();
    if (target.has_parent_path()) path = target.parent_path();
  }
  folder_ = FileDescriptor(uninterrupted([&] {
    return operations_.open(held ? held->descriptor() : AT_FDCWD, path.c_str(),
                            O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  }));
  if (!folder_.is_open()) fail("cannot create a file in its folder", errno);
}

void AtomicFile::create_partial() {
  for (;;) {
    partial_ = partial_name(name_);
    file_ = FileDescriptor(uninterrupted([&] {
      return operations_.open(
          folder_.get(), partial_.c_str(),
          O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    }));
    if (!file_.is_open()) {
      const int error = errno;
      partial_.clear();
      if (error == EEXIST) continue;  // of a dead process with our number
      fail("cannot create a file in its folder", error);
    }
    if (claim_partial()) return;
  }
}

// False when someone who clears up leftovers was faster than our lock. A file
// system without locks is fine: there, leftovers are never taken for dead.
bool AtomicFile::claim_partial() const {
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return false;
  }
  struct stat status {};
  return ::fstat(file_.get(), &status) != 0 || status.st_nlink > 0;
}

void AtomicFile::require_below_size_limit(std::uint64_t bytes) {
  needed_ = std::max(needed_, bytes);
  rlimit limit{};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0) return;
  if (limit.rlim_cur == RLIM_INFINITY || bytes <= limit.rlim_cur) return;
  discard();
  throw Error(Fault::io, cat(path_.string(), ": needed ", needed_,
                             " bytes, but files may "
                             "have ",
                             limit.rlim_cur,
                             " bytes here; raise the limit "
                             "(ulimit -f); nothing was changed"));
}

void AtomicFile::reserve(std::uint64_t bytes) {
  require_below_size_limit(bytes);
  if (bytes == 0) return;
  const int result = uninterrupted([&] {
    return operations_.allocate(file_.get(), static_cast<off_t>(bytes));
  });
  if (result == 0) return;
  if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) {
    fail_for_space(errno);
  }
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  write_at(written_, bytes);
  written_ += bytes.size();
}

void AtomicFile::overwrite(std::uint64_t offset,
                           std::span<const std::byte> bytes) {
  write_at(offset, bytes);
}

void AtomicFile::write_at(std::uint64_t offset,
                          std::span<const std::byte> bytes) {
  require_below_size_limit(offset + bytes.size());
  while (!bytes.empty()) {
    const ssize_t count = uninterrupted([&] {
      return operations_.write(file_.get(), bytes.data(), bytes.size(),
                               static_cast<off_t>(offset));
    });
    if (count <= 0) {
      const int error = count < 0 ? errno : EIO;
      if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
        fail_for_space(error);
      }
      fail("cannot write", error);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
}

void AtomicFile::commit() {
  if (uninterrupted([&] { return operations_.sync(file_.get()); }) != 0) {
    // After a failed fsync the kernel may have dropped the bytes; trying again
    // would report a success that never was.
    if (errno == ENOSPC || errno == EDQUOT) fail_for_space(errno);
    fail("cannot bring it to the disk", errno);
  }
  if (uninterrupted([&] {
        return operations_.rename(folder_.get(), partial_.c_str(),
                                  name_.c_str());
      }) != 0) {
    fail("cannot put it in place", errno);
  }
  partial_.clear();
  // EINVAL: a file system on which folders cannot be synced.
  if (uninterrupted([&] { return operations_.sync(folder_.get()); }) != 0 &&
      errno != EINVAL) {
    throw Error(Fault::io, cat(path_.string(),
                               ": written, but its folder could not be "
                               "brought to the disk: ",
                               in_words(errno),
                               "; it may not "
                               "survive a power failure: check the disk"));
  }
  file_.reset();
}

void AtomicFile::discard() noexcept {
  if (!partial_.empty()) operations_.remove(folder_.get(), partial_.c_str());
  partial_.clear();
  file_.reset();
}

void AtomicFile::fail(std::string_view what, int error) {
  discard();
  throw Error(Fault::io, cat(path_.string(), ": ", what, ": ", in_words(error),
                             "; nothing was changed"));
}

void AtomicFile::fail_for_space(int error) {
  discard();  // First, so that its own bytes count as free.
  if (error == EFBIG) {
    throw Error(Fault::io, cat(path_.string(), ": needed ", needed_,
                               " bytes, more than a file may have on this "
                               "disk; nothing was changed"));
  }
  throw Error(Fault::io,
              cat(path_.string(), ": ",
                  error == EDQUOT ? "disk full (your quota)" : "disk full",
                  ": needed ", needed_, " bytes, ", free_bytes(folder_),
                  " free; make room or choose another folder; nothing was "
                  "changed"));
}

void write_file_atomically(const Destination& destination,
                           std::string_view content,
                           const FileOperations& operations) {
  AtomicFile file(destination, operations);
  file.write(std::as_bytes(std::span(content)));
  file.commit();
}

std::size_t remove_leftovers(const Folder& folder) {
  std::size_t removed = 0;
  for (const std::string& name : folder.names()) {
    if (!is_partial_name(name)) continue;
    const FileDescriptor file(
        ::openat(folder.descriptor(), name.c_str(),
                 O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file.is_open() || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      continue;
    }
    if (::unlinkat(folder.descriptor(), name.c_str(), 0) == 0) ++removed;
  }
  return removed;
}

}  // namespace polytask
