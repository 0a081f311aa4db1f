// What fuzz targets share.

#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>

#include "polytask/base/error.h"

namespace polytask::fuzz {

// Bytes as a file that has a path, in memory.
class MemoryFile {
 public:
  explicit MemoryFile(std::span<const std::uint8_t> bytes)
      : file_(memfd_create("fuzz", MFD_CLOEXEC)) {
    while (!bytes.empty()) {
      const ssize_t count = ::write(file_, bytes.data(), bytes.size());
      if (count <= 0) std::abort();
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }
  ~MemoryFile() { ::close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  [[nodiscard]] std::filesystem::path path() const {
    return "/proc/self/fd/" + std::to_string(file_);
  }

 private:
  int file_;
};

// Runs `parse`, which may refuse what it is given: as the fault of a file, or
// for want of memory. Anything else that it throws ends the program, which is
// a finding.
template <class Parse>
void expect_answer_or_refusal(Parse parse) {
  try {
    parse();
  } catch (const Error& e) {
    if (e.fault() == Fault::backend || e.fault() == Fault::io) throw;
  }
}

}  // namespace polytask::fuzz
