#include "apps/cli/image_progress.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/data/small_dataset.h"

namespace polytask::cli {
namespace {

using Clock = ImageProgress::Clock;

Clock::time_point time_now;

Clock::time_point now() { return time_now; }

TEST(ImageProgress, SaysSecondsAndThenMinutes) {
  EXPECT_EQ(time_left(0.6), "about 1 s left");
  EXPECT_EQ(time_left(89.4), "about 89 s left");
  EXPECT_EQ(time_left(150.0), "about 3 min left");
}

TEST(ImageProgress, ALineOnATerminalGoesAwayInTheEnd) {
  std::ostringstream out;
  std::ostringstream err;
  const Console console{.out = out, .err = err, .err_is_terminal = true};
  {
    ImageProgress progress(console, now);
    progress.expect(4);
    progress.add(1);
    EXPECT_EQ(err.str(), "");
    time_now += std::chrono::seconds(1);
    progress.add(1);
    EXPECT_EQ(err.str(), "\r2 of 4 images, about 1 s left");
  }
  EXPECT_EQ(err.str(),
            "\r2 of 4 images, about 1 s left\r" + std::string(29, ' ') + "\r");
}

TEST(ImageProgress, ElsewhereThereIsNone) {
  std::ostringstream out;
  std::ostringstream err;
  const Console console{.out = out, .err = err};
  ImageProgress progress(console, now);
  progress.expect(3);
  time_now += std::chrono::seconds(1);
  progress.add(1);
  EXPECT_EQ(err.str(), "");
}

TEST(ImageProgress, CountsTheImagesThatAreRead) {
  std::ostringstream out;
  std::ostringstream err;
  const Console console{.out = out, .err = err, .err_is_terminal = true};
  ImageProgress progress(console, now);
  const DatasetPtr data =
      counted(test::labelled({"sea"}, {0, 1, 0, 1}), progress);
  EXPECT_EQ(data->size(), 4);
  EXPECT_EQ(test::targets_of(*data, 1), std::vector<float>{1});
  EXPECT_EQ(test::image_of(*data, 2), std::vector<std::byte>{std::byte{2}});
  time_now += std::chrono::seconds(1);
  (void)test::image_of(*data, 3);
  EXPECT_EQ(err.str(), "\r2 of 4 images, about 1 s left");
}

}  // namespace
}  // namespace polytask::cli
