// Progress as Keras shows it.
//
// On a terminal, with a bar that redraws in place while an epoch runs:
//
//   Train on 1600 samples, validate on 400 samples
//   Epoch 1/50
//    500/1600 [========>.....................] - ETA: 5s (run 6:31) - loss: 3.2
//   1600/1600 [==============================] - 8s 5ms/step - loss: 2.9123 -
//   argmax_accuracy: 0.3456 - val_loss: 2.7000 - val_argmax_accuracy: 0.4000
//
// "run" is the time left for all epochs. A "step" of ms/step is one image, as
// it was in the Keras of the post. Elsewhere, one plain line an epoch.

#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>

#include "polytask/train/progress.h"

namespace polytask {

class RedrawnLine;

class KerasProgress final : public TrainObserver {
 public:
  // `out` must outlive this. A running line is cut, metric by metric, to stay
  // below `columns`, for a line that wraps cannot be redrawn; 0: never.
  KerasProgress(std::ostream& out, bool terminal, int columns = 80);
  ~KerasProgress() override;

  void on_warning(const std::string& text) override;
  void on_features(std::int64_t seen, std::int64_t images) override;
  void on_start(const TrainStart& start) override;
  void on_step(const StepReport& step) override;
  void on_validation(int epoch) override;
  void on_epoch(const EpochReport& epoch) override;

 private:
  void begin_epoch(int epoch);
  [[nodiscard]] std::string running_line(const StepReport& step) const;
  [[nodiscard]] double seconds_left(const StepReport& step) const;
  [[nodiscard]] double mean_epoch_seconds() const;

  std::ostream& out_;
  std::unique_ptr<RedrawnLine> line_;
  bool terminal_;
  std::size_t columns_;
  TrainStart start_;
  StepReport last_step_;
  int begun_epoch_ = 0;
  double drawn_at_ = 0.0;  // seconds into the epoch
  double epochs_seconds_ = 0.0;
  int epochs_done_ = 0;  // in this process
};

// Keras' bar of 30 characters: "========>....................."
[[nodiscard]] std::string keras_bar(std::int64_t seen, std::int64_t total);

// "5s", "1:05", "2:03:04"
[[nodiscard]] std::string duration_text(double seconds);

}  // namespace polytask
