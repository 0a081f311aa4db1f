#include "apps/cli/manual_page.h"

#include <algorithm>
#include <array>

#include "apps/cli/described_verbs.h"
#include "polytask/base/text.h"

namespace polytask::cli {
namespace {

// No letter of a text is a command of roff's: backslashes, hyphens that are
// meant as such, and dots and apostrophes at the start of a line.
std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '\\') {
      safe += "\\e";
    } else if (c == '-') {
      safe += "\\-";
    } else {
      safe += c;
    }
  }
  const bool obeyed = safe.starts_with('.') || safe.starts_with('\'');
  return obeyed ? "\\&" + safe : safe;
}

std::string as_sentence(const std::string& text) {
  return text.ends_with('.') ? text : text + '.';
}

std::string in_capitals(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

std::string synopsis_of(const DescribedVerb& verb) {
  std::string text = cat(".B polytask ", verb.name, "\n");
  for (const DescribedArgument& place : verb.places) {
    text +=
        cat(place.required ? ".I " : ".RI [ ", escaped(in_capitals(place.name)),
            place.required ? (place.many ? " ...\n" : "\n")
                           : (place.many ? " ...]\n" : " ]\n"));
  }
  return text + ".RI [ flags ]\n";
}

std::string argument_text(const DescribedArgument& argument) {
  const bool placed = !argument.name.starts_with('-');
  return cat(".TP\n", placed ? ".I " : ".B ",
             escaped(placed ? in_capitals(argument.name) : argument.name), "\n",
             escaped(as_sentence(argument.help)), "\n");
}

std::string section_of(const DescribedVerb& verb) {
  std::string text =
      cat(".SS polytask ", verb.name, "\n",
          escaped(as_sentence(verb.description)), "\n.PP\n", synopsis_of(verb));
  for (const DescribedArgument& place : verb.places) {
    text += argument_text(place);
  }
  for (const DescribedArgument& flag : verb.flags) text += argument_text(flag);
  return text;
}

std::string exit_codes() {
  constexpr std::array<std::pair<int, const char*>, 9> kCodes{{
      {0, "done"},
      {1, "an error of polytask itself"},
      {2, "the recipe or the command line cannot be used"},
      {3,
       "the data or the model file is wrong, or some images could not be "
       "read"},
      {4, "the training diverged"},
      {5, "the system refused to read or write"},
      {6, "not enough memory"},
      {7, "a verification failed"},
      {130, "stopped by Ctrl-C or SIGTERM"},
  }};
  std::string text;
  for (const auto& [code, meaning] : kCodes) {
    text += cat(".TP\n.B ", code, "\n", escaped(as_sentence(meaning)), "\n");
  }
  return text;
}

}  // namespace

std::string manual_page() {
  std::string text =
      ".TH POLYTASK 1 \"\" \"polytask " POLYTASK_VERSION
      "\" \"User Commands\"\n"
      ".SH NAME\n"
      "polytask \\- multi\\-task neural networks for images\n"
      ".SH SYNOPSIS\n"
      ".B polytask\n"
      ".I VERB\n"
      ".RI [ ARGUMENT \" ...\" ]\n"
      ".SH DESCRIPTION\n"
      "Trains, evaluates and uses networks that answer several questions about "
      "an image at once: which labels, which class, how much.\n"
      "Results go to standard output, talk and progress to standard error.\n"
      ".SH VERBS\n";
  for (const DescribedVerb& verb : described_verbs()) text += section_of(verb);
  return text + ".SH EXIT STATUS\n" + exit_codes() +
         ".SH EXAMPLES\n"
         ".nf\n"
         "polytask demo\n"
         "polytask train recipes/blog.yaml data.path=scenes.h5\n"
         "polytask predict runs/latest beach.jpg\n"
         ".fi\n";
}

}  // namespace polytask::cli
