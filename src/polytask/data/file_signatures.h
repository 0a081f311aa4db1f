// How files begin that people have, and what to tell them about each.

#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "polytask/data/file_kind.h"

namespace polytask {

struct FileSignature {
  FileKind kind;
  const char* words;
  const char* advice;
  std::size_t offset;  // bytes from the start of the file
  std::string_view bytes;
};

// The first that fits holds.
[[nodiscard]] std::span<const FileSignature> file_signatures();

}  // namespace polytask
