#include "apps/cli/output.h"

#include <cerrno>
#include <ostream>
#include <system_error>

#include "polytask/base/utf8.h"

namespace polytask::cli {

void print_json(const Console& console, std::string_view json) {
  console.out << printable_json(json);
}

void print_csv(const Console& console, std::string_view csv) {
  const bool exact = console.pipe != nullptr && !console.out_is_terminal;
  console.out.flush();
  (exact ? *console.pipe : console.out) << csv;
}

int code_after_output(int code, int failure, std::ostream& err) {
  if (failure == 0 || failure == EPIPE) return code;
  err << "polytask: standard output: "
      << std::generic_category().message(failure) << '\n';
  if (code != kOk && code != kBadData) return code;
  return failure == ENOMEM ? kResources : kIo;
}

}  // namespace polytask::cli
