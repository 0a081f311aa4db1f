#include "polytask/base/worker/shared_memory.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

[[noreturn]] void refuse(std::size_t bytes) {
  throw Error(Fault::resource,
              cat("no memory for ", (bytes >> 20) + 1, " MiB of images (",
                  std::strerror(errno),
                  "); smaller images or a part of the file need less"));
}

std::shared_ptr<std::byte> mapping(int fd, std::size_t bytes, int protection) {
  void* memory = mmap(nullptr, bytes, protection, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) refuse(bytes);
  return {static_cast<std::byte*>(memory),
          [bytes](std::byte* p) { munmap(p, bytes); }};
}

}  // namespace

SharedMemory::SharedMemory() : fd_(memfd_create("polytask", MFD_CLOEXEC)) {
  if (fd_.get() < 0) refuse(0);
}

std::size_t SharedMemory::size_bytes() const {
  struct stat status = {};
  if (fstat(fd_.get(), &status) != 0) return 0;
  return static_cast<std::size_t>(status.st_size);
}

std::shared_ptr<std::byte> SharedMemory::resize_and_map(std::size_t bytes) {
  // To nothing first: a worker before this one may have filled it.
  if (ftruncate(fd_.get(), 0) != 0 ||
      ftruncate(fd_.get(), static_cast<off_t>(bytes)) != 0) {
    refuse(bytes);
  }
  return mapping(fd_.get(), bytes, PROT_READ | PROT_WRITE);
}

std::shared_ptr<const std::byte> SharedMemory::map(std::size_t bytes) const {
  return mapping(fd_.get(), bytes, PROT_READ);
}

}  // namespace polytask
