#include "apps/cli/study_progress.h"

#include <gtest/gtest.h>

#include <sstream>

namespace polytask::cli {
namespace {

TEST(StudyProgress, AWarningSaysOfWhichTraining) {
  for (const bool terminal : {false, true}) {
    std::ostringstream out, err;
    const Console console{.out = out, .err = err, .err_is_terminal = terminal};
    StudyProgress progress(console);
    progress.begin({.network = "depth alone", .seed = 2, .number = 5, .of = 8});
    err.str("");
    progress.on_warning("its head learns nothing");
    EXPECT_EQ(err.str(),
              "warning: depth alone, seed 2: its head learns "
              "nothing\n");
    EXPECT_EQ(out.str(), "");
  }
}

TEST(StudyProgress, AnInterruptedStudyGoesOnAndADivergedOneDoesNot) {
  std::ostringstream out, err;
  const Console console{.out = out, .err = err};
  EXPECT_EQ(report_stop(Outcome::interrupted, "joint, seed 2: stopped",
                        "runs/c", console),
            kInterrupted);
  EXPECT_EQ(err.str(),
            "\npolytask: joint, seed 2: stopped\n"
            "The same command goes on from here; what is trained stays in "
            "runs/c\n");
  err.str("");
  EXPECT_EQ(report_stop(Outcome::diverged,
                        "joint, seed 2: the loss is not "
                        "finite",
                        "runs/c", console),
            kDiverged);
  EXPECT_EQ(err.str(),
            "\npolytask: joint, seed 2: the loss is not finite\n"
            "The same command would end here again: change the recipe, and "
            "choose another --dir\n");
}

// Half of the first training was done before: 3 of 6 epochs are left, each of
// which took no time to speak of.
TEST(StudyProgress, TheRestOfAResumedTrainingIsWhatIsLeft) {
  std::ostringstream out, err;
  const Console console{.out = out, .err = err, .err_is_terminal = true};
  StudyProgress progress(console);
  progress.begin({.network = "joint", .seed = 1, .number = 1, .of = 1});
  progress.on_start({.epochs = 6, .first_epoch = 4});
  err.str("");
  progress.on_epoch({.epoch = 6});
  EXPECT_EQ(err.str(), "\r[1/1] joint, seed 1, epoch 6/6, about 0 s left\n");
}

}  // namespace
}  // namespace polytask::cli
