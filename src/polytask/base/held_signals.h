// Signals that wait until a thread may be interrupted.
//
// The matrix products that oneDNN generates (2.6.3 and 3.7, on AVX2) use memory
// below their stack pointer. A handler that runs on the same stack overwrites
// it, and the product then writes where it should not: the heap is damaged. So
// no handler runs on a thread that computes; docs/design/012 has the
// measurement.

#pragma once

#include <csignal>

namespace polytask {

// While it lives, no handler of an asynchronous signal (SIGINT, SIGTERM,
// SIGALRM, SIGPROF, ...) runs on this thread; what comes is delivered
// afterwards, or at once to a thread that does not wait. Threads that are
// started meanwhile keep it so. Faults such as SIGSEGV are not held. Two system
// calls, a fraction of a microsecond.
class HeldSignals {
 public:
  HeldSignals();
  ~HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

 private:
  sigset_t before_;
};

}  // namespace polytask
