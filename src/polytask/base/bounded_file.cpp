#include "polytask/base/bounded_file.h"

#include <cerrno>
#include <fstream>
#include <system_error>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

[[noreturn]] void throw_unreadable(const std::filesystem::path& path,
                                   int error) {
  throw Error(Fault::io, cat(path.string(), ": cannot be read: ",
                             std::generic_category().message(error),
                             "; check the path and its permissions"));
}

// Refuses what is not a plain file first: opening a pipe would wait for ever.
std::size_t checked_size(const std::filesystem::path& path,
                         const FileBound& bound) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (error) throw_unreadable(path, error.value());
  if (!std::filesystem::is_regular_file(status)) {
    const bool folder = std::filesystem::is_directory(status);
    throw Error(Fault::io,
                cat(path.string(), ": expected ", bound.what, ", found ",
                    folder ? "a folder" : "a device or pipe",
                    "; give the path of a file"));
  }
  const std::uintmax_t bytes = std::filesystem::file_size(path, error);
  if (error) throw_unreadable(path, error.value());
  if (bytes > static_cast<std::uintmax_t>(bound.most_bytes)) {
    throw Error(Fault::data,
                cat(path.string(), ": expected ", bound.what, " of at most ",
                    bound.most_bytes >> 20, " MiB, found ", bytes >> 20,
                    " MiB; make it smaller"));
  }
  return static_cast<std::size_t>(bytes);
}

}  // namespace

std::string read_bounded_file(const std::filesystem::path& path,
                              const FileBound& bound) {
  std::string content(checked_size(path, bound), '\0');
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw_unreadable(path, errno);
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (file.bad()) throw_unreadable(path, EIO);
  content.resize(static_cast<std::size_t>(file.gcount()));
  return content;
}

}  // namespace polytask
