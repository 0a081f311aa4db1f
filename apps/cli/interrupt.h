// Ctrl-C and SIGTERM as a flag that a long loop looks at.

#pragma once

#include <csignal>

#include <atomic>

namespace polytask::cli {

// While it lives, the first signal sets the flag; a second one ends the program
// at once.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  [[nodiscard]] const std::atomic<bool>& flag() const;

 private:
  struct sigaction old_interrupt_ = {};
  struct sigaction old_terminate_ = {};
};

}  // namespace polytask::cli
