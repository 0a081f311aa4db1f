#pragma once

namespace polytask {

// Of a ThreadPool; more than any machine's processors, less than any system's
// limit.
inline constexpr int kMostThreads = 1024;

}  // namespace polytask
