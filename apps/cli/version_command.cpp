// polytask version: which one this is.

#include <ostream>

#include "apps/cli/commands.h"
#include "apps/cli/flags.h"
#include "apps/cli/output.h"
#include "polytask/base/json.h"

namespace polytask::cli {
namespace {

int run(Arguments arguments, const Console& console) {
  bool json = false;
  Flags flags("Say which version this is.", "version");
  flags.add_flag("--json", json, "print one JSON document instead of text");
  if (!parse_flags(flags, arguments, console)) return kOk;
  if (json) {
    print_json(console, Json{{"polytask", POLYTASK_VERSION}}.text(2) + '\n');
  } else {
    console.out << "polytask " POLYTASK_VERSION "\n";
  }
  return kOk;
}

}  // namespace

const Command version_command{"version", "say which version this is", run};

}  // namespace polytask::cli
