// The one exception type polytask throws.
//
// A message starts with the place (a file and row, a recipe key, a layer), says
// what was expected and what was found, and ends with what to do about it.

#pragma once

#include <stdexcept>
#include <string>

namespace polytask {

// Who can put it right. Each process boundary (the exit code of the command
// line is one) is one switch over this enum, so the compiler finds every place
// to extend when a value is added.
enum class Fault {
  config,    // the person who wrote the recipe or the command line
  data,      // the person who made the file
  shape,     // the person who composed the network or the call
  io,        // the operating system: disk, permissions
  resource,  // the machine: memory, time
  backend,   // us: a library refused something we asked of it
};

class Error : public std::runtime_error {
 public:
  Error(Fault fault, const std::string& message)
      : std::runtime_error(message), fault_(fault) {}

  [[nodiscard]] Fault fault() const noexcept { return fault_; }

 private:
  Fault fault_;
};

}  // namespace polytask
