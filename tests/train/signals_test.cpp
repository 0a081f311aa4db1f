// Trainings that signals interrupt.

#include <gtest/gtest.h>
#include <sys/time.h>

#include <atomic>
#include <csignal>
#include <vector>

#include "polytask/train/train.h"
#include "tests/train/questions.h"

namespace polytask {
namespace {

std::atomic<int> alarms = 0;

extern "C" void count_alarm(int) { ++alarms; }

// While it lives, a handler runs several thousand times a second on the stack
// of any thread that may be interrupted.
class Alarms {
 public:
  Alarms() {
    struct sigaction counting = {};
    counting.sa_handler = count_alarm;
    counting.sa_flags = SA_RESTART;
    sigaction(SIGALRM, &counting, &before_);
    set_interval(200);
  }
  ~Alarms() {
    set_interval(0);
    sigaction(SIGALRM, &before_, nullptr);
  }

 private:
  static void set_interval(int microseconds) {
    const timeval often{.tv_sec = 0, .tv_usec = microseconds};
    const itimerval timer{.it_interval = often, .it_value = often};
    setitimer(ITIMER_REAL, &timer, nullptr);
  }
  struct sigaction before_ = {};
};

std::vector<float> trained() {
  Model model = test::model_of(
      {multilabel("scene", {"rows", "columns", "red"}), count("stripes")});
  train(model, {.train = test::questions(60, 1), .validation = nullptr},
        {.epochs = 150, .batch_size = 12, .threads = 2});
  const auto flat = model.parameters.flat();
  return {flat.begin(), flat.end()};
}

// Generated code keeps numbers below its stack pointer, where a handler would
// overwrite them: without HeldSignals this ends in a damaged heap, at once.
TEST(Signals, LeaveTheBitsOfATrainingAsTheyAre) {
  const std::vector<float> undisturbed = trained();
  alarms = 0;
  const Alarms often;
  EXPECT_EQ(trained(), undisturbed);
  EXPECT_GT(alarms, 100);
}

}  // namespace
}  // namespace polytask
