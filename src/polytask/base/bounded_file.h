// A whole file in memory, whose size was checked before memory was taken.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace polytask {

struct FileBound {
  const char* what = "a file";  // for messages: "an image file"
  std::int64_t most_bytes = 0;
};

// Throws Fault::io when `path` is not a plain file or cannot be read,
// Fault::data when it is larger than the bound.
[[nodiscard]] std::string read_bounded_file(const std::filesystem::path& path,
                                            const FileBound& bound);

}  // namespace polytask
