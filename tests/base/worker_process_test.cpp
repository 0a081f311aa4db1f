#include "polytask/base/worker/worker_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "polytask/base/thread_pool.h"
#include "polytask/base/worker/shared_memory.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

WorkerOutcome run(const std::function<std::string()>& work,
                  const WorkerLimits& limits = {}) {
  return run_in_worker(limits, {}, work);
}

TEST(WorkerProcess, AnswersWithTheStringOfItsWork) {
  const std::string text = "any\0thing" + std::string(100000, 'a');
  const WorkerOutcome outcome = run([&] { return text; });
  EXPECT_TRUE(outcome.answered);
  EXPECT_EQ(outcome.answer, text);
}

TEST(WorkerProcess, AnEmptyAnswerIsAnAnswer) {
  EXPECT_TRUE(run([] { return std::string(); }).answered);
}

TEST(WorkerProcess, AnAnswerBeyond16MiBIsNone) {
  const WorkerOutcome outcome =
      run([] { return std::string(std::size_t{20} << 20, 'a'); });
  EXPECT_FALSE(outcome.answered);
}

TEST(WorkerProcess, ThrowsTheErrorOfItsWork) {
  test::expect_error(Fault::io, "disk: expected room, found none", [] {
    (void)run([]() -> std::string {
      throw Error(Fault::io, "disk: expected room, found none");
    });
  });
}

TEST(WorkerProcess, OtherExceptionsKeepTheirMeaning) {
  test::expect_error(
      Fault::resource, "not enough memory to read or write the file",
      [] { (void)run([]() -> std::string { throw std::bad_alloc(); }); });
  test::expect_error(Fault::backend, "odd", [] {
    (void)run([]() -> std::string { throw std::runtime_error("odd"); });
  });
}

TEST(WorkerProcess, ACrashIsAnOutcome) {
  for (const int signal : {SIGSEGV, SIGABRT, SIGFPE}) {
    const WorkerOutcome outcome = run([&] {
      raise(signal);
      return std::string("unreachable");
    });
    EXPECT_FALSE(outcome.answered);
    EXPECT_FALSE(outcome.timed_out);
    EXPECT_EQ(outcome.signal, signal);
  }
  EXPECT_EQ(describe_failure({.signal = 11}), "crashed (signal 11)");
}

// Fails `failures` times, by a crash or by an Error of this text; then counts
// how often it ran.
WorkerOutcome run_again(int failures, const std::string& text, int attempts) {
  SharedMemory memory;
  const auto runs = memory.resize_and_map(1);
  return run_in_worker({.attempts = attempts}, {}, [&]() -> std::string {
    auto& count = reinterpret_cast<unsigned char&>(*runs);
    if (++count > failures) return std::string(count, 'r');
    if (!text.empty()) throw Error(Fault::data, text);
    raise(SIGSEGV);
    return "unreachable";
  });
}

TEST(WorkerProcess, ACrashThatDoesNotRepeatIsNone) {
  EXPECT_EQ(run_again(1, "", 2).answer, "rr");
  EXPECT_EQ(run_again(0, "", 2).answer, "r");
  EXPECT_EQ(run_again(1, "", 1).signal, SIGSEGV);
  EXPECT_EQ(run_again(2, "", 2).signal, SIGSEGV);
}

TEST(WorkerProcess, DamageThatDoesNotRepeatIsNone) {
  EXPECT_EQ(run_again(1, "it is damaged", 2).answer, "rr");
  test::expect_error(Fault::data, "it is damaged",
                     [] { (void)run_again(1, "it is damaged", 1); });
  test::expect_error(Fault::data, "it is damaged",
                     [] { (void)run_again(2, "it is damaged", 2); });
}

// Else two processes would go on with what the caller does.
TEST(WorkerProcess, NothingThatIsThrownLeavesTheWorker) {
  const WorkerOutcome outcome = run([]() -> std::string { throw 7; });
  EXPECT_FALSE(outcome.answered);
  EXPECT_EQ(outcome.signal, 0);
}

TEST(WorkerProcess, ACrashIsNotHandledByTheHandlersOfTheParent) {
  const auto before = std::signal(SIGFPE, [](int) { _exit(3); });
  const WorkerOutcome outcome = run([] {
    raise(SIGFPE);
    return std::string("unreachable");
  });
  std::signal(SIGFPE, before);
  EXPECT_EQ(outcome.signal, SIGFPE);
}

