// Where the model of a run is.

#pragma once

#include <filesystem>

namespace polytask {

// In the folder of a run: the model of its best epoch.
inline constexpr const char* kModelFile = "model.safetensors";

// The file that a user means by a path: the model in the folder of a run, or
// else the path itself, whatever is there. Throws Fault::io for a folder
// without a model.
[[nodiscard]] std::filesystem::path find_model(
    const std::filesystem::path& path);

}  // namespace polytask
