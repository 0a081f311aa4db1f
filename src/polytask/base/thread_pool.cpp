#include "polytask/base/thread_pool.h"

#include <sched.h>

#include <chrono>
#include <system_error>
#include <utility>

#include "polytask/base/error.h"
#include "polytask/base/held_signals.h"
#include "polytask/base/memory.h"
#include "polytask/base/text.h"
#include "polytask/base/thread_limit.h"

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

// Denormal numbers count as zero until the end of the scope.
class FlushedDenormals {
 public:
#if defined(__x86_64__)
  FlushedDenormals() : before_(_mm_getcsr()) {
    constexpr unsigned kFlushToZero = 0x8000;
    constexpr unsigned kDenormalsAreZero = 0x0040;
    _mm_setcsr(before_ | kFlushToZero | kDenormalsAreZero);
  }
  ~FlushedDenormals() { _mm_setcsr(before_); }

 private:
  unsigned before_;
#else
  FlushedDenormals() = default;
  ~FlushedDenormals() = default;

 public:
#endif
  FlushedDenormals(const FlushedDenormals&) = delete;
  FlushedDenormals& operator=(const FlushedDenormals&) = delete;
};

// Asks again and again, for about as long as falling asleep and being woken
// would take. Whether the answer became yes.
template <class Condition>
bool soon(Condition condition) {
  constexpr auto kPatience = std::chrono::microseconds(50);
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    for (int i = 0; i < 16; ++i) {
      if (condition()) return true;
#if defined(__x86_64__)
      _mm_pause();
#endif
    }
  }
  return false;
}

constexpr std::size_t kStackBytes = std::size_t{8} << 20;  // of a thread

int checked_workers(int workers) {
  if (workers == 0) return std::max(1, usable_processors());
  if (workers > 0 && workers <= kMostThreads) return workers;
  throw Error(Fault::config, cat("threads: expected 0 (one per processor) to ",
                                 kMostThreads, ", got ", workers));
}

}  // namespace

ThreadPool::ThreadPool(int workers) {
  const int count = checked_workers(workers);
  spins_ = count <= usable_processors();
  threads_.reserve(static_cast<std::size_t>(count - 1));
  const HeldSignals held;  // for ever in the threads that are started here
  try {
    for (int i = 1; i < count; ++i) {
      require_memory(kStackBytes, "threads", "ask for fewer");
      threads_.emplace_back([this, i] { work(i); });
    }
  } catch (const std::system_error& e) {
    const std::size_t started = threads_.size() + 1;
    stop();
    throw Error(Fault::resource,
                cat("threads: the system gave ", started, " of ", count, " (",
                    e.what(), "); ask for fewer"));
  } catch (...) {
    stop();
    throw;
  }
  while (running_ < count - 1) std::this_thread::yield();
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
  if (parts == 1) {
    const FlushedDenormals flushed;
    part(0, 0);
    return;
  }
  job_ = &part;
  parts_ = parts;
  unfinished_ = parts;
  const std::uint64_t job = (parts_left_ >> 32) + 1;
  parts_left_ = job << 32 | static_cast<std::uint64_t>(parts - 1);
  if (sleepers_ > 0) {
    // With the lock, so that no one is between looking and falling asleep.
    { const std::lock_guard lock(mutex_); }
    wake_.notify_all();
  }
  {
    const FlushedDenormals flushed;
    run_part(0, 0);
    take_parts(0);
  }
  wait_until_finished();
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void ThreadPool::work(int worker) {
  const FlushedDenormals flushed;
  ++running_;
  while (!stopping_) {
    take_parts(worker);
    wait_for_parts();
  }
}

bool ThreadPool::has_parts() const { return (parts_left_ & 0xffffffffu) != 0; }

void ThreadPool::take_parts(int worker) {
  while (true) {
    std::uint64_t left = parts_left_;
    do {
      if ((left & 0xffffffffu) == 0) return;
    } while (!parts_left_.compare_exchange_weak(left, left - 1));
    run_part(parts_ - static_cast<int>(left & 0xffffffffu), worker);
  }
}

void ThreadPool::run_part(int part, int worker) {
  try {
    (*job_)(part, worker);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
  }
  if (--unfinished_ > 0) return;
  { const std::lock_guard lock(mutex_); }
  done_.notify_one();
}

void ThreadPool::wait_for_parts() {
  const auto called = [this] { return stopping_ || has_parts(); };
  if (spins_ && soon(called)) return;
  std::unique_lock lock(mutex_);
  ++sleepers_;
  wake_.wait(lock, called);
  --sleepers_;
}

void ThreadPool::wait_until_finished() {
  const auto finished = [this] { return unfinished_ == 0; };
  if (finished() || (spins_ && soon(finished))) return;
  std::unique_lock lock(mutex_);
  done_.wait(lock, finished);
}

}  // namespace polytask
