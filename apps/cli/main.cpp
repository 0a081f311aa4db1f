#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "apps/cli/command.h"
#include "apps/cli/output.h"
#include "apps/cli/standard_streams.h"

namespace {

void say_out_of_memory() {
  constexpr char kText[] = "polytask: out of memory\n";
  (void)!write(STDERR_FILENO, kText, sizeof kText - 1);
}

std::terminate_handler usual_end = nullptr;

// Some destructors allocate: those of JSON documents do. What they throw cannot
// be caught anywhere else.
[[noreturn]] void end_by_terminate() {
  try {
    if (const auto thrown = std::current_exception()) {
      std::rethrow_exception(thrown);
    }
  } catch (const std::bad_alloc&) {
    say_out_of_memory();
    _exit(polytask::cli::kResources);
  } catch (...) {
    usual_end();
  }
  std::abort();
}

}  // namespace

int main(int argc, char** argv) try {
  using namespace polytask::cli;
  usual_end = std::set_terminate(end_by_terminate);
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
  say_out_of_memory();
  return polytask::cli::kResources;
}
