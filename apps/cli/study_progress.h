// How far a study is: many trainings, one after another.

#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "apps/cli/command.h"
#include "polytask/recipe/recipe.h"
#include "polytask/report/redrawn_line.h"
#include "polytask/study/study_input.h"

namespace polytask::cli {

// One line on a terminal, redrawn every epoch; a line per training elsewhere.
class StudyProgress final : public TrainObserver {
 public:
  explicit StudyProgress(const Console& console)
      : console_(console), line_(console.err) {}

  void begin(const TrainingStart& start);
  void on_warning(const std::string& text) override;
  void on_start(const TrainStart& start) override {
    epochs_ = start.epochs;
    epoch_ = start.first_epoch - 1;
  }
  void on_epoch(const EpochReport& epoch) override;

 private:
  [[nodiscard]] std::string title() const;
  // What this start of the command has trained tells how long the rest takes.
  [[nodiscard]] std::string rest() const;

  const Console& console_;
  RedrawnLine line_;
  TrainingStart start_{};
  int epochs_ = 0;
  int epoch_ = 0;  // of this training, that is done
  int epochs_seen_ = 0;
  std::chrono::steady_clock::time_point first_ =
      std::chrono::steady_clock::now();
};

// A study trains on a part of the images alone: holds train.batch_size to that,
// and says so in the notes.
void fit_batch(TrainOptions& train, PreparedRun& prepared);

// Says why a study ended early, and what to do; returns the exit code.
[[nodiscard]] int report_stop(Outcome outcome, const std::string& message,
                              const std::string& folder,
                              const Console& console);

// "a,b" as {"a", "b"}.
[[nodiscard]] std::vector<std::string> split_at_commas(const std::string& text);

}  // namespace polytask::cli
