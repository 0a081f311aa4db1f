#include "polytask/base/atomic_file.h"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "tests/support/expect_error.h"
#include "tests/support/failing_operations.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;
using test::read_bytes;
using test::TemporaryFolder;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST(AtomicFile, AppearsAtCommitAndNotBefore) {
  const TemporaryFolder folder;
  test::write_bytes(folder / "a", "old");
  AtomicFile file(folder / "a");
  file.write(bytes_of("ne"));
  file.write(bytes_of("w!"));
  EXPECT_EQ(read_bytes(folder / "a"), "old");
  file.commit();
  EXPECT_EQ(read_bytes(folder / "a"), "new!");
  EXPECT_EQ(folder.names(), Names{"a"});
}

TEST(AtomicFile, WithoutCommitNothingStays) {
  const TemporaryFolder folder;
  {
    AtomicFile file(folder / "a");
    file.write(bytes_of("new"));
    EXPECT_EQ(folder.names().size(), 1u);
  }
  EXPECT_EQ(folder.names(), Names{});
}

TEST(AtomicFile, OverwriteReplacesEarlierBytesAndWriteGoesOnAppending) {
  const TemporaryFolder folder;
  AtomicFile file(folder / "a");
  file.write(bytes_of("sum=0000 "));
  file.overwrite(4, bytes_of("1234"));
  file.write(bytes_of("end"));
  file.commit();
  EXPECT_EQ(read_bytes(folder / "a"), "sum=1234 end");
}

TEST(AtomicFile, ReservingTooMuchDoesNotLengthenTheFile) {
  const TemporaryFolder folder;
  AtomicFile file(folder / "a");
  file.reserve(10000);
  file.write(bytes_of("new"));
  file.commit();
  EXPECT_EQ(fs::file_size(folder / "a"), 3u);
}

TEST(AtomicFile, TwoWritersOfOneNameDoNotMix) {
  const TemporaryFolder folder;
  AtomicFile one(folder / "a");
  AtomicFile two(folder / "a");
  one.write(bytes_of("one"));
  two.write(bytes_of("two"));
  two.commit();
  one.commit();
  EXPECT_EQ(read_bytes(folder / "a"), "one");
}

// Process numbers repeat, so the name may be taken by a leftover.
TEST(AtomicFile, NeverWritesIntoALeftover) {
  const TemporaryFolder folder;
  for (int number = 0; number < 1000; ++number) {
    test::write_bytes(folder / cat(".a.", ::getpid(), "-", number, ".partial"),
                      "leftover");
  }
  write_file_atomically(folder / "a", "new");
  EXPECT_EQ(read_bytes(folder / "a"), "new");
  EXPECT_EQ(folder.names().size(), 1001u);
  EXPECT_EQ(remove_leftovers(Folder(folder.path())), 1000u);
}

TEST(AtomicFile, ALinkStaysALink) {
  const TemporaryFolder folder;
  test::write_bytes(folder / "real", "old");
  fs::create_symlink("real", folder / "link");
  write_file_atomically(folder / "link", "new");
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(read_bytes(folder / "real"), "new");
}

TEST(AtomicFile, InAFolderALinkIsReplacedAndWhatItLeadsToUntouched) {
  const TemporaryFolder outside;
  test::write_bytes(outside / "precious", "precious");
  const TemporaryFolder folder;
  fs::create_symlink(outside / "precious", folder / "link");
  fs::create_symlink(outside / "nothing", folder / "dangling");
  fs::create_hard_link(outside / "precious", folder / "hard");
  ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
  for (const char* name : {"link", "dangling", "hard", "fifo"}) {
    write_file_atomically({Folder(folder.path()), name}, "new");
    EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(folder / name)));
    EXPECT_EQ(read_bytes(folder / name), "new") << name;
  }
  EXPECT_EQ(read_bytes(outside / "precious"), "precious");
  EXPECT_EQ(outside.names(), Names{"precious"});
}

TEST(AtomicFile, InAFolderAFolderIsNotReplaced) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "a");
  test::expect_error(Fault::io,
                     (folder / "a").string() +
                         ": expected a file or nothing, found a folder; move "
                         "it away",
                     [&] {
                       write_file_atomically({Folder(folder.path()), "a"}, "");
                     });
}

