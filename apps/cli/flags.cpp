#include "apps/cli/flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <ostream>
#include <sstream>
#include <vector>

#include "apps/cli/described_verbs.h"
#include "apps/cli/recipe_keys.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask::cli {
namespace {

// "train.epochs=3" for the flag at `at` of the arguments: its value stands
// behind it.
std::string as_override(const std::string& key, Arguments arguments,
                        std::size_t at) {
  const std::size_t equals = arguments[at].find('=');
  if (equals != std::string::npos) {
    return key + arguments[at].substr(equals);
  }
  const bool has_value =
      at + 1 < arguments.size() && !arguments[at + 1].starts_with('-');
  return cat(key, '=', has_value ? arguments[at + 1] : "...");
}

// What to say about a flag that does not exist.
std::string advice(const CLI::App& app, Arguments arguments, bool recipes) {
  std::vector<std::string> known{"--help"};
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      known.push_back("--" + name);
    }
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string flag = arguments[i].substr(0, arguments[i].find('='));
    if (!flag.starts_with("--") || std::ranges::count(known, flag) > 0) {
      continue;
    }
    std::vector<std::string> meant;
    if (recipes) {
      for (const std::string& key : recipe_keys_like(flag)) {
        meant.push_back(as_override(key, arguments, i));
      }
    }
    if (!meant.empty()) {
      return cat("; it is a key of the recipe: say ", join(meant, " or "));
    }
    const std::string close = nearest(flag, known);
    if (!close.empty()) return cat("; did you mean ", close, "?");
  }
  return cat("; polytask ", app.get_name(), " --help lists what there is");
}

std::string message_of(const CLI::ParseError& e) {
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

// Whether the verb takes key=value behind a recipe.
bool takes_overrides(const CLI::App& app) {
  return std::ranges::any_of(app.get_options(), [](const CLI::Option* option) {
    const std::string& text = option->get_description();
    return text.find("recipe") != std::string::npos &&
           text.find("key=value") != std::string::npos;
  });
}

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

DescribedVerb described(const CLI::App& app) {
  DescribedVerb verb{.description = unwrapped(app.get_description()),
                     .takes_keys = takes_overrides(app)};
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? verb.places : verb.flags)
        .push_back(described(*option));
  }
  return verb;
}

}  // namespace

Flags::Flags(const std::string& description, const std::string& verb)
    : app_(std::make_unique<CLI::App>(description, verb)) {}

Flags::~Flags() = default;

const Flags::Argument& Flags::Argument::required() const {
  option_->required();
  return *this;
}

const Flags::Argument& Flags::Argument::one_of(
    std::initializer_list<const char*> choices) const {
  option_->check(
      CLI::IsMember(std::vector<std::string>(choices.begin(), choices.end())));
  return *this;
}

const Flags::Argument& Flags::Argument::one_value() const {
  option_->allow_extra_args(false);
  return *this;
}

template <class Value>
Flags::Argument Flags::add_option(const std::string& name, Value& value,
                                  const std::string& help) {
  return Argument(app_->add_option(name, value, help));
}

template Flags::Argument Flags::add_option(const std::string&, std::string&,
                                           const std::string&);
template Flags::Argument Flags::add_option(const std::string&,
                                           std::vector<std::string>&,
                                           const std::string&);
template Flags::Argument Flags::add_option(const std::string&,
                                           std::filesystem::path&,
                                           const std::string&);
template Flags::Argument Flags::add_option(const std::string&, int&,
                                           const std::string&);
template Flags::Argument Flags::add_option(const std::string&, std::int64_t&,
                                           const std::string&);
template Flags::Argument Flags::add_option(const std::string&, std::uint64_t&,
                                           const std::string&);
template Flags::Argument Flags::add_option(const std::string&, double&,
                                           const std::string&);
template Flags::Argument Flags::add_option(const std::string&,
                                           std::optional<int>&,
                                           const std::string&);
template Flags::Argument Flags::add_option(const std::string&,
                                           std::optional<float>&,
                                           const std::string&);

Flags::Argument Flags::add_flag(const std::string& name, bool& value,
                                const std::string& help) {
  return Argument(app_->add_flag(name, value, help));
}

bool parse_flags(const Flags& flags, Arguments arguments,
                 const Console& console) {
  CLI::App& app = flags.app();
  if (console.describe != nullptr) {
    (*console.describe)(described(app));
    return false;
  }
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(std::move(reversed));
    return true;
  } catch (const CLI::CallForHelp&) {
    console.out << app.help("polytask");
    return false;
  } catch (const CLI::ParseError& e) {
    throw Error(Fault::config,
                cat(app.get_name(), ": ", message_of(e),
                    advice(app, arguments, takes_overrides(app))));
  }
}

}  // namespace polytask::cli
