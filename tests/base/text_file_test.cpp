#include "polytask/base/text_file.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/expect_error.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;

// A folder of this test's own, removed at its end.
class TextFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "polytask-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path file(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

  fs::path folder_;
};

TEST_F(TextFile, HoldsEveryByte) {
  const std::string text("a\r\n\0b\xFF", 6);
  EXPECT_EQ(read_text_file(file("a.txt", text), 100), text);
}

TEST_F(TextFile, MayBeEmpty) {
  EXPECT_EQ(read_text_file(file("a.txt", ""), 0), "");
}

TEST_F(TextFile, MayBeLongerThanOneRead) {
  const std::string text(200001, 'x');
  EXPECT_EQ(read_text_file(file("a.txt", text), text.size()), text);
}

TEST_F(TextFile, BeyondTheBoundIsRefused) {
  const fs::path path = file("a.txt", "12345");
  EXPECT_EQ(read_text_file(path, 5), "12345");
  const std::string refusal = path.string() +
                              ": expected a text file of at most 4 bytes, "
                              "found more; is it the right file?";
  test::expect_error(Fault::data, refusal,
                     [&] { (void)read_text_file(path, 4); });
  test::expect_error(Fault::config, refusal,
                     [&] { (void)read_text_file(path, 4, Fault::config); });
}

TEST_F(TextFile, WithoutAnEndIsRefusedToo) {
  test::expect_error(Fault::io,
                     "/dev/zero: expected a file, found a device; write its "
                     "content to a file",
                     [] { (void)read_text_file("/dev/zero", 100000); });
}

TEST_F(TextFile, APipeIsNotWaitedFor) {
  const fs::path path = folder_ / "pipe.yaml";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  test::expect_error(Fault::io,
                     path.string() +
                         ": expected a file, found a pipe; write its content "
                         "to a file",
                     [&] { (void)read_text_file(path, 9); });
}

TEST_F(TextFile, ASocketIsNoFile) {
  const fs::path path = folder_ / "socket";
  const int number = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.string().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(number, reinterpret_cast<const sockaddr*>(&address),
                   sizeof address),
            0);
  test::expect_error(Fault::io,
                     path.string() +
                         ": expected a file, found a socket; write its "
                         "content to a file",
                     [&] { (void)read_text_file(path, 9); });
  ::close(number);
}

TEST_F(TextFile, NamesThatLeadNowhereAreSaidInTheSystemsWords) {
  fs::create_symlink("a", folder_ / "b");
  fs::create_symlink("b", folder_ / "a");
  test::expect_error(Fault::io,
                     (folder_ / "a").string() +
                         ": cannot be read: Too many levels of symbolic "
                         "links; check the path",
                     [&] { (void)read_text_file(folder_ / "a", 9); });
  const std::string name(5000, 'n');
  test::expect_error(
      Fault::io, name + ": cannot be read: File name too long; check the path",
      [&] { (void)read_text_file(name, 9); });
}

TEST_F(TextFile, MissingNamesTheNearest) {
  file("blog.yaml", "");
  file("large.yaml", "");
  test::expect_error(Fault::io,
                     (folder_ / "blgo.yaml").string() +
                         ": expected a file, found nothing; did you mean " +
                         (folder_ / "blog.yaml").string() + "?",
                     [&] { (void)read_text_file(folder_ / "blgo.yaml", 9); });
}

TEST_F(TextFile, MissingWithNothingNear) {
  test::expect_error(Fault::io,
                     (folder_ / "blog.yaml").string() +
                         ": expected a file, found nothing; check the path",
                     [&] { (void)read_text_file(folder_ / "blog.yaml", 9); });
}

TEST_F(TextFile, MissingFolderIsNamed) {
  const fs::path path = folder_ / "recipes" / "blog.yaml";
  test::expect_error(Fault::io,
                     path.string() +
                         ": expected a file, found nothing; there is no "
                         "folder " +
                         path.parent_path().string() + " either",
                     [&] { (void)read_text_file(path, 9); });
}

TEST_F(TextFile, FolderIsNotAFile) {
  test::expect_error(
      Fault::io,
      folder_.string() + ": expected a file, found a folder; name a file in it",
      [&] { (void)read_text_file(folder_, 9); });
}

TEST_F(TextFile, ForbiddenSaysSo) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const fs::path path = file("a.txt", "x");
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  test::expect_error(
      Fault::io,
      path.string() + ": may not be read; check its owner and permissions",
      [&] { (void)read_text_file(path, 9); });
}

}  // namespace
}  // namespace polytask
