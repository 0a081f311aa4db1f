// The keys that a recipe has and an override sets.

#pragma once

#include <string>
#include <vector>

namespace polytask::cli {

// Every key with a value of its own, as "train.adam.learning_rate".
[[nodiscard]] std::vector<std::string> recipe_keys();

// The keys a flag of the command line may have meant: "--train.epochs",
// "--epochs", "--batch-size", "--run-dir". None when nothing fits.
[[nodiscard]] std::vector<std::string> recipe_keys_like(
    const std::string& flag);

}  // namespace polytask::cli
