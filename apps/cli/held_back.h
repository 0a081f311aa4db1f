// What a run remembers of the images it held back, so that they are judged
// later and no others.

#pragma once

#include <filesystem>

#include "polytask/base/json.h"
#include "polytask/recipe/recipe.h"

namespace polytask::cli {

// {"images": 400, "crc32c": "0a1b2c3d"}: of the pixels and the answers to the
// recipe's questions.
[[nodiscard]] Json held_back_record(const Dataset& part);

// Throws Fault::data when run.json in the folder remembers other images or
// answers than these, which the recipe holds back of its data today. A run from
// before there was a record passes.
//   part   with the columns of the recipe's tasks, maybe among others
void require_same_images(const std::filesystem::path& run, const Recipe& recipe,
                         const DatasetPtr& part);

}  // namespace polytask::cli
