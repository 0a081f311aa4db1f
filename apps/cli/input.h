// What verbs take as a model or as data.

#pragma once

#include <filesystem>

namespace polytask::cli {

// A model file, or the model in a run folder. Throws Fault::io for a folder
// without a model and for what cannot be read, Fault::data for another kind of
// file (file_kind.h).
[[nodiscard]] std::filesystem::path model_path(
    const std::filesystem::path& path);

// Whether it is an HDF5 file. Throws Fault::io as recognize_file does.
[[nodiscard]] bool is_hdf5(const std::filesystem::path& path);

}  // namespace polytask::cli
