// Models as files.
//
// One safetensors file holds the parameters and, as texts, the description, the
// recipe and whatever notes the model carries; docs/formats/model.md describes
// it. Any tool that reads safetensors can open it.

#pragma once

#include <filesystem>

#include "polytask/model/model.h"

namespace polytask {

// Writes the file whole and durable, or not at all.
// Throws Fault::io, naming the path, when the system refuses.
void save_model(const Model& model, const std::filesystem::path& path);

// Reads and checks everything before it is used.
// Throws Fault::io when there is no such file, Fault::data when it is damaged,
// not a polytask model, or of a newer version, Fault::resource when there is
// not enough memory.
[[nodiscard]] Model load_model(const std::filesystem::path& path);

}  // namespace polytask
