// Reading a verb's arguments: CLI11, with our errors.

#pragma once

#include <CLI/CLI.hpp>

#include "apps/cli/command.h"

namespace polytask::cli {

// Parses the arguments behind the verb. Returns false when help was asked for
// and has been printed to console.out, and when console.describe was called in
// place of parsing.
// Throws Fault::config for anything that is not understood.
[[nodiscard]] bool parse_flags(CLI::App& app, Arguments arguments,
                               const Console& console);

// Whether the verb takes key=value behind a recipe.
[[nodiscard]] bool takes_overrides(const CLI::App& app);

}  // namespace polytask::cli
