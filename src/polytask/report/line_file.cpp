#include "polytask/report/line_file.h"

#include <cerrno>
#include <system_error>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, int code) {
  throw Error(Fault::io, cat(path.string(),
                             ": expected to write the log of the run, found: ",
                             std::generic_category().message(code),
                             "; make room or choose another run.dir"));
}

}  // namespace

LineFile::LineFile(std::filesystem::path path, std::string_view beginning)
    : path_(std::move(path)) {
  std::filesystem::path fresh = path_;
  fresh += ".new";
  file_.reset(std::fopen(fresh.c_str(), "wbe"));
  if (!file_) fail(path_, errno);
  std::error_code error;
  try {
    write(beginning);
  } catch (const Error&) {
    std::filesystem::remove(fresh, error);
    throw;
  }
  // The open file stays the same under its new name: lines go on after these.
  std::filesystem::rename(fresh, path_, error);
  if (error) {
    const int code = error.value();
    std::filesystem::remove(fresh, error);
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
