#include "tests/support/places.h"

namespace polytask::test {

std::string source_path(const std::string& file) {
  return POLYTASK_SOURCE_DIR "/" + file;
}

std::string polytask_program() { return POLYTASK_COMMAND; }

}  // namespace polytask::test
