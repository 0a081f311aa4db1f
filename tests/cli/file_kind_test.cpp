// What each verb says of a file that is something else.

#include <sys/stat.h>

#include "tests/cli/command_line.h"

namespace polytask {
namespace {

class WrongKind : public test::CommandLine {
 protected:
  WrongKind() {
    test::write_bytes("x.npy", "\x93NUMPY\x01");
    test::write_bytes("x.csv", "name,sea\n1.png,1\n");
  }
};

constexpr char kNumpyAdvice[] =
    "put its arrays into an HDF5 file, in Python with "
    "h5py.File(\"data.h5\", \"w\")[\"x\"] = images\n";

TEST_F(WrongKind, InspectSaysWhatItIs) {
  expect_refusal(cli::kBadData,
                 std::string("polytask: x.npy: not a model, data set or "
                             "recipe: a NumPy file; ") +
                     kNumpyAdvice,
                 {"inspect", "x.npy"});
}

TEST_F(WrongKind, PredictAndEvaluateWantAModel) {
  const std::string text =
      std::string("polytask: x.npy: expected a model, found a NumPy file; ") +
      kNumpyAdvice;
  expect_refusal(cli::kBadData, text, {"predict", "x.npy", "scenes.h5"});
  expect_refusal(cli::kBadData, text, {"evaluate", "x.npy", "scenes.h5"});
}

TEST_F(WrongKind, TrainWantsARecipe) {
  expect_refusal(cli::kUsage,
                 "polytask: scenes.h5: expected a recipe (YAML), found an HDF5 "
                 "file\n",
                 {"train", "scenes.h5"});
}

TEST_F(WrongKind, DataWantsHdf5OrAFolder) {
  expect_refusal(cli::kBadData,
                 std::string("polytask: x.npy: expected an HDF5 file, found a "
                             "NumPy file; ") +
                     kNumpyAdvice,
                 {"train", "recipe.yaml", "data.path=x.npy"});
  expect_refusal(cli::kBadData,
                 "polytask: x.csv: expected an HDF5 file, found a table (CSV); "
                 "give the folder of its images as data.path, and the table as "
                 "data.table\n",
                 {"train", "recipe.yaml", "data.path=x.csv"});
}

TEST_F(WrongKind, PipesAreNotWaitedFor) {
  ASSERT_EQ(mkfifo("pipe", 0600), 0);
  const std::string text =
      "polytask: pipe: expected a file, found a device or pipe; give the path "
      "of a file\n";
  for (const char* verb : {"inspect", "train"}) {
    expect_refusal(cli::kIo, text, {verb, "pipe"});
  }
  expect_refusal(cli::kIo, text, {"evaluate", "pipe", "scenes.h5"});
  expect_refusal(cli::kIo, text, {"train", "recipe.yaml", "data.path=pipe"});
}

}  // namespace
}  // namespace polytask