// Another process may put another folder in the place of the one that was
// opened.
TEST(AtomicFile, StaysInTheFolderThatWasOpened) {
  const TemporaryFolder parent;
  const Folder run = Folder::make(parent / "run");
  fs::rename(parent / "run", parent / "moved");
  fs::create_directory(parent / "run");
  write_file_atomically({run, "a"}, "new");
  EXPECT_EQ(read_bytes(parent / "moved" / "a"), "new");
  EXPECT_TRUE(fs::is_empty(parent / "run"));
}

TEST(AtomicFile, TakesTheLongestNamesThereAre) {
  const TemporaryFolder folder;
  const std::string name(255, 'n');
  write_file_atomically(folder / name, "new");
  EXPECT_EQ(folder.names(), Names{name});
}

TEST(AtomicFile, ShortWritesAreContinued) {
  const TemporaryFolder folder;
  FileOperations sluggish = system_file_operations();
  sluggish.write = [](int file, const void* bytes, std::size_t n, off_t at) {
    return ::pwrite(file, bytes, std::min<std::size_t>(n, 3), at);
  };
  write_file_atomically(folder / "a", "a longer text", sluggish);
  EXPECT_EQ(read_bytes(folder / "a"), "a longer text");
}

// Saves 3 + 3 bytes with these operations; the error's text, if any.
std::optional<std::string> failure_of_save(const fs::path& path,
                                           const FileOperations& operations) {
  try {
    AtomicFile file(path, operations);
    file.reserve(6);
    file.write(bytes_of("new"));
    file.write(bytes_of("new"));
    file.commit();
    return {};
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::io);
    return e.what();
  }
}

TEST(AtomicFile, AnInterruptedCallIsRepeated) {
  for (int n = 1; n <= 8; ++n) {
    const TemporaryFolder folder;
    EXPECT_EQ(
        failure_of_save(folder / "a", test::counted_operations([n](int i) {
                          return i == n ? EINTR : 0;
                        })),
        std::nullopt)
        << "call " << n;
    EXPECT_EQ(read_bytes(folder / "a"), "newnew");
  }
}

// open folder, open, allocate, write, write, sync, rename, sync folder.
TEST(AtomicFile, WhicheverCallFailsTheOldFileIsIntactAndNothingIsLeft) {
  for (const int error : {EIO, ENOSPC, EDQUOT, EACCES, EROFS}) {
    for (int n = 1; n <= 7; ++n) {
      const TemporaryFolder folder;
      test::write_bytes(folder / "a", "old");
      const auto failure = failure_of_save(
          folder / "a",
          test::counted_operations([=](int i) { return i == n ? error : 0; }));
      const bool ignorable = n == 3 && error != ENOSPC && error != EDQUOT;
      EXPECT_EQ(failure.has_value(), !ignorable) << n << " " << error;
      EXPECT_EQ(read_bytes(folder / "a"), ignorable ? "newnew" : "old");
      EXPECT_EQ(folder.names(), Names{"a"});
    }
  }
}

TEST(AtomicFile, AFolderThatCannotBeSyncedIsNoSuccess) {
  const TemporaryFolder folder;
  const std::string path = (folder / "a").string();
  EXPECT_EQ(failure_of_save(path, test::counted_operations(
                                      [](int i) { return i == 8 ? EIO : 0; })),
            path +
                ": written, but its folder could not be brought to the disk: "
                "Input/output error; it may not survive a power failure: check "
                "the disk");
}

TEST(AtomicFile, ADiskErrorIsSaidInWords) {
  const TemporaryFolder folder;
  const std::string path = (folder / "a").string();
  EXPECT_EQ(
      failure_of_save(path, test::counted_operations(
                                [](int i) { return i == 6 ? EIO : 0; })),
      path +
          ": cannot bring it to the disk: Input/output error; nothing was "
          "changed");
}

TEST(AtomicFile, AMissingFolderIsNamed) {
  test::expect_error(Fault::io,
                     "/nowhere/at/all: cannot create a file in its folder: No "
                     "such file or directory; nothing was changed",
                     [] { write_file_atomically("/nowhere/at/all", "new"); });
}

