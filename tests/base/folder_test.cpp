#include "polytask/base/folder.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;

TEST(Folder, IsMadeWithThoseAboveIt) {
  const TemporaryFolder parent;
  const Folder folder = Folder::make(parent / "a/b/c");
  EXPECT_EQ(folder.path(), parent / "a/b/c");
  EXPECT_TRUE(fs::is_directory(parent / "a/b/c"));
}

TEST(Folder, LinksInThePathToItAreFollowed) {
  const TemporaryFolder disk;
  const TemporaryFolder home;
  fs::create_directory_symlink(disk.path(), home / "runs");
  const Folder run = Folder::make(home / "runs/blog");
  EXPECT_TRUE(fs::is_directory(disk / "blog"));
  EXPECT_EQ(run.below("a/b").path(), home / "runs/blog/a/b");
  EXPECT_TRUE(fs::is_directory(disk / "blog/a/b"));
}

TEST(Folder, LinksBelowItAreRefused) {
  const TemporaryFolder outside;
  const TemporaryFolder run;
  fs::create_directory_symlink(outside.path(), run / "checkpoints");
  test::expect_error(Fault::io,
                     (run / "checkpoints").string() +
                         ": expected a folder, found a symbolic link, which is "
                         "not followed here; move it away, or choose another "
                         "folder",
                     [&] { (void)Folder(run.path()).inner("checkpoints"); });
  test::expect_error_parts(
      Fault::io, {"checkpoints: expected a folder, found a symbolic link"},
      [&] { (void)Folder(run.path()).below("checkpoints/deeper"); });
  EXPECT_TRUE(outside.names().empty());
}

TEST(Folder, AFileIsNoFolder) {
  const TemporaryFolder run;
  test::write_bytes(run / "checkpoints", "");
  test::expect_error(Fault::io,
                     (run / "checkpoints").string() +
                         ": expected a folder, found a file; move it away, or "
                         "choose another folder",
                     [&] { (void)Folder(run.path()).inner("checkpoints"); });
}

TEST(Folder, ListsAllNamesEachTime) {
  const TemporaryFolder run;
  const Folder folder(run.path());
  for (const char* name : {"b", ".hidden", "a"}) {
    test::write_bytes(run / name, "");
  }
  for (int time = 0; time < 2; ++time) {
    std::vector<std::string> names = folder.names();
    std::ranges::sort(names);
    EXPECT_EQ(names, (std::vector<std::string>{".hidden", "a", "b"}));
  }
}

TEST(Folder, AMissingOneIsNamed) {
  test::expect_error(
      Fault::io,
      "/nowhere/at/all: cannot open the folder: No such file or directory",
      [] { Folder("/nowhere/at/all"); });
}

}  // namespace
}  // namespace polytask
