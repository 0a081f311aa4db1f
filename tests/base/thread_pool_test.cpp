#include "polytask/base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numeric>
#include <thread>

#include "tests/support/expect_error.h"

namespace polytask {
namespace {

TEST(ThreadPool, EveryPartRunsExactlyOnce) {
  for (const int workers : {1, 2, 4}) {
    ThreadPool pool(workers);
    for (const int parts : {0, 1, 3, 64}) {
      std::vector<std::atomic<int>> runs(static_cast<std::size_t>(parts));
      pool.run(parts, [&](int part, int worker) {
        ASSERT_LT(worker, workers);
        ++runs[static_cast<std::size_t>(part)];
      });
      for (const auto& count : runs) EXPECT_EQ(count, 1);
    }
  }
}

// Threads of this process that no processor has run yet, as the system counts.
int threads_that_never_ran() {
  int count = 0;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream file(task.path() / "schedstat");
    std::uint64_t running = 0;
    std::uint64_t waiting = 0;
    std::uint64_t turns = 0;
    if (file >> running >> waiting >> turns && turns == 0) ++count;
  }
  return count;
}

TEST(ThreadPool, ItsThreadsRunWhenItIsConstructed) {
  for (int round = 0; round < 50; ++round) {
    const ThreadPool pool(32);
    ASSERT_EQ(threads_that_never_ran(), 0) << "round " << round;
  }
}

TEST(ThreadPool, TheFirstPartIsTheCallers) {
  ThreadPool pool(4);
  for (int round = 0; round < 500; ++round) {
    int by = -1;
    std::thread::id thread;
    pool.run(8, [&](int part, int worker) {
      if (part > 0) return;
      by = worker;
      thread = std::this_thread::get_id();
    });
    ASSERT_EQ(by, 0);
    ASSERT_EQ(thread, std::this_thread::get_id());
  }
}

TEST(ThreadPool, RunReturnsOnlyWhenAllPartsAreDone) {
  ThreadPool pool(4);
  for (int round = 0; round < 500; ++round) {
    std::vector<int> written(16, 0);
    pool.run(16, [&](int part, int) { written[part] = part + 1; });
    EXPECT_EQ(std::accumulate(written.begin(), written.end(), 0), 136);
  }
}

TEST(ThreadPool, FirstFailureComesOutAndThePoolStaysUsable) {
  ThreadPool pool(2);
  test::expect_error(Fault::data, "part 3", [&] {
    pool.run(8, [](int part, int) {
      if (part == 3) throw Error(Fault::data, "part 3");
    });
  });
  std::atomic<int> runs = 0;
  pool.run(5, [&](int, int) { ++runs; });
  EXPECT_EQ(runs, 5);
}

TEST(ThreadPool, WorkersFlushDenormalsToZero) {
  ThreadPool pool(2);
  volatile float tiny = std::numeric_limits<float>::min();
  volatile float halved = -1.0f;
  pool.run(1, [&](int, int) { halved = tiny * 0.5f; });
  EXPECT_EQ(halved, 0.0f);
}

TEST(ThreadPool, TheCallerKeepsItsOwnDenormals) {
  ThreadPool pool(2);
  pool.run(8, [](int, int) {});
  volatile float tiny = std::numeric_limits<float>::min();
  EXPECT_GT(tiny * 0.5f, 0.0f);
}

TEST(ThreadPool, SleepingWorkersAreWoken) {
  ThreadPool pool(3);
  for (int round = 0; round < 20; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::atomic<int> met = 0;
    // Parts that wait for one another: only three workers can end this.
    pool.run(3, [&](int, int) {
      ++met;
      while (met < 3) std::this_thread::yield();
    });
    EXPECT_EQ(met, 3);
  }
}

TEST(ThreadPool, NegativeCountSaysWhatIsAllowed) {
  test::expect_error(Fault::config,
                     "threads: expected 0 (one per processor) to 1024, got -1",
                     [] { ThreadPool pool(-1); });
}

}  // namespace
}  // namespace polytask
