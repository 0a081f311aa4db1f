#include "polytask/checkpoint/run_model.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

TEST(FindModel, IsTheModelInAFolder) {
  const test::TemporaryFolder folder;
  test::write_bytes(folder.path() / "model.safetensors", "");
  EXPECT_EQ(find_model(folder.path()), folder.path() / "model.safetensors");
}

TEST(FindModel, IsThePathItselfElse) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "best";
  EXPECT_EQ(find_model(file), file) << "nothing is there";
  test::write_bytes(file, "");
  EXPECT_EQ(find_model(file), file);
}

TEST(FindModel, AFolderWithoutOneIsAnError) {
  const test::TemporaryFolder folder;
  test::expect_error(Fault::io,
                     folder.path().string() +
                         ": expected a model file or a run folder with "
                         "model.safetensors, found a folder without one",
                     [&] { (void)find_model(folder.path()); });
}

}  // namespace
}  // namespace polytask
