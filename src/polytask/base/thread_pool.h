// A fixed number of workers that share out numbered parts of one job.
//
// run(8, f) calls f(part, worker) once for each part 0..7 and returns when all
// are done. Which worker computes a part depends on timing, so a part must not
// depend on its worker: then the result has the same bits with any number of
// workers. `worker` (below workers()) only chooses private scratch memory.
//
// The thread that calls run() is worker 0; the others are threads of the pool.
// Part 0 is the caller's, so that what it leaves in its cache is there when it
// comes again; a single part wakes no one.
// While a part runs, denormal numbers are flushed to zero (FTZ and DAZ):
// gradients that have faded away would otherwise slow every later step down.
// The caller's own setting is restored.
// One run() at a time; run() does not allocate.

#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "polytask/base/function_ref.h"

namespace polytask {

class ThreadPool {
 public:
  using Part = FunctionRef<void(int part, int worker)>;

  // workers   >= 1; 0 asks for one per processor this process may use.
  // Returns when all of them run: a thread that is still being set up holds
  // locks of the runtime, and a process forked just then would inherit them
  // locked for ever.
  // Throws Fault::config when negative, Fault::resource when the system
  // refuses a thread.
  explicit ThreadPool(int workers);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  [[nodiscard]] int workers() const {
    return static_cast<int>(threads_.size()) + 1;
  }

  // Rethrows the first exception a part has thrown, after all have ended.
  void run(int parts, Part part);

 private:
  void work(int worker);
  void take_parts(int worker);
  void run_part(int part, int worker);
  [[nodiscard]] bool has_parts() const;
  void wait_for_parts();
  void wait_until_finished();
  void stop();

  // The number of the job in the upper half, the parts no one has taken yet in
  // the lower: who lowers it owns a part of exactly that job, and the job stays
  // until that part is done.
  std::atomic<std::uint64_t> parts_left_ = 0;
  std::atomic<int> unfinished_ = 0;  // parts that have not returned yet
  const Part* job_ = nullptr;        // these two are read by owners of a part
  int parts_ = 0;

  std::atomic<int> running_ = 0;  // threads that have come up
  std::atomic<int> sleepers_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;  // guards failure_, and sleeping
  std::condition_variable wake_;
  std::condition_variable done_;
  std::exception_ptr failure_;
  bool spins_ = false;  // there is a processor for every worker
  std::vector<std::thread> threads_;
};

}  // namespace polytask
