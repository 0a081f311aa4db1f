#include "polytask/base/thread_pool.h"

#include <sched.h>

#include <system_error>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace polytask {
namespace {

int usable_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return static_cast<int>(std::thread::hardware_concurrency());
}

void flush_denormals() {
#if defined(__x86_64__)
  constexpr unsigned kFlushToZero = 0x8000;
  constexpr unsigned kDenormalsAreZero = 0x0040;
  _mm_setcsr(_mm_getcsr() | kFlushToZero | kDenormalsAreZero);
#endif
}

int checked_workers(int workers) {
  if (workers > 0) return workers;
  if (workers == 0) return std::max(1, usable_processors());
  throw Error(Fault::config, cat("threads: expected >= 0 (0: one a processor), "
                                 "got ",
                                 workers));
}

}  // namespace

ThreadPool::ThreadPool(int workers) {
  const int count = checked_workers(workers);
  threads_.reserve(static_cast<std::size_t>(count));
  try {
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([this, i] { work(i); });
    }
  } catch (const std::system_error& e) {
    const std::size_t started = threads_.size();
    stop();
    throw Error(Fault::resource,
                cat("threads: the system gave ", started, " of ", count, " (",
                    e.what(), "); ask for fewer"));
  }
}

ThreadPool::~ThreadPool() { stop(); }

void ThreadPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void ThreadPool::run(int parts, Part part) {
  if (parts <= 0) return;
  std::unique_lock lock(mutex_);
  job_ = &part;
  parts_ = parts;
  next_part_ = 0;
  unfinished_ = parts;
  ++round_;
  wake_.notify_all();
  done_.wait(lock, [this] { return unfinished_ == 0; });
  job_ = nullptr;
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void ThreadPool::work(int worker) {
  flush_denormals();
  std::uint64_t seen = 0;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return stopping_ || round_ != seen; });
    if (stopping_) return;
    seen = round_;
    take_parts(worker, lock);
  }
}

void ThreadPool::take_parts(int worker, std::unique_lock<std::mutex>& lock) {
  while (next_part_ < parts_) {
    const int part = next_part_++;
    const Part& job = *job_;
    lock.unlock();
    std::exception_ptr failure;
    try {
      job(part, worker);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    if (failure && !failure_) failure_ = failure;
    if (--unfinished_ == 0) done_.notify_one();
  }
}

}  // namespace polytask
