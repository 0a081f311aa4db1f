// What every study is about: a recipe's network, its data, and how a training
// of it is told of.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/metrics/paired.h"
#include "polytask/model/model.h"
#include "polytask/train/recorded_conflicts.h"
#include "polytask/train/train.h"

namespace polytask {

struct StudyInput {
  ModelSpec model;
  DatasetPtr images;   // to train on and to choose epochs by
  DatasetPtr test;     // no training and no choice sees them
  TrainOptions train;  // seed: of the first training; 1 more for each other
};

// A training that begins: "weather alone, seed 2", the 5th of 18.
struct TrainingStart {
  std::string network;
  int seed = 0;    // from 1
  int number = 0;  // from 1
  int of = 0;
};

// A training with TrainOptions::record_conflicts.
struct RecordedTraining {
  std::filesystem::path folder;
  RecordedConflicts conflicts;
};

// One score of one task (score_images.h), a network beside the reference.
struct TaskDifference {
  std::string task;
  std::string metric;
  Direction direction = Direction::higher_is_better;
  PairedDifference scores;  // candidate: this network
};

}  // namespace polytask
