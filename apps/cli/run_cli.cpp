// Finds the command, runs it, turns what it throws into an exit code.

#include <algorithm>
#include <array>
#include <filesystem>
#include <new>
#include <ostream>
#include <system_error>

#include "apps/cli/command.h"
#include "apps/cli/commands.h"
#include "apps/cli/printable_stream.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"

namespace polytask::cli {
namespace {

constexpr std::array<const Command*, 13> kCommands{
    &demo_command,    &draw_command,  &train_command,   &evaluate_command,
    &predict_command, &set_command,   &compare_command, &study_command,
    &inspect_command, &bench_command, &help_command,    &completion_command,
    &version_command};

int exit_code(Fault fault) {
  switch (fault) {
    case Fault::config:
    case Fault::shape:
      return kUsage;
    case Fault::data:
      return kBadData;
    case Fault::io:
      return kIo;
    case Fault::resource:
      return kResources;
    case Fault::backend:
      return kInternal;
  }
  return kInternal;
}

int run_command(Arguments arguments, const Console& console) {
  if (arguments.empty()) {
    console.err << usage();
    return kUsage;
  }
  std::string verb = arguments.front();
  if (verb == "--help" || verb == "-h") verb = help_command.name;
  if (verb == "--version" || verb == "-V") verb = version_command.name;
  return command_named(verb).run(arguments.subspan(1), console);
}

}  // namespace

std::span<const Command* const> all_commands() { return kCommands; }

const Command& command_named(const std::string& name) {
  const auto found = std::ranges::find(kCommands, name, &Command::name);
  if (found != kCommands.end()) return **found;
  std::vector<std::string> names;
  for (const Command* command : kCommands) names.emplace_back(command->name);
  const std::string close = nearest(name, names);
  throw Error(Fault::config,
              cat("unknown command \"", name, "\"",
                  close.empty() ? "" : "; did you mean \"" + close + "\"?",
                  close.empty() ? "; the commands are: " + join(names) : ""));
}

std::string usage() {
  std::string text =
      "polytask: one network, one trunk, many answers\n"
      "\n"
      "usage: polytask COMMAND [ARGUMENT ...]\n"
      "\n";
  for (const Command* command : kCommands) {
    std::string name(command->name);
    name.resize(13, ' ');
    text += cat("  ", name, command->summary, "\n");
  }
  return text + "\npolytask COMMAND --help says more about each.\n";
}

int run_cli(Arguments arguments, const Console& bare) {
  PrintableStream out(bare.out);
  PrintableStream err(bare.err, bare.err_is_terminal);
  const Console console{.out = out,
                        .err = err,
                        .out_is_terminal = bare.out_is_terminal,
                        .err_is_terminal = bare.err_is_terminal,
                        .pipe = &bare.out};
  try {
    const int code = run_command(arguments, console);
    out.finish();
    return code;
  } catch (const Error& e) {
    console.err << "polytask: " << printable_lines(e.what()) << '\n';
    return exit_code(e.fault());
  } catch (const std::bad_alloc&) {
    console.err << "polytask: out of memory; a smaller train.batch_size or "
                   "smaller images need less\n";
    return kResources;
  } catch (const std::filesystem::filesystem_error& e) {
    console.err << "polytask: " << printable(e.path1().string()) << ": "
                << e.code().message()
                << "; check the path and its permissions\n";
    return kIo;
  } catch (const std::system_error& e) {
    const bool scarce = e.code() == std::errc::resource_unavailable_try_again ||
                        e.code() == std::errc::not_enough_memory;
    console.err << "polytask: "
                << (scarce ? "a thread could not be had: " : "internal error: ")
                << e.what() << '\n';
    return scarce ? kResources : kInternal;
  } catch (const std::exception& e) {
    console.err << "polytask: internal error: " << printable_lines(e.what())
                << '\n';
    return kInternal;
  }
}

}  // namespace polytask::cli
