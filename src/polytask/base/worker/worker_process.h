// Runs a function in a limited process of its own, for work that may crash,
// hang or grow on damaged input: the HDF5 library reading a file it was sent.
//
// The process is a fork: it sees the caller's memory as it was, has only the
// calling thread, and nothing it does to its memory comes back. It answers
// with a string; bulk data goes through SharedMemory. It has no terminal, no
// standard streams, writes no core file, and dies with its parent.
//
// Any number of threads may run workers at once, where the allocator is safe
// in a fork: the C library's is, the address sanitizer's of GCC 12 is not.

#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace polytask {

struct WorkerLimits {
  double wall_seconds = 60.0;
  unsigned cpu_seconds = 0;      // 0: unlimited
  std::size_t memory_bytes = 0;  // beyond what the caller has; 0: unlimited
  int attempts = 1;              // more: see run_in_worker
};

struct WorkerOutcome {
  bool answered = false;
  std::string answer = {};  // what the function returned
  bool timed_out = false;   // ended for one of the two time limits
  int signal = 0;           // that killed it, when it was neither
};

// Runs `work` and waits for it. An Error that `work` throws is thrown here, of
// the same fault and text; std::bad_alloc becomes Fault::resource, any other
// exception Fault::backend. The memory limit is not set under a sanitizer,
// which reserves more address space than any limit allows.
// With more than one attempt, work that crashes or throws Fault::data is run
// anew: what a file does to its reader happens again, a moment without memory,
// which libraries take for damage, does not. Each attempt has the time limits
// to itself; one that they end is the last.
//   keep_open   the descriptors `work` needs; all others are closed there
// Throws Fault::resource when no process can be started.
[[nodiscard]] WorkerOutcome run_in_worker(
    const WorkerLimits& limits, const std::vector<int>& keep_open,
    const std::function<std::string()>& work);

// Inside `work`: raises its memory and processor limits by so much, once the
// size of the job is known and found acceptable.
void extend_worker_limits(std::size_t memory_bytes, unsigned cpu_seconds);

// Why there is no answer: "crashed (signal 11)", "did not come to an end".
[[nodiscard]] std::string describe_failure(const WorkerOutcome& outcome);

}  // namespace polytask
