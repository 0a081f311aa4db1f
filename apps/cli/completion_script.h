// What a shell runs to complete a command line of polytask.

#pragma once

#include <string>

namespace polytask::cli {

// For bash from version 4 on: verbs, flags, the values of those that have a
// choice, the keys of recipes, and names of files everywhere else.
[[nodiscard]] std::string bash_completion();

// The same for zsh, with what each verb and flag is for.
[[nodiscard]] std::string zsh_completion();

}  // namespace polytask::cli
