#include "apps/cli/completion_script.h"

#include "apps/cli/described_verbs.h"
#include "apps/cli/recipe_keys.h"
#include "polytask/base/text.h"

namespace polytask::cli {
namespace {

std::vector<std::string> names_of(const std::vector<DescribedVerb>& verbs) {
  std::vector<std::string> names;
  for (const DescribedVerb& verb : verbs) names.push_back(verb.name);
  return names;
}

std::vector<std::string> names_of(
    const std::vector<DescribedArgument>& arguments) {
  std::vector<std::string> names;
  for (const DescribedArgument& argument : arguments) {
    names.push_back(argument.name);
  }
  return names;
}

// The values behind a flag: those of its choice, or files.
std::string bash_values(const DescribedVerb& verb) {
  std::string text;
  for (const DescribedArgument& flag : verb.flags) {
    if (!flag.takes_value) continue;
    text += cat("    '", verb.name, ' ', flag.name, "') words='",
                join(flag.choices, " "), "'; files=1 ;;\n");
  }
  return text;
}

// The words of a verb that are no flags.
std::string bash_words(const DescribedVerb& verb) {
  const std::string first =
      verb.places.empty() ? "" : join(verb.places.front().choices, " ");
  return cat("    ", verb.name, ") flags='", join(names_of(verb.flags), " "),
             "' first='", first, "' keys=", verb.takes_keys ? 1 : 0, " ;;\n");
}

// Within single quotes of a shell, within brackets of zsh's _arguments.
std::string quoted(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '\'') {
      safe += "'\\''";
    } else {
      if (c == '[' || c == ']' || c == ':' || c == '\\') safe += '\\';
      safe += c;
    }
  }
  return safe;
}

std::string zsh_action(const DescribedArgument& argument, bool keys) {
  if (!argument.choices.empty()) {
    return cat('(', join(argument.choices, " "), ')');
  }
  return keys ? "_polytask_files_or_keys" : "_files";
}

std::string zsh_arguments(const DescribedVerb& verb) {
  std::string text = cat("    ", verb.name, ")\n      _arguments -S");
  for (const DescribedArgument& flag : verb.flags) {
    text += cat(" \\\n        '", flag.name, '[', quoted(flag.help), ']');
    if (flag.takes_value) text += cat(": :", zsh_action(flag, false));
    text += '\'';
  }
  int number = 1;
  for (const DescribedArgument& place : verb.places) {
    if (!place.choices.empty()) {
      text +=
          cat(" \\\n        '", number, ": :", zsh_action(place, false), '\'');
    }
    ++number;
  }
  return cat(text, " \\\n        '*: :",
             verb.takes_keys ? "_polytask_files_or_keys" : "_files",
             "'\n      ;;\n");
}

}  // namespace

std::string bash_completion() {
  const std::vector<DescribedVerb> verbs = described_verbs();
  std::string values;
  std::string words;
  for (const DescribedVerb& verb : verbs) {
    values += bash_values(verb);
    words += bash_words(verb);
  }
  return cat(
      "# bash completion of polytask: made by `polytask completion bash`.\n"
      "_polytask() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]-}\n"
      "  local before=${COMP_WORDS[COMP_CWORD-1]-}\n"
      "  local words='' flags='' first='' keys=0 files=0\n"
      "  COMPREPLY=()\n"
      "  if ((COMP_CWORD == 1)); then\n"
      "    words='",
      join(names_of(verbs), " "),
      " --help --version'\n"
      "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
      "    return\n"
      "  fi\n"
      "  # The = of key=value and --flag=value is a word of its own.\n"
      "  if [[ $word == '=' ]]; then\n"
      "    word=''\n"
      "  elif [[ $before == '=' ]]; then\n"
      "    before=${COMP_WORDS[COMP_CWORD-2]-}\n"
      "  fi\n"
      "  if [[ $before == '=' || ${COMP_WORDS[COMP_CWORD]} == '=' ||\n"
      "    ${COMP_WORDS[COMP_CWORD-1]-} == '=' ]]; then\n"
      "    files=1\n"
      "  fi\n"
      "  case \"$verb $before\" in\n",
      values,
      "  esac\n"
      "  case $verb in\n",
      words,
      "  esac\n"
      "  if ((files)); then\n"
      "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
      "  elif [[ $word == -* ]]; then\n"
      "    COMPREPLY=($(compgen -W \"$flags\" -- \"$word\"))\n"
      "  elif ((COMP_CWORD == 2)) && [[ -n $first ]]; then\n"
      "    COMPREPLY=($(compgen -W \"$first\" -- \"$word\"))\n"
      "  elif ((keys && COMP_CWORD > 2)); then\n"
      "    COMPREPLY=($(compgen -S = -W '",
      join(recipe_keys(), " "),
      "' -- \"$word\"))\n"
      "    ((${#COMPREPLY[@]})) && compopt -o nospace\n"
      "  fi\n"
      "  # Nothing found: bash completes names of files.\n"
      "} && complete -o bashdefault -o default -F _polytask polytask\n");
}

std::string zsh_completion() {
  const std::vector<DescribedVerb> verbs = described_verbs();
  std::string lines;
  std::string arguments;
  for (const DescribedVerb& verb : verbs) {
    lines += cat("    '", verb.name, ':', quoted(verb.summary), "'\n");
    arguments += zsh_arguments(verb);
  }
  std::string keys;
  for (const std::string& key : recipe_keys()) keys += cat("    ", key, '\n');
  return cat(
      "#compdef polytask\n"
      "# zsh completion of polytask: made by `polytask completion zsh`.\n"
      "\n"
      "_polytask_files_or_keys() {\n"
      "  local -a keys=(\n",
      keys,
      "  )\n"
      "  if compset -P '*='; then\n"
      "    _files\n"
      "  else\n"
      "    _alternative 'files: :_files' \\\n"
      "      'keys: :compadd -S = -a keys'\n"
      "  fi\n"
      "}\n"
      "\n"
      "_polytask() {\n"
      "  local -a verbs=(\n",
      lines,
      "  )\n"
      "  if ((CURRENT == 2)); then\n"
      "    _describe verb verbs\n"
      "    return\n"
      "  fi\n"
      "  local verb=$words[2]\n"
      "  shift words\n"
      "  ((CURRENT -= 1))\n"
      "  case $verb in\n",
      arguments,
      "  esac\n"
      "}\n"
      "\n"
      "if [[ $funcstack[1] == _polytask ]]; then\n"
      "  _polytask \"$@\"\n"
      "else\n"
      "  compdef _polytask polytask\n"
      "fi\n");
}

}  // namespace polytask::cli
