// The calls with which a file gets onto the disk, as values.
//
// Code that promises durability takes a FileOperations, so that a test can
// record the calls, or let the n-th of them fail, fall short or kill the
// process. Each has the meaning, result and errno of its POSIX namesake.

#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>

namespace polytask {

struct FileOperations {
  // openat, renameat and unlinkat: names in an open folder, or with AT_FDCWD
  // paths. The folder of `rename` is that of both names.
  std::function<int(int folder, const char* name, int flags, mode_t mode)> open;
  // fallocate for the first `bytes` of the file, whose size it leaves alone.
  std::function<int(int file, off_t bytes)> allocate;
  std::function<ssize_t(int file, const void* bytes, std::size_t count,
                        off_t offset)>
      write;
  std::function<int(int file)> sync;
  std::function<int(int folder, const char* from, const char* to)> rename;
  std::function<int(int folder, const char* name)> remove;
};

// Those of the operating system.
[[nodiscard]] const FileOperations& system_file_operations();

}  // namespace polytask
