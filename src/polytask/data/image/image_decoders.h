// The two decoders behind decode_image, and what they share.
//
// libjpeg and libpng report an error by a call that must not return. Their own
// default ends the process; ours jumps back to the start of the step.

#pragma once

#include <array>
#include <csetjmp>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "polytask/data/image_file.h"

namespace polytask {

// Throw as decode_image does; `file` starts with the signature.
[[nodiscard]] Image decode_jpeg(std::span<const std::byte> file,
                                std::string_view name,
                                const ImageRequest& request);
[[nodiscard]] Image decode_png(std::span<const std::byte> file,
                               std::string_view name,
                               const ImageRequest& request);

// The header alone. Throw Fault::data when it is damaged.
[[nodiscard]] ImageInfo describe_jpeg(std::span<const std::byte> file,
                                      std::string_view name);
[[nodiscard]] ImageInfo describe_png(std::span<const std::byte> file,
                                     std::string_view name);

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
