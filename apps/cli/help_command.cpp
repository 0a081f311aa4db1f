// polytask help: the verbs, or one of them.

#include <ostream>

#include "apps/cli/commands.h"
#include "apps/cli/flags.h"
#include "apps/cli/manual_page.h"

namespace polytask::cli {
namespace {

int run(Arguments arguments, const Console& console) {
  std::string verb;
  bool man = false;
  Flags flags("Say what the verbs are, or what one of them takes.", "help");
  flags.add_option("verb", verb, "the one to say more about");
  flags.add_flag("--man", man, "print the manual page, for man -l");
  if (!parse_flags(flags, arguments, console)) return kOk;
  if (man) {
    console.out << manual_page();
    return kOk;
  }
  if (verb.empty()) {
    console.out << usage();
    return kOk;
  }
  const std::string flag = "--help";
  return command_named(verb).run({&flag, 1}, console);
}

}  // namespace

const Command help_command{"help", "say what the verbs are and take", run};

}  // namespace polytask::cli
