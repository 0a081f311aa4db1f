// Memory that is asked for before it is used.
//
// Small pieces of memory that cannot be had are exceptions like any other. Some
// code cannot say so, though: that which oneDNN generates, and the runtime's
// own. So what takes a large piece sees to it that a margin is left.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace polytask {

// What is left for small pieces and for code that is generated.
inline constexpr std::size_t kMemoryMargin = std::size_t{16} << 20;

// Whether this process may take so many bytes of address space more: a limit on
// it (ulimit -v) may say no. Takes a microsecond.
[[nodiscard]] bool has_address_space(std::size_t bytes);

// What the system and the control group of this process (a container's limit)
// could give now, in bytes, without using the disk more than they do; the
// largest number there is where neither says. Takes a tenth of a millisecond.
[[nodiscard]] std::uint64_t available_memory();

// Throws Fault::resource, `what` first, when so many bytes, and the margin, are
// not to be had.
//   advice   how to need less
void require_memory(std::uint64_t bytes, std::string_view what,
                    std::string_view advice);

}  // namespace polytask
