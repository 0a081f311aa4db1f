// One training of a study: trained once, however often the study is begun.

#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "polytask/evaluate/score_images.h"
#include "polytask/study/compare.h"

namespace polytask {

struct NetworkToTrain {
  ModelSpec model;
  TrainData parts;
  DatasetPtr test;
  TrainOptions train;
  // Gets model.safetensors and finished.json; checkpoints only until then.
  std::filesystem::path folder;
  TrainObserver* observer = nullptr;
  const std::atomic<bool>* stop = nullptr;
  // Of a training now, however it ended: before it counts as finished, so that
  // after a break in here it is called again.
  std::function<void(const TrainReport&)> on_end{};
};

struct TrainedNetwork {
  Outcome outcome = Outcome::finished;  // else the rest is empty
  std::string message;
  NetworkCost cost;
  std::vector<TaskScores> scores;  // of the best epoch, on the test images
};

// Takes what `folder` holds when it is finished, goes on with what was
// interrupted there, else begins. Throws as train and score_images do,
// Fault::data when finished.json cannot be read, or the model beside it is not
// the one that was trained there.
[[nodiscard]] TrainedNetwork train_network(const NetworkToTrain& network);

}  // namespace polytask
