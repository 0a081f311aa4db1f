// What verbs print for programs, and whether it arrived.

#pragma once

#include <string_view>

#include "apps/cli/command.h"

namespace polytask::cli {

// A JSON document on console.out: the same data, with characters that a
// terminal would obey as \u escapes.
void print_json(const Console& console, std::string_view json);

// A CSV table on console.out: exactly these bytes, but on a terminal its
// printable form (base/utf8.h).
void print_csv(const Console& console, std::string_view csv);

// What the program ends with, when a verb ended with `code` and writing its
// results failed with errno `failure` (0: did not). A reader that went away
// has what it wanted; any other failure is said on `err` and ends with kIo, one
// for want of memory (ENOMEM) with kResources.
[[nodiscard]] int code_after_output(int code, int failure, std::ostream& err);

}  // namespace polytask::cli
