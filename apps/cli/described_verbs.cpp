#include "apps/cli/described_verbs.h"

#include <sstream>

#include "apps/cli/commands.h"

namespace polytask::cli {

std::vector<DescribedVerb> described_verbs() {
  std::vector<DescribedVerb> verbs;
  std::ostringstream nowhere;
  for (const Command* command : all_commands()) {
    const std::function<void(DescribedVerb)> describe =
        [&](DescribedVerb verb) {
          verb.name = command->name;
          verb.summary = command->summary;
          verbs.push_back(std::move(verb));
        };
    // Shows itself, and does nothing else.
    command->run({}, {.out = nowhere, .err = nowhere, .describe = &describe});
  }
  for (DescribedVerb& verb : verbs) {
    if (verb.name != help_command.name) continue;
    for (const Command* command : all_commands()) {
      verb.places.front().choices.emplace_back(command->name);
    }
  }
  return verbs;
}

}  // namespace polytask::cli
