// One verb of the command line, and what it may talk to.

#pragma once

#include <functional>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

namespace polytask::cli {

struct DescribedVerb;
using Arguments = std::span<const std::string>;

// Results go to `out`, talk goes to `err`, so a pipe sees only results. What
// verbs write to either is shown in its printable form; documents for programs
// go through output.h.
struct Console {
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  std::ostream* pipe = nullptr;  // what is behind `out`, for output.h
  // Where set, a verb does nothing but show its arguments to it; its name and
  // summary are left out.
  const std::function<void(DescribedVerb)>* describe = nullptr;
};

// The exit codes of docs/cli.md.
enum ExitCode : int {
  kOk = 0,
  kInternal = 1,
  kUsage = 2,
  kBadData = 3,
  kDiverged = 4,
  kIo = 5,
  kResources = 6,
  kVerificationFailed = 7,
  kInterrupted = 130,
};

struct Command {
  std::string_view name;
  std::string_view summary;
  // `arguments` are those behind the verb. Returns the exit code; throws Error.
  int (*run)(Arguments arguments, const Console& console);
};

// Runs the verb `arguments` begins with and turns whatever it throws into one
// message on console.err and an exit code.
int run_cli(Arguments arguments, const Console& console);

}  // namespace polytask::cli
