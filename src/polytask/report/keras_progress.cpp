#include "polytask/report/keras_progress.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "polytask/base/number_text.h"
#include "polytask/base/text.h"
#include "polytask/report/epoch_text.h"
#include "polytask/report/redrawn_line.h"
#include "polytask/report/terminal_text.h"

namespace polytask {
namespace {

constexpr std::size_t kBarWidth = 30;
// A terminal below it gets Keras' line of an epoch in pieces.
constexpr std::size_t kNarrow = 50;
constexpr double kRedrawSeconds = 0.05;

std::string count_text(std::int64_t seen, std::int64_t total) {
  const std::string all = cat(total);
  const std::string now = cat(seen);
  return cat(std::string(all.size() - std::min(all.size(), now.size()), ' '),
             now, '/', all);
}

// "1600/1600 [==============================]", below `columns` with a first
// part of `rest` columns behind it: the bar shrinks, and goes at last.
std::string counted_bar(std::int64_t seen, std::int64_t total,
                        std::size_t columns, std::size_t rest = 0) {
  constexpr std::size_t kLeastBar = 5;
  const std::string count = count_text(seen, total);
  std::size_t bar = kBarWidth;
  if (columns > 0) {
    const std::size_t taken = count.size() + rest + std::size_t{4};
    bar = std::min(bar, columns > taken ? columns - taken : 0);
  }
  if (bar < kLeastBar) return count;
  return cat(count, " [", keras_bar(seen, total, bar), ']');
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

std::string keras_bar(std::int64_t seen, std::int64_t total,
                      std::size_t width) {
  std::string bar(width, '.');
  if (total <= 0) return bar;
  seen = std::clamp<std::int64_t>(seen, 0, total);
  const auto filled = static_cast<std::size_t>(static_cast<double>(width) *
                                               static_cast<double>(seen) /
                                               static_cast<double>(total));
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

KerasProgress::KerasProgress(std::ostream& out, bool terminal,
                             std::function<int()> columns)
    : out_(out),
      line_(std::make_unique<RedrawnLine>(out)),
      terminal_(terminal),
      columns_(std::move(columns)) {}

KerasProgress::~KerasProgress() = default;

std::size_t KerasProgress::columns() const {
  return columns_ ? static_cast<std::size_t>(std::max(columns_(), 0)) : 80;
}

void KerasProgress::on_features(std::int64_t seen, std::int64_t images) {
  if (!terminal_) return;
  const std::string what = " - frozen trunk";
  draw(counted_bar(seen, images, columns(), what.size()), {what});
  if (seen >= images) line_->end();
}

// The parts that fit.
void KerasProgress::draw(std::string line,
                         const std::vector<std::string>& parts) {
  const std::size_t most = columns();
  std::size_t width = display_width(line);
  for (const std::string& part : parts) {
    width += display_width(part);
    if (most > 0 && width >= most) break;
    line += part;
  }
  line_->draw(line, most);
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
  const std::vector<std::string> parts = running_parts(step);
  draw(counted_bar(step.seen, start_.train_images, columns(),
                   display_width(parts.front())),
       parts);
}

void KerasProgress::on_validation(int epoch) {
  if (!terminal_) return;
  begin_epoch(epoch);
  const std::vector<std::string> parts{
      " - validating",
      cat(" (run ", duration_text(seconds_left(last_step_)), ')')};
  draw(counted_bar(start_.train_images, start_.train_images, columns(),
                   parts.front().size()),
       parts);
}

void KerasProgress::on_epoch(const EpochReport& epoch) {
  epochs_seconds_ += epoch.seconds;
  ++epochs_done_;
  const bool several = has_several_tasks(epoch);
  const std::size_t width = terminal_ ? columns() : 80;
  const bool wraps = several || (terminal_ && width > 0 && width < kNarrow);
  const std::string pace =
      " - " + pace_text(epoch.seconds, start_.train_images);
  std::vector<std::string> parts = metric_parts(epoch);
  std::string head;
  if (terminal_) {
    begin_epoch(epoch.epoch);
    head = counted_bar(start_.train_images, start_.train_images,
                       wraps ? width : 0, pace.size());
  } else {
    head = cat("Epoch ", epoch.epoch, '/', start_.epochs);
    if (const int left = start_.epochs - epoch.epoch; left > 0) {
      parts.push_back(
          cat(" - ", duration_text(left * mean_epoch_seconds()), " left"));
    }
  }
  parts.insert(parts.begin(), pace);
  const std::string text = wrapped(head, parts, wraps ? width : 0);
  if (terminal_) {
    // In the place of the running line.
    const std::size_t end = std::min(text.find('\n'), text.size());
    line_->draw(text.substr(0, end));
    out_ << text.substr(end) << '\n';
    line_->forget();
  } else {
    out_ << text << '\n';
  }
  if (several) out_ << scores_text(epoch, width);
  out_.flush();
}

std::vector<std::string> KerasProgress::running_parts(
    const StepReport& step) const {
  const auto images = static_cast<double>(start_.train_images);
  const auto seen = static_cast<double>(std::max<std::int64_t>(step.seen, 1));
  const double epoch_left = step.seconds * std::max(0.0, images / seen - 1.0);
  std::vector<std::string> parts{
      cat(" - ETA: ", duration_text(epoch_left)),
      cat(" (run ", duration_text(seconds_left(step)), ')')};
  for (const auto& [name, value] : step.train) {
    parts.push_back(metric_text(name, value));
  }
  return parts;
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
