#include "apps/cli/naming_recipe.h"

#include "apps/cli/commands.h"
#include "polytask/base/text.h"

namespace polytask::cli {

std::string text_naming(const std::filesystem::path& file,
                        const std::string& text) {
  const std::string name = file.string();
  const bool placed = text.find(name) != std::string::npos ||
                      text.find(": --") != std::string::npos ||
                      text.starts_with("command line: ") ||
                      text.starts_with("override ");
  if (placed) return text;
  for (const Command* command : all_commands()) {
    const std::string verb = cat(command->name, ":");
    if (text.starts_with(verb)) {
      return cat(verb, ' ', name, ':', text.substr(verb.size()));
    }
  }
  return cat(name, ": ", text);
}

}  // namespace polytask::cli
