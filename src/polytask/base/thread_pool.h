// A fixed number of workers that share out numbered parts of one job.
//
// run(8, f) calls f(part, worker) once for each part 0..7 and returns when all
// are done. Which worker computes a part depends on timing, so a part must not
// depend on its worker: then the result has the same bits with any number of
// workers. `worker` (below workers()) only chooses private scratch memory.
//
// Workers flush denormal numbers to zero (FTZ and DAZ): gradients that have
// faded away would otherwise slow every later step down.
// One run() at a time; run() does not allocate.

#pragma once

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

  // workers   >= 1; 0 asks for one a processor this process may use.
  // Throws Fault::config when negative, Fault::resource when the system
  // refuses a thread.
  explicit ThreadPool(int workers);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  [[nodiscard]] int workers() const {
    return static_cast<int>(threads_.size());
  }

  // Rethrows the first exception a part has thrown, after all have ended.
  void run(int parts, Part part);

 private:
  void work(int worker);
  void take_parts(int worker, std::unique_lock<std::mutex>& lock);
  void stop();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  const Part* job_ = nullptr;
  std::uint64_t round_ = 0;  // counts jobs, so that a worker sees a new one
  int next_part_ = 0;
  int parts_ = 0;
  int unfinished_ = 0;  // parts of the job that have not returned yet
  bool stopping_ = false;
  std::exception_ptr failure_;
  std::vector<std::thread> threads_;
};

}  // namespace polytask
