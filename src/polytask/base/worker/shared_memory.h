// Memory that a worker process fills and its parent reads, without a copy.
//
// It has no name and no file; it is gone with its last mapping. The parent
// makes it, the worker resizes and fills it, and the parent maps it once the
// worker has ended, so nothing can change under the reader.

#pragma once

#include <cstddef>
#include <memory>

#include "polytask/base/file_descriptor.h"

namespace polytask {

class SharedMemory {
 public:
  // Empty. Throws Fault::resource when the system refuses.
  SharedMemory();

  [[nodiscard]] int descriptor() const { return fd_.get(); }
  [[nodiscard]] std::size_t size_bytes() const;

  // Sets the size to `bytes` > 0, zero filled, and maps it for writing.
  // Throws Fault::resource when there is no room for it.
  [[nodiscard]] std::shared_ptr<std::byte> resize_and_map(std::size_t bytes);

  // Maps the first `bytes` for reading; the mapping outlives this object.
  // Throws Fault::resource when the system refuses.
  [[nodiscard]] std::shared_ptr<const std::byte> map(std::size_t bytes) const;

 private:
  FileDescriptor fd_;
};

}  // namespace polytask
