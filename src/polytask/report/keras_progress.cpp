#include "polytask/report/keras_progress.h"

#include <algorithm>
#include <cmath>
#include <ostream>

#include "polytask/base/text.h"
#include "polytask/report/number_text.h"
#include "polytask/report/redrawn_line.h"
#include "polytask/report/terminal_text.h"

namespace polytask {
namespace {

constexpr std::int64_t kBarWidth = 30;
constexpr double kRedrawSeconds = 0.05;

std::string metric_text(const std::string& name, double value) {
  const bool tiny = value != 0.0 && std::abs(value) < 1e-3;
  return cat(" - ", printable(name), ": ",
             tiny ? scientific_text(value, 4) : fixed_text(value, 4));
}

std::string metrics_text(const EpochReport& epoch) {
  std::string text;
  for (const auto& [name, value] : epoch.train) {
    text += metric_text(name, value);
  }
  for (const auto& [name, value] : epoch.validation) {
    text += metric_text("val_" + name, value);
  }
  return text;
}

// "1600/1600 [==============================]"
std::string counted_bar(std::int64_t seen, std::int64_t total) {
  const std::string all = cat(total);
  return cat(right(cat(seen), all.size()), '/', all, " [",
             keras_bar(seen, total), ']');
}

// "8s 5ms/step", in µs below a millisecond.
std::string pace_text(double seconds, std::int64_t images) {
  const double each =
      seconds / static_cast<double>(std::max<std::int64_t>(images, 1));
  std::string pace;
  if (each >= 1.0) {
    pace = cat(fixed_text(each, 0), "s");
  } else if (each >= 1e-3) {
    pace = cat(fixed_text(each * 1e3, 0), "ms");
  } else {
    pace = cat(fixed_text(each * 1e6, 0), "us");
  }
  return cat(fixed_text(seconds, 0), "s ", pace, "/step");
}

}  // namespace

std::string keras_bar(std::int64_t seen, std::int64_t total) {
  if (total <= 0) return std::string(kBarWidth, '.');
  seen = std::clamp<std::int64_t>(seen, 0, total);
  const auto filled = static_cast<std::size_t>(static_cast<double>(kBarWidth) *
                                               static_cast<double>(seen) /
                                               static_cast<double>(total));
  std::string bar(kBarWidth, '.');
  std::fill_n(bar.begin(), filled, '=');
  if (filled > 0 && seen < total) bar[filled - 1] = '>';
  return bar;
}

std::string duration_text(double seconds) {
  if (!(seconds >= 0.0)) seconds = 0.0;
  const auto whole = static_cast<std::int64_t>(std::min(seconds, 1e12));
  if (whole < 60) return cat(whole, 's');
  const auto two_digits = [](std::int64_t v) {
    return cat(v < 10 ? "0" : "", v);
  };
  const std::int64_t minutes = whole / 60;
  if (minutes < 60) return cat(minutes, ':', two_digits(whole % 60));
  return cat(minutes / 60, ':', two_digits(minutes % 60), ':',
             two_digits(whole % 60));
}

KerasProgress::KerasProgress(std::ostream& out, bool terminal, int columns)
    : out_(out),
      line_(std::make_unique<RedrawnLine>(out)),
      terminal_(terminal),
      columns_(static_cast<std::size_t>(std::max(columns, 0))) {}

KerasProgress::~KerasProgress() = default;

void KerasProgress::on_features(std::int64_t seen, std::int64_t images) {
  if (!terminal_) return;
  line_->draw(cat(counted_bar(seen, images), " - frozen trunk"));
  if (seen >= images) line_->end();
}

void KerasProgress::on_start(const TrainStart& start) {
  start_ = start;
  out_ << "Train on " << start.train_images << " samples";
  if (start.validation_images > 0) {
    out_ << ", validate on " << start.validation_images << " samples";
  }
  out_ << '\n';
  if (start.frozen_parameters > 0) {
    out_ << start.learning_parameters << " parameters learn, "
         << start.frozen_parameters << " are frozen\n";
  }
  if (start.first_epoch > 1) {
    out_ << "Resumed after epoch " << start.first_epoch - 1 << '\n';
  }
  out_.flush();
}

// Between two epochs, so no running line is there to be cleared.
void KerasProgress::on_warning(const std::string& text) {
  out_ << "warning: " << printable(text) << std::endl;
}

void KerasProgress::begin_epoch(int epoch) {
  if (begun_epoch_ == epoch) return;
  begun_epoch_ = epoch;
  drawn_at_ = -kRedrawSeconds;
  last_step_ = {};
  out_ << "Epoch " << epoch << '/' << start_.epochs << '\n';
}

void KerasProgress::on_step(const StepReport& step) {
  if (!terminal_) return;
  begin_epoch(step.epoch);
  last_step_ = step;
  const bool last = step.seen >= start_.train_images;
  if (!last && step.seconds - drawn_at_ < kRedrawSeconds) return;
  drawn_at_ = step.seconds;
  line_->draw(running_line(step));
}

void KerasProgress::on_validation(int epoch) {
  if (!terminal_) return;
  begin_epoch(epoch);
  line_->draw(counted_bar(start_.train_images, start_.train_images) +
              " - validating (run " + duration_text(seconds_left(last_step_)) +
              ')');
}

void KerasProgress::on_epoch(const EpochReport& epoch) {
  epochs_seconds_ += epoch.seconds;
  ++epochs_done_;
  if (terminal_) {
    begin_epoch(epoch.epoch);
    line_->draw(cat(counted_bar(start_.train_images, start_.train_images),
                    " - ", pace_text(epoch.seconds, start_.train_images),
                    metrics_text(epoch)));
    line_->end();
  } else {
    const int left = start_.epochs - epoch.epoch;
    out_ << "Epoch " << epoch.epoch << '/' << start_.epochs << " - "
         << pace_text(epoch.seconds, start_.train_images)
         << metrics_text(epoch);
    if (left > 0) {
      out_ << " - " << duration_text(left * mean_epoch_seconds()) << " left";
    }
    out_ << '\n';
  }
  out_.flush();
}

std::string KerasProgress::running_line(const StepReport& step) const {
  const auto images = static_cast<double>(start_.train_images);
  const auto seen = static_cast<double>(std::max<std::int64_t>(step.seen, 1));
  const double epoch_left = step.seconds * std::max(0.0, images / seen - 1.0);
  std::string line = cat(counted_bar(step.seen, start_.train_images),
                         " - ETA: ", duration_text(epoch_left), " (run ",
                         duration_text(seconds_left(step)), ')');
  for (const auto& [name, value] : step.train) {
    const std::string metric = metric_text(name, value);
    const std::size_t width = display_width(line) + display_width(metric);
    if (columns_ > 0 && width >= columns_) break;
    line += metric;
  }
  return line;
}

double KerasProgress::mean_epoch_seconds() const {
  return epochs_done_ == 0 ? 0.0 : epochs_seconds_ / epochs_done_;
}

// In the first epoch, as if validation took no time.
double KerasProgress::seconds_left(const StepReport& step) const {
  const auto seen = static_cast<double>(std::max<std::int64_t>(step.seen, 1));
  const double an_epoch =
      epochs_done_ > 0
          ? mean_epoch_seconds()
          : step.seconds * static_cast<double>(start_.train_images) / seen;
  return std::max(0.0, an_epoch - step.seconds) +
         an_epoch * (start_.epochs - begun_epoch_);
}

}  // namespace polytask
