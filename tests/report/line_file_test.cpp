#include "polytask/report/line_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "polytask/base/error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

// A limit on the size of files stands for the full disk. It holds for the whole
// process and cannot be lifted, hence the process of its own.
int append_beyond_the_limit(const std::string& path) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{64, 64};
  setrlimit(RLIMIT_FSIZE, &limit);
  LineFile file(path, "begin\n");
  try {
    for (int i = 0; i < 100; ++i) file.append("a line of the log\n");
  } catch (const Error& error) {
    const bool named =
        std::string(error.what()).find(path) != std::string::npos;
    return error.fault() == Fault::io && named ? 0 : 1;
  }
  return 2;
}

TEST(LineFileDeathTest, FullDiskIsAnIoErrorThatNamesThePath) {
  const std::string path = testing::TempDir() + "line_file_full_disk";
  EXPECT_EXIT(std::_Exit(append_beyond_the_limit(path)),
              testing::ExitedWithCode(0), "");
  std::remove(path.c_str());
}

// A run folder may come from someone else.
TEST(LineFile, WritesThroughNoLink) {
  namespace fs = std::filesystem;
  const test::TemporaryFolder outside;
  test::write_bytes(outside / "precious", "precious");
  const test::TemporaryFolder run;
  for (const char* name : {"log", "log.new"}) {
    for (const bool hard : {false, true}) {
      fs::remove(run / name);
      if (hard) {
        fs::create_hard_link(outside / "precious", run / name);
      } else {
        fs::create_symlink(outside / "precious", run / name);
      }
      LineFile file(run / "log", "begin\n");
      file.append("a line\n");
      EXPECT_EQ(test::read_bytes(outside / "precious"), "precious") << name;
      EXPECT_EQ(test::read_bytes(run / "log"), "begin\na line\n") << name;
      EXPECT_EQ(run.names(), std::vector<std::string>{"log"});
      EXPECT_FALSE(fs::is_symlink(run / "log"));
    }
  }
}

}  // namespace
}  // namespace polytask
