#include "polytask/checkpoint/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
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

}  // namespace

RunLock::RunLock(const std::filesystem::path& run_folder) {
  const std::filesystem::path path = run_folder / "run.lock";
  file_ = FileDescriptor(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (!file_.is_open()) {
    const int error = errno;
    throw Error(Fault::io,
                cat(path.string(), ": cannot create it: ",
                    std::generic_category().message(error),
                    "; allow writing in the folder or choose another run.dir"));
  }
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    throw Error(Fault::config,
                cat(run_folder.string(), ": another trainer", owner_in(file_),
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
