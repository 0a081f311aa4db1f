// How far a verb is through its images, and how long the rest takes.

#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "apps/cli/command.h"
#include "polytask/data/dataset.h"
#include "polytask/report/redrawn_line.h"

namespace polytask::cli {

// "about 40 s left", "about 3 min left"
[[nodiscard]] std::string time_left(double seconds);

// One line on a terminal, from the first second on; nothing elsewhere. It goes
// away in the end.
class ImageProgress {
 public:
  using Clock = std::chrono::steady_clock;
  using Now = Clock::time_point (*)();

  explicit ImageProgress(const Console& console, Now now = Clock::now)
      : console_(console), line_(console.err), now_(now) {}
  ImageProgress(const ImageProgress&) = delete;
  ImageProgress& operator=(const ImageProgress&) = delete;
  ~ImageProgress() { line_.clear(); }

  // There are more images to do.
  void expect(std::int64_t images) { images_ += images; }
  // More images are done.
  void add(std::int64_t images);

 private:
  const Console& console_;
  RedrawnLine line_;
  std::int64_t images_ = 0;
  std::int64_t done_ = 0;
  Now now_;
  Clock::time_point begin_ = now_();
  Clock::time_point drawn_ = begin_;
};

// The same images, all of which are expected and each of which is done when it
// is read. `progress` must outlive it.
[[nodiscard]] DatasetPtr counted(DatasetPtr data, ImageProgress& progress);

}  // namespace polytask::cli
