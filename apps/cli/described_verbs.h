// The verbs with their arguments, as their own help has them: what completions
// and the manual page are made of.

#pragma once

#include <string>
#include <vector>

namespace polytask::cli {

struct DescribedArgument {
  std::string name;  // "--format"; "model" for one that has its place
  std::string help;
  std::vector<std::string> choices;  // none: anything
  bool takes_value = true;           // false: a flag that is there or not
  bool required = false;
  bool many = false;
};

struct DescribedVerb {
  std::string name;
  std::string summary;      // "answer images"
  std::string description;  // a sentence or two
  std::vector<DescribedArgument> places;
  std::vector<DescribedArgument> flags;
  bool takes_keys = false;  // key=value of a recipe
};

// In the order of the help.
[[nodiscard]] std::vector<DescribedVerb> described_verbs();

}  // namespace polytask::cli
