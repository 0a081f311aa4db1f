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
// it was in the Keras of the post. Elsewhere, one plain line per epoch.
//
// Of several tasks, an epoch shows the losses of all together, whether it is
// the best so far, and one score per task, of the validation images where there
// are some; log.jsonl has the rest:
//
//   1600/1600 [==============================] - 8s 5ms/step - loss: 4.1082
//       val_loss: 4.0710 - best so far
//     val  things label_accuracy 0.8123  weather top_1_accuracy 0.5500
//       distance mean_absolute_error 3.2100

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "polytask/train/progress.h"

namespace polytask {

class RedrawnLine;

class KerasProgress final : public TrainObserver {
 public:
  // `out` must outlive this. `columns` says how wide the terminal is now; 0:
  // without end; none: always 80. A running line is cut, metric by metric and
  // then the bar, to stay below that.
  KerasProgress(std::ostream& out, bool terminal,
                std::function<int()> columns = {});
  ~KerasProgress() override;

  void on_warning(const std::string& text) override;
  void on_features(std::int64_t seen, std::int64_t images) override;
  void on_start(const TrainStart& start) override;
  void on_step(const StepReport& step) override;
  void on_validation(int epoch) override;
  void on_epoch(const EpochReport& epoch) override;

 private:
  void begin_epoch(int epoch);
  void draw(std::string line, const std::vector<std::string>& parts);
  [[nodiscard]] std::size_t columns() const;
  [[nodiscard]] std::vector<std::string> running_parts(
      const StepReport& step) const;
  [[nodiscard]] double seconds_left(const StepReport& step) const;
  [[nodiscard]] double mean_epoch_seconds() const;

  std::ostream& out_;
  std::unique_ptr<RedrawnLine> line_;
  bool terminal_;
  std::function<int()> columns_;
  TrainStart start_;
  StepReport last_step_;
  int begun_epoch_ = 0;
  double drawn_at_ = 0.0;  // seconds into the epoch
  double epochs_seconds_ = 0.0;
  int epochs_done_ = 0;  // in this process
};

// Keras' bar: "========>....................."
[[nodiscard]] std::string keras_bar(std::int64_t seen, std::int64_t total,
                                    std::size_t width = 30);

// "5s", "1:05", "2:03:04"
[[nodiscard]] std::string duration_text(double seconds);

}  // namespace polytask
