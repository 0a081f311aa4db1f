// Which recipe a complaint is about.

#pragma once

#include <filesystem>
#include <string>

#include "polytask/base/error.h"

namespace polytask::cli {

// Returns what `work` returns. Of what it throws, faults of the recipe begin
// with the name of its file, unless they name it, a flag or an override.
template <class Work>
auto naming_recipe(const std::filesystem::path& file, Work work) {
  try {
    return work();
  } catch (const Error& e) {
    const std::string text = e.what();
    const bool of_recipe =
        e.fault() == Fault::config || e.fault() == Fault::shape;
    const bool placed = text.find(file.string()) != std::string::npos ||
                        text.find(": --") != std::string::npos ||
                        text.starts_with("command line: ") ||
                        text.starts_with("override ");
    if (!of_recipe || placed) throw;
    throw Error(e.fault(), file.string() + ": " + text);
  }
}

}  // namespace polytask::cli
