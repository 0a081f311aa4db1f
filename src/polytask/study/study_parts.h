// What all studies do alike.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "polytask/metrics/bootstrap.h"
#include "polytask/study/study_input.h"
#include "polytask/study/trained_network.h"
#include "polytask/task/task.h"

namespace polytask {

// Makes `folder` that of the study with this identity. Throws Fault::config
// when it is another one's already, Fault::io when it cannot be made or holds a
// symbolic link to a folder.
void claim_folder(const std::filesystem::path& folder,
                  const std::string& identity);

// 80 % to train on, 20 % to choose the epoch by: the same for all networks of
// a seed.
[[nodiscard]] TrainData parts_of(const DatasetPtr& images, int seed);

// A margin is 0 or more, and finite.
void add_margin_problem(double margin, std::vector<std::string>& problems);

// A training part before anything is trained: "seed 2" and its images, which
// have the columns of the tasks.
struct NamedPart {
  std::string name;
  DatasetPtr train;
};

// Throws as the first training would, before a folder is claimed for a recipe
// that then has to be changed: Fault::config and Fault::shape.
void require_trainable(const StudyInput& input, std::int64_t train_images);

// Throws Fault::data, listing every task that a part has no answer to, for
// nothing can be learned of it: now, and not when its turn comes.
//   study   "compare": where it is said
void require_answers(const std::string& study, const std::vector<Task>& tasks,
                     const std::vector<NamedPart>& parts);

// How differences are judged.
struct Judging {
  BootstrapOptions bootstrap;
  double margin = 0.0;  // see PairedInput
};

// Task `task` of a network, trained with some seeds, beside task
// `reference_task` of another one, trained with the same.
[[nodiscard]] TaskDifference difference_of(
    const std::vector<TrainedNetwork>& network, std::size_t task,
    const std::vector<TrainedNetwork>& reference, std::size_t reference_task,
    const Judging& judging);

}  // namespace polytask
