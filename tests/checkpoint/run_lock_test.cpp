#include "polytask/checkpoint/run_lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include <optional>

#include "polytask/base/text.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

TEST(RunLock, ASecondTrainerIsRefusedAndToldWhoIsThere) {
  const test::TemporaryFolder folder;
  const RunLock first(folder.path());
  test::expect_error(
      Fault::config,
      cat(folder.path().string(), ": another trainer (process ", ::getpid(),
          ") is writing to this folder; wait for it, stop it, or choose "
          "another run.dir"),
      [&] { RunLock{folder.path()}; });
}

TEST(RunLock, ARefusalDoesNotDisturbTheOwner) {
  const test::TemporaryFolder folder;
  std::optional<RunLock> first(folder.path());
  EXPECT_THROW(RunLock{folder.path()}, Error);
  EXPECT_THROW(RunLock{folder.path()}, Error);
  first.reset();
  EXPECT_NO_THROW(RunLock{folder.path()});
}

TEST(RunLock, EndsWithItsProcess) {
  const test::TemporaryFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    const RunLock lock(folder.path());
    ::raise(SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(folder.names(), std::vector<std::string>{"run.lock"});
  EXPECT_NO_THROW(RunLock{folder.path()});
}

TEST(RunLock, ForgetsAnEarlierOwner) {
  const test::TemporaryFolder folder;
  test::write_bytes(folder / "run.lock", "99999999999\n99999999999\n");
  const RunLock lock(folder.path());
  EXPECT_EQ(test::read_bytes(folder / "run.lock"), cat(::getpid(), "\n"));
}

TEST(RunLock, AMissingFolderIsNamed) {
  test::expect_error(Fault::io,
                     "/nowhere/run.lock: cannot create it: No such file or "
                     "directory; allow writing in the folder or choose another "
                     "run.dir",
                     [] { RunLock{"/nowhere"}; });
}

}  // namespace
}  // namespace polytask
