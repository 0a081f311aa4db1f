#include "apps/cli/flags.h"

#include <algorithm>
#include <ostream>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask::cli {
namespace {

// What to say about a flag that does not exist.
std::string advice(const CLI::App& app, Arguments arguments) {
  std::vector<std::string> known{"--help"};
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      known.push_back("--" + name);
    }
  }
  for (const std::string& argument : arguments) {
    const std::string flag = argument.substr(0, argument.find('='));
    if (!flag.starts_with("--") || std::ranges::count(known, flag) > 0) {
      continue;
    }
    const std::string close = nearest(flag, known);
    if (!close.empty()) return cat("; did you mean ", close, "?");
  }
  return cat("; polytask ", app.get_name(), " --help lists what there is");
}

std::string in_our_words(const CLI::ParseError& e) {
  const std::string text = e.what();
  const std::string last = text.substr(text.rfind(": ") + 2);
  if (dynamic_cast<const CLI::ExtrasError*>(&e) != nullptr) {
    return "found " + last + ", which it does not take";
  }
  if (dynamic_cast<const CLI::ConversionError*>(&e) != nullptr) {
    return "cannot understand " + last;
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&e) != nullptr) {
    return text.substr(0, text.find(':')) + ": expected a value, found none";
  }
  return text;
}

}  // namespace

bool parse_flags(CLI::App& app, Arguments arguments, const Console& console) {
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(std::move(reversed));
    return true;
  } catch (const CLI::CallForHelp&) {
    console.out << app.help("polytask");
    return false;
  } catch (const CLI::ParseError& e) {
    throw Error(Fault::config, cat(app.get_name(), ": ", in_our_words(e),
                                   advice(app, arguments)));
  }
}

}  // namespace polytask::cli
