#include "polytask/checkpoint/run_lock.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
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
  const RunLock first{Folder(folder.path())};
  test::expect_error(
      Fault::config,
      cat(folder.path().string(), ": another trainer (process ", ::getpid(),
          ") is writing to this folder; wait for it, stop it, or choose "
          "another run.dir"),
      [&] { RunLock{Folder(folder.path())}; });
}

TEST(RunLock, ARefusalDoesNotDisturbTheOwner) {
  const test::TemporaryFolder folder;
  std::optional<RunLock> first(std::in_place, Folder(folder.path()));
  EXPECT_THROW(RunLock{Folder(folder.path())}, Error);
  EXPECT_THROW(RunLock{Folder(folder.path())}, Error);
  first.reset();
  EXPECT_NO_THROW(RunLock{Folder(folder.path())});
}

TEST(RunLock, EndsWithItsProcess) {
  const test::TemporaryFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    const RunLock lock{Folder(folder.path())};
    ::raise(SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(folder.names(), std::vector<std::string>{"run.lock"});
  EXPECT_NO_THROW(RunLock{Folder(folder.path())});
}

TEST(RunLock, ForgetsAnEarlierOwner) {
  const test::TemporaryFolder folder;
  test::write_bytes(folder / "run.lock", "99999999999\n99999999999\n");
  const RunLock lock{Folder(folder.path())};
  EXPECT_EQ(test::read_bytes(folder / "run.lock"), cat(::getpid(), "\n"));
}

TEST(RunLock, AFolderThatIsGoneIsNamed) {
  const test::TemporaryFolder folder;
  const Folder run = Folder::make(folder / "run");
  std::filesystem::remove(folder / "run");
  test::expect_error(Fault::io,
                     (folder / "run").string() +
                         "/run.lock: cannot create it: No such file or "
                         "directory; allow writing in the folder or choose "
                         "another run.dir",
                     [&] { RunLock{run}; });
}

// The folder may come from someone else, and the file is written to.
TEST(RunLock, FollowsNoLink) {
  const test::TemporaryFolder outside;
  test::write_bytes(outside / "precious", "precious");
  const test::TemporaryFolder folder;
  const std::string path = (folder / "run.lock").string();
  std::filesystem::create_symlink(outside / "precious", path);
  test::expect_error(Fault::io,
                     path +
                         ": expected a file, found a symbolic link, which is "
                         "not followed here; delete it",
                     [&] { RunLock{Folder(folder.path())}; });
  std::filesystem::remove(path);
  std::filesystem::create_hard_link(outside / "precious", path);
  test::expect_error(Fault::io,
                     path +
                         ": expected a file of this folder alone, found a hard "
                         "link; delete it",
                     [&] { RunLock{Folder(folder.path())}; });
  std::filesystem::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  test::expect_error(Fault::io,
                     path +
                         ": expected a file of this folder alone, found a "
                         "device; delete it",
                     [&] { RunLock{Folder(folder.path())}; });
  EXPECT_EQ(test::read_bytes(outside / "precious"), "precious");
}

}  // namespace
}  // namespace polytask
