// Why a training ends before its last epoch, and how it says so.

#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "polytask/data/dataset.h"
#include "polytask/model/model.h"
#include "polytask/network/network.h"
#include "polytask/train/train.h"

namespace polytask {

struct TrainingEnd {
  Outcome outcome = Outcome::finished;
  std::string message;
};

// What is saved, or will be before anybody reads this.
struct SavedSoFar {
  std::filesystem::path folder;  // of the run; empty: nothing is ever saved
  int epoch = 0;                 // the last one that is; 0: none
};

// "stopped in epoch 3; epoch 2 is saved; go on with: ..."
[[nodiscard]] TrainingEnd stopped(int epoch, const SavedSoFar& saved);

// "epoch 3, step 4: the loss is not finite: ...; epoch 2 is saved; ..."
//   when   "epoch 3, step 4"
[[nodiscard]] TrainingEnd diverged(const std::string& when,
                                   const std::string& what,
                                   const SavedSoFar& saved);

// What a loss that is not finite is about: "the loss is not finite: label "sea"
// of scenes.h5:7", by the first task and image whose logit is not.
//   network   whose last batch had these images of the data
[[nodiscard]] std::string loss_not_finite(const Network& network,
                                          const std::vector<Task>& tasks,
                                          const Dataset& data,
                                          std::span<const std::int64_t> images);

}  // namespace polytask
