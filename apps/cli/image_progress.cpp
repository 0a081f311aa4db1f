#include "apps/cli/image_progress.h"

#include <cmath>
#include <utility>

#include "apps/cli/machine.h"
#include "polytask/base/text.h"

namespace polytask::cli {
namespace {

class Counted final : public Dataset {
 public:
  Counted(DatasetPtr data, ImageProgress& progress)
      : data_(std::move(data)), progress_(progress) {}

  [[nodiscard]] const DatasetSpec& spec() const override {
    return data_->spec();
  }
  [[nodiscard]] std::int64_t size() const override { return data_->size(); }
  void read_image(std::int64_t index,
                  std::span<std::byte> image) const override {
    data_->read_image(index, image);
    progress_.add(1);
  }
  void read_targets(std::int64_t index,
                    std::span<float> targets) const override {
    data_->read_targets(index, targets);
  }
  [[nodiscard]] std::string image_name(std::int64_t index) const override {
    return data_->image_name(index);
  }

 private:
  DatasetPtr data_;
  ImageProgress& progress_;
};

}  // namespace

std::string time_left(double seconds) {
  if (seconds < 90.0) return cat("about ", std::lround(seconds), " s left");
  return cat("about ", std::lround(seconds / 60.0), " min left");
}

void ImageProgress::add(std::int64_t images) {
  done_ += images;
  if (!console_.err_is_terminal || done_ >= images_) return;
  const auto now = now_();
  constexpr std::chrono::milliseconds kFirst{1000};
  constexpr std::chrono::milliseconds kBetween{200};
  if (now - begin_ < kFirst || now - drawn_ < kBetween) return;
  drawn_ = now;
  const std::chrono::duration<double> passed = now - begin_;
  const double rest = passed.count() * static_cast<double>(images_ - done_) /
                      static_cast<double>(done_);
  line_.draw(cat(done_, " of ", images_, " images, ", time_left(rest)),
             static_cast<std::size_t>(terminal_columns()));
}

DatasetPtr counted(DatasetPtr data, ImageProgress& progress) {
  progress.expect(data->size());
  return std::make_shared<Counted>(std::move(data), progress);
}

}  // namespace polytask::cli
