#include "polytask/report/line_file.h"

#include <fcntl.h>

#include <cerrno>
#include <system_error>

#include "polytask/base/error.h"
#include "polytask/base/file_descriptor.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, int code) {
  throw Error(Fault::io, cat(path.string(),
                             ": expected to write the log of the run, found: ",
                             std::generic_category().message(code),
                             "; make room or choose another run.dir"));
}

// The name is made free first: a link that has it is removed, and not what it
// leads to.
std::FILE* open_new(const FileDescriptor& folder, const std::string& name) {
  ::unlinkat(folder.get(), name.c_str(), 0);
  FileDescriptor file(
      ::openat(folder.get(), name.c_str(),
               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file.is_open()) return nullptr;
  return ::fdopen(file.release(), "w");
}

}  // namespace

LineFile::LineFile(std::filesystem::path path, std::string_view beginning)
    : path_(std::move(path)) {
  const std::filesystem::path parent =
      path_.has_parent_path() ? path_.parent_path() : ".";
  const FileDescriptor folder(
      ::open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) fail(path_, errno);
  const std::string name = path_.filename().string();
  const std::string fresh = name + ".new";
  file_.reset(open_new(folder, fresh));
  if (!file_) fail(path_, errno);
  try {
    write(beginning);
  } catch (const Error&) {
    ::unlinkat(folder.get(), fresh.c_str(), 0);
    throw;
  }
  // The open file stays the same under its new name: lines go on after these.
  if (::renameat(folder.get(), fresh.c_str(), folder.get(), name.c_str()) !=
      0) {
    const int code = errno;
    ::unlinkat(folder.get(), fresh.c_str(), 0);
    fail(path_, code);
  }
}

void LineFile::append(std::string_view text) { write(text); }

void LineFile::write(std::string_view text) {
  errno = 0;
  const bool written =
      std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size();
  if (!written || std::fflush(file_.get()) != 0) fail(path_, errno);
}

}  // namespace polytask
