// What verbs take as a model or as data.

#pragma once

#include <filesystem>

namespace polytask::cli {

// A model file, or the model in a run folder. Throws Fault::io for a folder
// without a model, Fault::data for an HDF5 file.
[[nodiscard]] std::filesystem::path model_path(
    const std::filesystem::path& path);

// Whether a file begins as HDF5 files do. Throws Fault::io when there is no
// such file.
[[nodiscard]] bool is_hdf5(const std::filesystem::path& path);

}  // namespace polytask::cli
