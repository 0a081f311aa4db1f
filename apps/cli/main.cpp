#include <unistd.h>

#include <new>
#include <string>
#include <vector>

#include "apps/cli/command.h"
#include "apps/cli/output.h"
#include "apps/cli/standard_streams.h"

int main(int argc, char** argv) try {
  using namespace polytask::cli;
  prepare_standard_streams();
  DescriptorStream out(STDOUT_FILENO);
  DescriptorStream err(STDERR_FILENO);
  err.setf(std::ios::unitbuf);
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0),
                                           argv + argc);
  const int code =
      run_cli(arguments, {.out = out,
                          .err = err,
                          .out_is_terminal = isatty(STDOUT_FILENO) == 1,
                          .err_is_terminal = isatty(STDERR_FILENO) == 1});
  return code_after_output(code, out.finish(), err);
} catch (const std::bad_alloc&) {
  constexpr char kText[] = "polytask: out of memory\n";
  (void)!write(STDERR_FILENO, kText, sizeof kText - 1);
  return polytask::cli::kResources;
}
