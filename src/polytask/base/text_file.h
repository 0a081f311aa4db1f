// Whole small text files: recipes, label lists, tables.

#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "polytask/base/error.h"

namespace polytask {

// The bytes of the file. Reads at most max_bytes + 1 of them, whatever size
// the file claims to have. Never waits for another process.
//
// Throws Fault::io, naming the path as given and what to do, when there is no
// such file (with the nearest name in its folder), when it is a folder, a pipe,
// a socket or a device, and when it may not be read; `too_long` when it is
// longer than max_bytes.
[[nodiscard]] std::string read_text_file(const std::filesystem::path& path,
                                         std::size_t max_bytes,
                                         Fault too_long = Fault::data);

}  // namespace polytask
