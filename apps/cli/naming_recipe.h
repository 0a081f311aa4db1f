// Which recipe a complaint is about.

#pragma once

#include <filesystem>
#include <string>

#include "polytask/base/error.h"

namespace polytask::cli {

// The text with the name of the file in front, behind the name of a verb: as
// it is where it names the file, a flag or an override.
[[nodiscard]] std::string text_naming(const std::filesystem::path& file,
                                      const std::string& text);

// Returns what `work` returns. Of what it throws, faults of the recipe name its
// file; those that begin with `folder`, where the run goes, are not its.
template <class Work>
auto naming_recipe(const std::filesystem::path& file, Work work,
                   const std::filesystem::path& folder = {}) {
  try {
    return work();
  } catch (const Error& e) {
    if (e.fault() != Fault::config && e.fault() != Fault::shape) throw;
    const std::string text = e.what();
    if (!folder.empty() && text.starts_with(folder.string())) throw;
    throw Error(e.fault(), text_naming(file, text));
  }
}

}  // namespace polytask::cli
