#include "polytask/base/held_signals.h"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>

#include "polytask/base/thread_pool.h"

namespace polytask {
namespace {

std::atomic<int> handled = 0;

extern "C" void count_signal(int) { ++handled; }

bool is_held(int signal) {
  sigset_t held;
  pthread_sigmask(SIG_BLOCK, nullptr, &held);
  return sigismember(&held, signal) == 1;
}

TEST(HeldSignals, WaitUntilTheEnd) {
  struct sigaction counting = {};
  counting.sa_handler = count_signal;
  struct sigaction before = {};
  sigaction(SIGUSR1, &counting, &before);
  handled = 0;
  {
    const HeldSignals held;
    raise(SIGUSR1);
    EXPECT_EQ(handled, 0);
  }
  EXPECT_EQ(handled, 1);
  sigaction(SIGUSR1, &before, nullptr);
}

TEST(HeldSignals, FaultsAreNotHeld) {
  const HeldSignals held;
  EXPECT_TRUE(is_held(SIGTERM));
  EXPECT_TRUE(is_held(SIGPROF));
  EXPECT_FALSE(is_held(SIGSEGV));
  EXPECT_FALSE(is_held(SIGABRT));
}

TEST(HeldSignals, EndsWithTheOuterOne) {
  const bool before = is_held(SIGTERM);
  {
    const HeldSignals outer;
    { const HeldSignals inner; }
    EXPECT_TRUE(is_held(SIGTERM));
  }
  EXPECT_EQ(is_held(SIGTERM), before);
}

// The parts go to all threads, of which only this one may be interrupted.
TEST(HeldSignals, NoThreadOfAPoolIsInterrupted) {
  ThreadPool pool(3);
  std::atomic<int> interruptible = 0;
  std::atomic<int> there = 0;
  pool.run(3, [&](int, int worker) {
    ++there;
    while (there < 3) std::this_thread::yield();
    if (worker > 0 && !is_held(SIGTERM)) ++interruptible;
  });
  EXPECT_EQ(interruptible, 0);
  EXPECT_FALSE(is_held(SIGTERM));
}

}  // namespace
}  // namespace polytask
