#pragma once

#include <functional>
#include <string>
#include <vector>

#include "polytask/base/text.h"
#include "polytask/train/progress.h"

namespace polytask::test {

// Keeps what a training says, and calls back if asked to.
class Recorder final : public TrainObserver {
 public:
  std::vector<std::string> events;  // "step 1.3", "epoch 1", ...
  std::vector<std::string> warnings;
  std::vector<TrainStart> starts;
  std::vector<StepReport> steps;
  std::vector<EpochReport> epochs;
  std::vector<CheckpointReport> checkpoints;

  std::function<void(const StepReport&)> step;
  std::function<void(const EpochReport&)> epoch;
  std::function<void(const CheckpointReport&)> checkpoint;

  void on_warning(const std::string& text) override {
    events.emplace_back("warning");
    warnings.push_back(text);
  }
  void on_features(std::int64_t seen, std::int64_t images) override {
    events.push_back(cat("features ", seen, " of ", images));
  }
  void on_start(const TrainStart& e) override {
    events.emplace_back("start");
    starts.push_back(e);
  }
  void on_step(const StepReport& e) override {
    events.push_back(cat("step ", e.epoch, ".", e.step));
    steps.push_back(e);
    if (step) step(e);
  }
  void on_validation(int number) override {
    events.push_back(cat("validation ", number));
  }
  void on_epoch(const EpochReport& e) override {
    events.push_back(cat("epoch ", e.epoch));
    epochs.push_back(e);
    if (epoch) epoch(e);
  }
  void on_checkpoint(const CheckpointReport& e) override {
    checkpoints.push_back(e);
    if (checkpoint) checkpoint(e);
  }
};

inline double metric(const MetricValues& values, const std::string& name) {
  for (const auto& [key, value] : values) {
    if (key == name) return value;
  }
  return -1.0;
}

}  // namespace polytask::test
