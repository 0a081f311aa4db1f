// The training's options as a recipe writes them.

#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "polytask/settings/settings_reader.h"
#include "polytask/train/train.h"
#include "polytask/weighting/weighting_settings.h"

namespace polytask {

// Throws Fault::config when there are fewer training images than a step takes.
void require_batch(const TrainOptions& options, std::int64_t train_images);

constexpr auto names_of(LearningRateSchedule) {
  using Name = std::pair<std::string_view, LearningRateSchedule>;
  return std::array{Name{"constant", LearningRateSchedule::constant},
                    Name{"cosine", LearningRateSchedule::cosine}};
}

constexpr auto names_of(Monitor) {
  using Name = std::pair<std::string_view, Monitor>;
  return std::array{Name{"loss", Monitor::loss},
                    Name{"relative_error", Monitor::relative_error}};
}

template <class Visitor>
void describe(Visitor& visitor, AdamOptions& options) {
  visitor.key("learning_rate", options.learning_rate);
  visitor.key("beta_1", options.beta_1);
  visitor.key("beta_2", options.beta_2);
  visitor.key("epsilon", options.epsilon);
  visitor.key("schedule", options.schedule);
  visitor.key("ema_momentum", options.ema_momentum);
}

template <class Visitor>
void describe(Visitor& visitor, TrainOptions& options) {
  visitor.key("epochs", options.epochs);
  visitor.key("batch_size", options.batch_size);
  visitor.key("seed", options.seed);
  visitor.key("threads", options.threads);
  visitor.section("adam", options.adam);
  visitor.key("weighting", options.weighting);
  visitor.key("monitor", options.monitor);
  visitor.key("patience", options.patience);
  visitor.key("record_conflicts", options.record_conflicts);
  visitor.key("missing_label_weight", options.missing_label_weight);
}

}  // namespace polytask
