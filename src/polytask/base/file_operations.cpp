#include "polytask/base/file_operations.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace polytask {

const FileOperations& system_file_operations() {
  static const FileOperations operations{
      .open = [](int folder, const char* name, int flags,
                 mode_t mode) { return ::openat(folder, name, flags, mode); },
      .allocate =
          [](int file, off_t bytes) {
            return ::fallocate(file, FALLOC_FL_KEEP_SIZE, 0, bytes);
          },
      .write = ::pwrite,
      .sync = ::fsync,
      .rename =
          [](int folder, const char* from, const char* to) {
            return ::renameat(folder, from, folder, to);
          },
      .remove = [](int folder,
                   const char* name) { return ::unlinkat(folder, name, 0); },
  };
  return operations;
}

}  // namespace polytask
