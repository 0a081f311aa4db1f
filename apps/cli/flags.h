// Reading a verb's arguments: CLI11, with our errors. CLI11's own header stays
// behind this one, for it takes the compiler seconds in every file.

#pragma once

#include <initializer_list>
#include <memory>
#include <string>

#include "apps/cli/command.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace polytask::cli {

// What a verb takes, as its help shows it.
class Flags {
 public:
  // One of them, to say more about it.
  class Argument {
   public:
    explicit Argument(CLI::Option* option) : option_(option) {}
    const Argument& required() const;
    const Argument& one_of(std::initializer_list<const char*> choices) const;
    // "--flag a b": b is no value of it, whatever its type.
    const Argument& one_value() const;

   private:
    CLI::Option* option_;
  };

  Flags(const std::string& description, const std::string& verb);
  ~Flags();
  Flags(const Flags&) = delete;
  Flags& operator=(const Flags&) = delete;

  // "--steps" takes a value, "recipe" has its place. `value` keeps what it has
  // where nothing is given, and must outlive the parsing.
  //   Value   std::string, std::filesystem::path, int, std::int64_t,
  //           std::uint64_t, double, an optional int or float, or a vector of
  //           strings, which takes all there are
  template <class Value>
  Argument add_option(const std::string& name, Value& value,
                      const std::string& help);
  Argument add_flag(const std::string& name, bool& value,
                    const std::string& help);

  [[nodiscard]] CLI::App& app() const { return *app_; }

 private:
  std::unique_ptr<CLI::App> app_;
};

// Parses the arguments behind the verb. Returns false when help was asked for
// and has been printed to console.out, and when console.describe was called in
// place of parsing.
// Throws Fault::config for anything that is not understood.
[[nodiscard]] bool parse_flags(const Flags& flags, Arguments arguments,
                               const Console& console);

}  // namespace polytask::cli
