// One picture a thread at a time.

#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace polytask::draw {

// Calls action(i) for every i below `count`, in no order. The first exception
// stops all threads and is thrown again here.
//   threads   0: one per processor
template <class Action>
void for_each_index(std::int64_t count, int threads, const Action& action) {
  const std::int64_t wanted =
      threads > 0
          ? threads
          : std::max<std::int64_t>(std::thread::hardware_concurrency(), 1);
  std::atomic<std::int64_t> next{0};
  std::exception_ptr failure;
  std::once_flag failed;
  const auto work = [&] {
    try {
      for (std::int64_t i = next++; i < count; i = next++) action(i);
    } catch (...) {
      next = count;
      std::call_once(failed, [&] { failure = std::current_exception(); });
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::int64_t t = 1; t < std::min(wanted, count); ++t) {
      others.emplace_back(work);
    }
    work();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace polytask::draw
