#include "polytask/base/text_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  explicit Descriptor(const fs::path& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

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
    default:
      throw Error(Fault::io, cat(name, ": cannot be read: ",
                                 std::generic_category().message(reason)));
  }
}

}  // namespace

std::string read_text_file(const fs::path& path, std::size_t max_bytes) {
  constexpr std::size_t kChunkBytes = 64 * 1024;
  const Descriptor file(path);
  if (file.number() < 0) throw_unreadable(path, errno);

  std::string text;
  while (text.size() <= max_bytes) {
    const std::size_t before = text.size();
    text.resize(before + std::min(kChunkBytes, max_bytes + 1 - before));
    const ssize_t got =
        ::read(file.number(), text.data() + before, text.size() - before);
    if (got < 0 && errno != EINTR) throw_unreadable(path, errno);
    text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0) return text;
  }
  throw Error(Fault::io, cat(path.string(),
                             ": expected a text file of at most ", max_bytes,
                             " bytes, found more; is it the right "
                             "file?"));
}

}  // namespace polytask
