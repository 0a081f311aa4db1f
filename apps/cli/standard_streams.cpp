#include "apps/cli/standard_streams.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <new>

namespace polytask::cli {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 16;

// The errno; 0 when all is written.
int write_all(int descriptor, const char* at, std::size_t size) {
  while (size > 0) {
    const ssize_t written = write(descriptor, at, size);
    if (written >= 0) {
      at += written;
      size -= static_cast<std::size_t>(written);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pollfd ready{.fd = descriptor, .events = POLLOUT, .revents = 0};
      poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

}  // namespace

void prepare_standard_streams() {
  for (int descriptor = 0; descriptor <= STDERR_FILENO; ++descriptor) {
    if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number is this one. Reading only: a write must fail.
    if (open("/dev/null", O_RDONLY) != descriptor) _exit(5);
  }
  signal(SIGPIPE, SIG_IGN);
}

DescriptorStream::DescriptorStream(int descriptor)
    : std::ostream(nullptr), buffer_(descriptor) {
  rdbuf(&buffer_);
}

DescriptorStream::~DescriptorStream() { flush(); }

int DescriptorStream::finish() {
  flush();
  return buffer_.failure();
}

int DescriptorStream::Buffer::overflow(int character) {
  if (character == traits_type::eof()) return traits_type::not_eof(character);
  const char c = traits_type::to_char_type(character);
  return xsputn(&c, 1) == 1 ? character : traits_type::eof();
}

std::streamsize DescriptorStream::Buffer::xsputn(const char* text,
                                                 std::streamsize size) try {
  if (failure_ != 0) return 0;
  pending_.append(text, static_cast<std::size_t>(size));
  if (pending_.size() >= kBufferBytes) sync();
  return failure_ == 0 ? size : 0;
} catch (const std::bad_alloc&) {
  failure_ = ENOMEM;
  return 0;
}

int DescriptorStream::Buffer::sync() {
  if (failure_ == 0 && !pending_.empty()) {
    failure_ = write_all(descriptor_, pending_.data(), pending_.size());
  }
  pending_.clear();
  return failure_ == 0 ? 0 : -1;
}

}  // namespace polytask::cli
