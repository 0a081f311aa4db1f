#include "polytask/base/file_operations.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace polytask {

const FileOperations& system_file_operations() {
  static const FileOperations operations{
      .open = [](const char* path, int flags,
                 mode_t mode) { return ::open(path, flags, mode); },
      .allocate =
          [](int file, off_t bytes) {
            return ::fallocate(file, FALLOC_FL_KEEP_SIZE, 0, bytes);
          },
      .write = ::pwrite,
      .sync = ::fsync,
      .rename = ::rename,
      .remove = ::unlink,
  };
  return operations;
}

}  // namespace polytask
