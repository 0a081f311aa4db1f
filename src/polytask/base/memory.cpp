#include "polytask/base/memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

constexpr std::uint64_t kUnknown = std::numeric_limits<std::uint64_t>::max();

// The number behind a word at the beginning of a line: "MemAvailable: 12 kB".
std::uint64_t number_behind(const char* file, std::string_view word) {
  std::ifstream lines(file);
  for (std::string name; lines >> name;) {
    std::uint64_t number = 0;
    if (name == word && lines >> number) return number;
    lines.clear();
    lines.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return kUnknown;
}

std::uint64_t number_in(const char* file) {
  std::uint64_t number = 0;
  std::ifstream text(file);
  return text >> number ? number : kUnknown;  // "max" is none
}

std::uint64_t of_the_system() {
  constexpr const char* kFile = "/proc/meminfo";
  const std::uint64_t available = number_behind(kFile, "MemAvailable:");
  if (available == kUnknown) return kUnknown;
  const std::uint64_t swap = number_behind(kFile, "SwapFree:");
  return (available + (swap == kUnknown ? 0 : swap)) << 10;
}

// What it uses counts files that it has read, which give way.
std::uint64_t of_the_control_group() {
  const std::uint64_t most = number_in("/sys/fs/cgroup/memory.max");
  const std::uint64_t used = number_in("/sys/fs/cgroup/memory.current");
  if (most == kUnknown || used == kUnknown) return kUnknown;
  const std::uint64_t files =
      number_behind("/sys/fs/cgroup/memory.stat", "file");
  const std::uint64_t held =
      used - (files == kUnknown ? 0 : std::min(files, used));
  return most - std::min(held, most);
}

}  // namespace

bool has_address_space(std::size_t bytes) {
  void* const probe = mmap(nullptr, bytes, PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (probe == MAP_FAILED) return false;
  munmap(probe, bytes);
  return true;
}

std::uint64_t available_memory() {
  return std::min(of_the_system(), of_the_control_group());
}

void require_memory(std::uint64_t bytes, std::string_view what,
                    std::string_view advice) {
  constexpr std::uint64_t kWorthAsking = std::uint64_t{64} << 20;
  constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
  if (has_address_space(bytes + kMemoryMargin) &&
      (bytes < kWorthAsking || bytes <= available_memory())) {
    return;
  }
  throw Error(
      Fault::resource,
      cat(what, ": expected ", (bytes + kMemoryMargin) / kMiB,
          " MiB of memory, and the system has not so much to give; ", advice));
}

}  // namespace polytask