TEST(WorkerProcess, AnExitWithoutAnswerIsAnOutcome) {
  const WorkerOutcome outcome = run([]() -> std::string { _exit(0); });
  EXPECT_FALSE(outcome.answered);
  EXPECT_EQ(describe_failure(outcome), "ended without an answer");
}

TEST(WorkerProcess, AHangEndsAtTheWallLimit) {
  const WorkerOutcome outcome = run(
      []() -> std::string {
        for (;;) pause();
      },
      {.wall_seconds = 0.1});
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_EQ(describe_failure(outcome), "did not come to an end");
}

TEST(WorkerProcess, ALoopEndsAtTheProcessorLimit) {
  const WorkerOutcome outcome = run(
      []() -> std::string {
        volatile bool forever = true;
        while (forever) {
        }
        return "";
      },
      {.cpu_seconds = 1});
  EXPECT_TRUE(outcome.timed_out);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(WorkerProcess, GrowthEndsAtTheMemoryLimit) {
  constexpr std::size_t kMega = std::size_t{1} << 20;
  const auto can_have = [](std::size_t bytes) {
    // malloc may have as much from before.
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return std::string("no");
    munmap(memory, bytes);
    return std::string("yes");
  };
  const WorkerLimits limits{.memory_bytes = 64 * kMega};
  EXPECT_EQ(run([&] { return can_have(32 * kMega); }, limits).answer, "yes");
  EXPECT_EQ(run([&] { return can_have(96 * kMega); }, limits).answer, "no");
  const WorkerOutcome extended = run(
      [&] {
        extend_worker_limits(64 * kMega, 0);
        return can_have(96 * kMega);
      },
      limits);
  EXPECT_EQ(extended.answer, "yes");
}
#endif

TEST(WorkerProcess, ClosesWhatItWasNotToldToKeep) {
  const FileDescriptor kept(open("/dev/null", O_RDONLY));
  const FileDescriptor dropped(open("/dev/null", O_RDONLY));
  const FileDescriptor high(fcntl(dropped.get(), F_DUPFD_CLOEXEC, 200));
  const auto open_ones = [&] {
    std::string text;
    for (const FileDescriptor* fd : {&kept, &dropped, &high}) {
      text += fcntl(fd->get(), F_GETFD) >= 0 ? "open " : "closed ";
    }
    return text;
  };
  EXPECT_EQ(run_in_worker({}, {kept.get()}, open_ones).answer,
            "open closed closed ");
  EXPECT_EQ(open_ones(), "open open open ");
}

// A thread that is just starting holds locks of the address sanitizer's
// allocator, and a fork would leave them locked in the worker.
TEST(WorkerProcess, AnswersBesideThreadsThatHaveJustBeenStarted) {
  for (int round = 0; round < 200; ++round) {
    const ThreadPool pool(16);
    const WorkerOutcome outcome = run(
        [] {
          std::string text;
          for (std::size_t size = 1; size < 100'000; size *= 2) {
            text += *std::make_unique<std::string>(size, 'a');
          }
          return text;
        },
        {.wall_seconds = 10});
    ASSERT_TRUE(outcome.answered) << "round " << round;
  }
}

TEST(WorkerProcess, PrintsNothing) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  (void)run([] {
    const ssize_t out = write(1, "out", 3);
    const ssize_t err = write(2, "err", 3);
    return std::string(out + err == 6 ? "written" : "not");
  });
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(SharedMemory, BringsBackWhatTheWorkerWrote) {
  SharedMemory memory;
  (void)run_in_worker({}, {memory.descriptor()}, [&] {
    const auto bytes = memory.resize_and_map(10000);
    std::memset(bytes.get(), 7, 10000);
    return std::string();
  });
  ASSERT_EQ(memory.size_bytes(), 10000u);
  const auto bytes = memory.map(10000);
  EXPECT_EQ(bytes.get()[0], std::byte{7});
  EXPECT_EQ(bytes.get()[9999], std::byte{7});
}

TEST(SharedMemory, IsZeroAgainWhenItIsResized) {
  SharedMemory memory;
  *memory.resize_and_map(10) = std::byte{7};
  EXPECT_EQ(*memory.resize_and_map(10), std::byte{0});
}

TEST(SharedMemory, MoreThanThereCanBeIsAnError) {
  SharedMemory memory;
  test::expect_error_parts(
      Fault::resource, {"no memory for", "smaller images or a part"},
      [&] { (void)memory.resize_and_map(std::size_t{1} << 62); });
}

}  // namespace
}  // namespace polytask
