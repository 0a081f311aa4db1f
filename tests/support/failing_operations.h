#pragma once

#include <cerrno>
#include <functional>
#include <memory>

#include "polytask/base/file_operations.h"

namespace polytask::test {

// The system's operations, counted from 1. Before each, `before` is called with
// its number; when that returns an errno other than 0, the operation is not
// done and fails with it. remove() is never counted: clearing up works.
inline FileOperations counted_operations(std::function<int(int)> before) {
  auto count = std::make_shared<int>(0);
  const auto blocked = [count, before = std::move(before)] {
    errno = before(++*count);
    return errno != 0;
  };
  const FileOperations& real = system_file_operations();
  return {
      .open =
          [=](int folder, const char* name, int flags, mode_t mode) {
            return blocked() ? -1 : real.open(folder, name, flags, mode);
          },
      .allocate =
          [=](int file, off_t bytes) {
            return blocked() ? -1 : real.allocate(file, bytes);
          },
      .write =
          [=](int file, const void* bytes, std::size_t n, off_t offset) {
            return blocked() ? ssize_t{-1} : real.write(file, bytes, n, offset);
          },
      .sync = [=](int file) { return blocked() ? -1 : real.sync(file); },
      .rename =
          [=](int folder, const char* from, const char* to) {
            return blocked() ? -1 : real.rename(folder, from, to);
          },
      .remove = real.remove,
  };
}

}  // namespace polytask::test
