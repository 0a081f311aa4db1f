// The two decoders behind decode_image, and what they share.
//
// libjpeg and libpng report an error by a call that must not return. Their own
// default ends the process; ours jumps back to the start of the step.

#pragma once

#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "polytask/data/image_file.h"

namespace polytask {

// Throw Fault::data as decode_image does; `file` starts with the signature.
[[nodiscard]] Image decode_jpeg(std::span<const std::byte> file,
                                std::string_view name);
[[nodiscard]] Image decode_png(std::span<const std::byte> file,
                               std::string_view name);

struct ImageClaim {
  const char* format = "";        // "JPEG" or "PNG"
  std::uint32_t height = 0;       // pixels, as the header claims
  std::uint32_t width = 0;        // pixels
  std::uint64_t least_bytes = 0;  // no file of that size can be shorter
};

// An image of the claimed size, all zero.
// Throws Fault::data when the claim exceeds a limit, or when `file_bytes` are
// too few for it: a few bytes cannot claim many megabytes of memory.
// Throws Fault::resource when there is no memory.
[[nodiscard]] Image allocate_image(const ImageClaim& claim,
                                   std::size_t file_bytes,
                                   std::string_view name);

// Throws Fault::data: the file is damaged, in the decoder's words.
[[noreturn]] void throw_damaged(std::string_view name, const char* format,
                                const std::string& reason);

// Where a step of a C library returns to when it fails.
class StepExit {
 public:
  // Runs `step` and returns true, or false when it ended in fail().
  // `step` must not own anything: fail() skips destructors.
  template <class Step>
  [[nodiscard]] bool completes(Step&& step) {
    if (setjmp(jump_) != 0) return false;
    step();
    return true;
  }

  // Ends the running step. Does not allocate, for it may not throw.
  [[noreturn]] void fail(const char* reason) noexcept;

  [[nodiscard]] std::string reason() const { return reason_.data(); }

 private:
  std::jmp_buf jump_ = {};
  std::array<char, 256> reason_ = {};
};

}  // namespace polytask
