// How a problem in settings is worded, the same for every key of a recipe:
//
//   blog.yaml:14: train.epochs: expected a whole number, found "five"
//
// The place first, then the path of keys, then expected, found, what to do.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "polytask/settings/settings.h"

namespace polytask {

// One line. An empty place or path is left out with its colon.
[[nodiscard]] std::string setting_problem(const std::string& place,
                                          const std::string& path,
                                          const std::string& text);

// "train.epochs" of "train" and "epochs"; just "epochs" when path is empty. A
// key that would not print well is put as shown() puts it.
[[nodiscard]] std::string child_path(const std::string& path,
                                     std::string_view key);

// Text from outside, safe to print: in double quotes, on one line, control
// characters replaced by "?", cut after 60 bytes with "...".
[[nodiscard]] std::string shown(std::string_view text);

// "a, b, c"; of more than eight names the first eight and "...".
[[nodiscard]] std::string shown_names(const std::vector<std::string>& names);

// What stands there, in words: `"five"`, "a list", "a map", "nothing".
[[nodiscard]] std::string found_in(const Settings& node);

// What to put after an unknown name: `did you mean "epochs"?` when one is
// near, else `known are batch_size, epochs`, or `nothing is known here`.
[[nodiscard]] std::string known_names(std::string_view word,
                                      const std::vector<std::string>& known);

// Throws Fault::config with every problem: one is the whole message, several
// read "the recipe has 3 problems:" and a line each, the first 20 of them.
// `what` is "the recipe". Does nothing when there are none.
void throw_if_any(const std::vector<std::string>& problems,
                  std::string_view what);

}  // namespace polytask
