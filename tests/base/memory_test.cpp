#include "polytask/base/memory.h"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <limits>

#include "polytask/base/error.h"
#include "polytask/base/thread_pool.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr std::size_t kTooMuch = std::size_t{1} << 60;

// Whether `holds` in a process that may have so much address space more.
template <class Condition>
bool with_room_for(std::size_t bytes, Condition holds) {
  const pid_t pid = fork();
  if (pid == 0) {
    unsigned long pages = 0;
    std::FILE* file = std::fopen("/proc/self/statm", "r");
    const bool read = std::fscanf(file, "%lu", &pages) == 1;
    std::fclose(file);
    const rlim_t most =
        pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + bytes;
    const rlimit limit{most, most};
    _exit(read && setrlimit(RLIMIT_AS, &limit) == 0 && holds() ? 0 : 1);
  }
  int status = 0;
  return waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

TEST(Memory, AddressSpaceIsThereUntilTheLimit) {
  EXPECT_TRUE(has_address_space(kMiB));
  EXPECT_FALSE(has_address_space(kTooMuch));
  EXPECT_TRUE(with_room_for(64 * kMiB, [] {
    return has_address_space(60 * kMiB) && !has_address_space(65 * kMiB);
  }));
}

TEST(Memory, TheSystemSaysWhatItHas) {
  EXPECT_GT(available_memory(), 16 * kMiB);
}

TEST(Memory, WhatCannotBeHadIsRefusedWithItsSize) {
  require_memory(0, "nothing", "");
  require_memory(kMiB, "little", "");
  test::expect_error(Fault::resource,
                     "workspace: expected 1099511627792 MiB of memory, and the "
                     "system has not so much to give; use less",
                     [] { require_memory(kTooMuch, "workspace", "use less"); });
}

TEST(Memory, AMarginStays) {
  const auto refused = [](std::size_t bytes) {
    try {
      require_memory(bytes, "workspace", "use less");
      return false;
    } catch (const Error& e) {
      return e.fault() == Fault::resource;
    }
  };
  EXPECT_TRUE(with_room_for(32 * kMiB, [&] {
    return !refused(12 * kMiB) && refused(20 * kMiB) && !refused(12 * kMiB);
  }));
}

TEST(ThreadPool, ThreadsWithoutMemoryAreRefused) {
  EXPECT_TRUE(with_room_for(64 * kMiB, [] {
    try {
      const ThreadPool pool(100);
      return false;
    } catch (const Error& e) {
      return e.fault() == Fault::resource;
    }
  }));
}

}  // namespace
}  // namespace polytask
