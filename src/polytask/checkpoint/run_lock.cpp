#include "polytask/checkpoint/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

// " (process 1234)", or nothing when the file does not say.
std::string owner_in(const FileDescriptor& file) {
  std::array<char, 12> digits{};
  const ssize_t count = ::pread(file.get(), digits.data(), digits.size(), 0);
  std::string owner;
  for (ssize_t i = 0; i < count; ++i) {
    const char digit = digits[static_cast<std::size_t>(i)];
    if (digit < '0' || digit > '9') break;
    owner += digit;
  }
  return owner.empty() ? "" : cat(" (process ", owner, ")");
}

constexpr const char* kName = "run.lock";

void require_own_file(const FileDescriptor& file,
                      const std::filesystem::path& path) {
  struct stat status {};
  if (::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) &&
      status.st_nlink == 1) {
    return;
  }
  throw Error(
      Fault::io,
      cat(path.string(), ": expected a file of this folder alone, found a ",
          S_ISREG(status.st_mode) ? "hard link" : "device", "; delete it"));
}

}  // namespace

RunLock::RunLock(const Folder& run) {
  const std::filesystem::path path = run.path() / kName;
  file_ = FileDescriptor(
      ::openat(run.descriptor(), kName,
               O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666));
  if (!file_.is_open()) {
    const int error = errno;
    if (error == ELOOP) {
      throw Error(Fault::io,
                  cat(path.string(), ": expected a file, found a symbolic ",
                      "link, which is not followed here; delete it"));
    }
    throw Error(Fault::io,
                cat(path.string(), ": cannot create it: ",
                    std::generic_category().message(error),
                    "; allow writing in the folder or choose another run.dir"));
  }
  require_own_file(file_, path);
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    throw Error(Fault::config,
                cat(run.path().string(), ": another trainer", owner_in(file_),
                    " is writing to this folder; wait for it, stop it, or "
                    "choose another run.dir"));
  }
  // Only for people to read: a disk too full for it must not end the run here.
  const std::string owner = cat(::getpid(), "\n");
  const bool written = ::ftruncate(file_.get(), 0) == 0 &&
                       ::pwrite(file_.get(), owner.data(), owner.size(), 0) > 0;
  static_cast<void>(written);
}

}  // namespace polytask
