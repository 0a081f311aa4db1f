// What all studies do alike.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "polytask/metrics/bootstrap.h"
#include "polytask/study/study_input.h"
#include "polytask/study/trained_network.h"

namespace polytask {

// Makes `folder` that of the study with this identity. Throws Fault::config
// when it is another one's already.
void claim_folder(const std::filesystem::path& folder,
                  const std::string& identity);

// 80 % to train on, 20 % to choose the epoch by: the same for all networks of
// a seed.
[[nodiscard]] TrainData parts_of(const DatasetPtr& images, int seed);

// Task `task` of a network, trained with some seeds, beside task
// `reference_task` of another one, trained with the same.
[[nodiscard]] TaskDifference difference_of(
    const std::vector<TrainedNetwork>& network, std::size_t task,
    const std::vector<TrainedNetwork>& reference, std::size_t reference_task,
    const BootstrapOptions& bootstrap);

}  // namespace polytask
