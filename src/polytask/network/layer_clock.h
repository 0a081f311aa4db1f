// Where the time of a network goes: seconds a layer and pass, summed over
// images and threads, while someone wants to know.
//
// Each worker adds to numbers of its own, so measuring neither locks nor
// allocates; two readings of the clock a layer and image cost far less than
// any layer.

#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

namespace polytask {

class LayerClock {
 public:
  LayerClock(int workers, std::size_t lines)
      : lines_((lines + kLine - 1) / kLine * kLine),
        seconds_(static_cast<std::size_t>(workers) * lines_) {}

  void start() {
    seconds_.assign(seconds_.size(), 0.0);
    running_ = true;
  }

  // Of all workers since start().
  [[nodiscard]] double seconds(std::size_t line) const {
    double sum = 0.0;
    for (std::size_t at = line; at < seconds_.size(); at += lines_) {
      sum += seconds_[at];
    }
    return sum;
  }

  // Calls work() and, while running, adds its time to a line of this worker.
  template <class Work>
  void measure(int worker, std::size_t line, Work work) {
    if (!running_) {
      work();
      return;
    }
    using Clock = std::chrono::steady_clock;
    const Clock::time_point begin = Clock::now();
    work();
    const std::chrono::duration<double> elapsed = Clock::now() - begin;
    seconds_[static_cast<std::size_t>(worker) * lines_ + line] +=
        elapsed.count();
  }

 private:
  static constexpr std::size_t kLine = 8;  // doubles in a cache line

  bool running_ = false;
  std::size_t lines_;
  std::vector<double> seconds_;  // [workers, lines_]
};

}  // namespace polytask
