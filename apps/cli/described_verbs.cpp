#include "apps/cli/described_verbs.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

#include "apps/cli/commands.h"
#include "apps/cli/flags.h"

namespace polytask::cli {
namespace {

// Of "TEXT:{names,csv,json}".
std::vector<std::string> choices_in(const std::string& type) {
  const std::size_t begin = type.find('{');
  const std::size_t end = type.find('}');
  std::vector<std::string> choices;
  if (begin == std::string::npos || end == std::string::npos) return choices;
  std::istringstream words(type.substr(begin + 1, end - begin - 1));
  for (std::string word; std::getline(words, word, ',');) {
    choices.push_back(word);
  }
  return choices;
}

// Lines of the help as one.
std::string unwrapped(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

DescribedArgument described(const CLI::Option& option) {
  return {.name = option.get_name(option.get_positional()),
          .help = unwrapped(option.get_description()),
          .choices = choices_in(option.get_type_name()),
          .takes_value = option.get_items_expected_max() > 0,
          .required = option.get_required(),
          .many = option.get_items_expected_max() > 1};
}

DescribedVerb described(const Command& command, const CLI::App& app) {
  DescribedVerb verb{.name = std::string(command.name),
                     .summary = std::string(command.summary),
                     .description = unwrapped(app.get_description()),
                     .takes_keys = takes_overrides(app)};
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? verb.places : verb.flags)
        .push_back(described(*option));
  }
  return verb;
}

}  // namespace

std::vector<DescribedVerb> described_verbs() {
  std::vector<DescribedVerb> verbs;
  std::ostringstream nowhere;
  for (const Command* command : all_commands()) {
    const std::function<void(const CLI::App&)> describe =
        [&](const CLI::App& app) { verbs.push_back(described(*command, app)); };
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