TEST(AtomicFile, DevicesAndFoldersAreNotReplaced) {
  const TemporaryFolder folder;
  test::expect_error(Fault::io,
                     "/dev/null: expected a file or nothing, found a device; "
                     "choose another name",
                     [] { write_file_atomically("/dev/null", "new"); });
  test::expect_error_parts(
      Fault::io, {"expected a file or nothing, found a folder"},
      [&] { write_file_atomically(folder.path(), "new"); });
  test::expect_error_parts(Fault::io, {"expected the name of a file"}, [&] {
    write_file_atomically(folder / "new/", "new");
  });
}

// Runs `action` in a process of its own; its return value is the exit code.
int exit_code_of(const std::function<int()>& action) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(action());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

TEST(AtomicFile, AFileSizeLimitIsAnErrorNotASignal) {
  const TemporaryFolder folder;
  const auto save_below_limit = [&] {
    const rlimit limit{.rlim_cur = 4, .rlim_max = RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto failure =
        failure_of_save(folder / "a", system_file_operations());
    return failure == (folder / "a").string() +
                          ": needed 6 bytes, but files may have 4 bytes here; "
                          "raise the limit (ulimit -f); nothing was changed"
               ? 0
               : 1;
  };
  EXPECT_EQ(exit_code_of(save_below_limit), 0);
  EXPECT_EQ(folder.names(), Names{});
}

// On a real, tiny disk that only this child process sees.
TEST(AtomicFile, AFullDiskIsMetBeforeTheOldFileIsTouched) {
  constexpr int kNoMount = 77;
  const TemporaryFolder folder;
  const auto save_to_tiny_disk = [&] {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tiny", folder.path().c_str(), "tmpfs", 0, "size=64k") != 0) {
      return kNoMount;
    }
    write_file_atomically(folder / "a", "old");
    try {
      write_file_atomically(folder / "a", std::string(100'000, 'n'));
      return 1;
    } catch (const Error& e) {
      const std::string expected =
          (folder / "a").string() +
          ": disk full: needed 100000 bytes, 61440 free; make room or choose "
          "another folder; nothing was changed";
      if (e.what() != expected) return 2;
    }
    if (folder.names() != Names{"a"}) return 3;
    return read_bytes(folder / "a") == "old" ? 0 : 4;
  };
  const int code = exit_code_of(save_to_tiny_disk);
  if (code == kNoMount) GTEST_SKIP() << "mounting a tiny disk needs root";
  EXPECT_EQ(code, 0);
}

TEST(AtomicFile, KilledBeforeAnyCallTheFileIsOldOrNew) {
  for (int n = 1; n <= 9; ++n) {
    const TemporaryFolder folder;
    test::write_bytes(folder / "a", "old");
    const auto save_until_killed = [&] {
      (void)failure_of_save(folder / "a", test::counted_operations([n](int i) {
                              if (i == n) ::raise(SIGKILL);
                              return 0;
                            }));
      return 0;
    };
    EXPECT_EQ(exit_code_of(save_until_killed), n == 9 ? 0 : 1000 + SIGKILL);
    EXPECT_EQ(read_bytes(folder / "a"), n < 8 ? "old" : "newnew");
    EXPECT_EQ(remove_leftovers(Folder(folder.path())),
              n > 2 && n < 8 ? 1u : 0u);
    EXPECT_EQ(folder.names(), Names{"a"});
  }
}

TEST(RemoveLeftovers, SparesFilesThatAreStillWritten) {
  const TemporaryFolder folder;
  AtomicFile file(folder / "a");
  EXPECT_EQ(remove_leftovers(Folder(folder.path())), 0u);
  file.commit();
  EXPECT_EQ(folder.names(), Names{"a"});
}

TEST(RemoveLeftovers, SparesFilesOfOtherNames) {
  const TemporaryFolder folder;
  const Names others{".a.partial", ".a.x-1.partial", ".b.1-2", "a.1-2.partial"};
  for (const std::string& name : others) {
    test::write_bytes(folder / name, "");
  }
  test::write_bytes(folder / ".a.1-2.partial", "");
  EXPECT_EQ(remove_leftovers(Folder(folder.path())), 1u);
  EXPECT_EQ(folder.names(), others);
}

}  // namespace
}  // namespace polytask
