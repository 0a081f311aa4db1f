#include "tests/support/expect_error.h"

#include <gtest/gtest.h>

namespace polytask::test {

void expect_error(Fault fault, const std::string& message,
                  const std::function<void()>& action) {
  try {
    action();
    ADD_FAILURE() << "expected an error, got none: " << message;
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), fault) << e.what();
    EXPECT_EQ(std::string(e.what()), message);
  }
}

void expect_error_parts(Fault fault, const std::vector<std::string>& parts,
                        const std::function<void()>& action) {
  try {
    action();
    ADD_FAILURE() << "expected an error, got none";
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), fault) << e.what();
    for (const std::string& part : parts) {
      EXPECT_NE(std::string(e.what()).find(part), std::string::npos)
          << "expected \"" << part << "\" in: " << e.what();
    }
  }
}

}  // namespace polytask::test
