// The machine a run or a measurement was made on.

#pragma once

#include <cstdint>
#include <string>

namespace polytask::cli {

// As the system calls it; "unknown" where it does not say.
[[nodiscard]] std::string processor_name();

// The widest that our kernels can use: "AVX-512", "AVX2", or none of them.
[[nodiscard]] std::string vector_extensions();

// How wide the terminal behind standard error is now; 80 where it does not say.
[[nodiscard]] int terminal_columns();

// The most memory this process has had so far; 0 where the system does not say.
[[nodiscard]] std::int64_t peak_memory_bytes();

}  // namespace polytask::cli
