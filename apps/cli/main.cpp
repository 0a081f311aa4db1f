#include <unistd.h>

#include <iostream>
#include <string>
#include <vector>

#include "apps/cli/command.h"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return polytask::cli::run_cli(
      arguments, {.out = std::cout,
                  .err = std::cerr,
                  .out_is_terminal = isatty(STDOUT_FILENO) == 1,
                  .err_is_terminal = isatty(STDERR_FILENO) == 1});
}
