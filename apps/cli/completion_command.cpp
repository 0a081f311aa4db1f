// polytask completion: what a shell needs to complete the command line.

#include <ostream>

#include "apps/cli/commands.h"
#include "apps/cli/completion_script.h"
#include "apps/cli/flags.h"

namespace polytask::cli {
namespace {

int run(Arguments arguments, const Console& console) {
  std::string shell;
  Flags flags(
      "Print what a shell needs to complete the command line; for bash: "
      "source <(polytask completion bash)",
      "completion");
  flags.add_option("shell", shell, "bash or zsh")
      .required()
      .one_of({"bash", "zsh"});
  if (!parse_flags(flags, arguments, console)) return kOk;
  console.out << (shell == "bash" ? bash_completion() : zsh_completion());
  return kOk;
}

}  // namespace

const Command completion_command{
    "completion", "print a shell's completion of the command line", run};

}  // namespace polytask::cli
