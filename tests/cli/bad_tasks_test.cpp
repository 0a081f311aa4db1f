// Tasks that cannot be learned, as a user meets them: what train, compare and
// study say, and when.

#include <gtest/gtest.h>

#include "tests/cli/command_line.h"
#include "tests/train/answers_table.h"
#include "tests/train/questions.h"

namespace polytask {
namespace {

using test::Answer;
using test::kNaN;

constexpr const char* kRecipe =
    "data:\n"
    "  path: table.h5\n"
    "  split: {test_size: 0.25, random_state: 4}\n"
    "tasks:\n"
    "  scene: {labels: [sea, sun]}\n"
    "  light: {kind: categorical, labels: [day, dusk, night]}\n"
    "  depth: {kind: regression}\n"
    "network:\n"
    "  trunk:\n"
    "    - conv2d: {filters: 4, activation: relu}\n"
    "    - flatten\n"
    "    - dense: {units: 8, activation: relu}\n"
    "train: {epochs: 1, batch_size: 6, threads: 1}\n"
    "run: {dir: run}\n";

// The classes of light have no names in the file.
const std::string kNote =
    "note: task light: the data numbers its classes and does not name them; 0 "
    "is day, 1 is dusk, 2 is night\n";

class BadTasks : public test::CommandLine {
 protected:
  using Rows = std::vector<std::vector<float>>;

  BadTasks() {
    test::write_bytes("table.yaml", kRecipe);
    write(good());
  }

  static Rows good() {
    Rows rows;
    for (int i = 0; i < 24; ++i) {
      const auto n = static_cast<float>(i);
      rows.push_back({static_cast<float>(i % 2), static_cast<float>(i / 2 % 2),
                      static_cast<float>(i % 3), n / 2});
    }
    return rows;
  }

  static void write(const Rows& rows) {
    std::filesystem::remove("table.h5");
    write_hdf5(*test::answers_table(
                   {"scene/sea", "scene/sun", "light", "depth"}, rows),
               "table.h5");
  }

  // What a training says before its first epoch.
  static std::string warnings_of(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"train", "table.yaml"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Answer answer = test::polytask(arguments);
    EXPECT_EQ(answer.code, 0) << answer.err;
    const std::size_t begin = answer.err.find("Train on ");
    EXPECT_NE(begin, std::string::npos) << answer.err;
    EXPECT_TRUE(answer.err.starts_with(kNote)) << answer.err;
    return answer.err.substr(kNote.size(), begin - kNote.size());
  }
};

TEST_F(BadTasks, NothingIsSaidWhereAllIsWell) { EXPECT_EQ(warnings_of(), ""); }

TEST_F(BadTasks, ATaskThatNoTrainingImageAnswers) {
  Rows rows = good();
  for (auto& row : rows) row[3] = kNaN;
  write(rows);
  const std::string warning =
      kNote +
      "warning: validation part: task \"depth\" is missing in every image; the "
      "best epoch is chosen without it; change data.split.random_state\n";
  expect_refusal(
      cli::kBadData,
      warning +
          "polytask: the training part cannot teach every task; leave the task "
          "out, or split the data otherwise:\n"
          "  - task \"depth\" is missing in every training image\n",
      {"train", "table.yaml"});
  expect_refusal(
      cli::kBadData,
      warning +
          "polytask: compare: some trainings could not learn every task; give "
          "more answers, or leave the task out:\n"
          "  - seed 1: task \"depth\" is missing in every training image\n"
          "  - seed 2: task \"depth\" is missing in every training image\n",
      {"compare", "table.yaml", "--seeds", "2"});
  expect_refusal(
      cli::kBadData,
      warning +
          "polytask: study missing: some trainings could not learn every task; "
          "give more answers, or leave the task out:\n"
          "  - 0 % hidden, seed 1: task \"depth\" is missing in every training "
          "image\n",
      {"study", "missing", "table.yaml", "--seeds", "1", "--levels", "0"});
}

TEST_F(BadTasks, AClassThatNeverOccurs) {
  Rows rows = good();
  for (auto& row : rows) row[2] = row[2] == 1.0f ? 0.0f : row[2];
  write(rows);
  EXPECT_EQ(warnings_of(),
            "warning: training part: class \"dusk\" of task \"light\" never "
            "occurs; it cannot be learned; add images of it\n");
}

TEST_F(BadTasks, ALabelOutsideTheClasses) {
  Rows rows = good();
  rows[5][2] = 3;
  write(rows);
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"train", "table.yaml"},
        {"compare", "table.yaml"},
        {"study", "missing", "table.yaml"}}) {
    expect_refusal(
        cli::kBadData,
        "polytask: the data and the tasks do not fit; correct the cells or the "
        "task:\n"
        "  - table.h5[5], column light: expected the number of one of 3 "
        "classes, 0 to 2, or missing, found 3\n",
        command);
  }
}

TEST_F(BadTasks, ANumberThatNeverChanges) {
  Rows rows = good();
  for (auto& row : rows) row[3] = -2.5f;
  write(rows);
  EXPECT_EQ(warnings_of(),
            "warning: training part: task \"depth\" is always -2.5; there is "
            "nothing to learn\n");
}

TEST_F(BadTasks, ABalancedLabelWithoutAPositive) {
  Rows rows = good();
  for (auto& row : rows) row[0] = 0;
  write(rows);
  EXPECT_EQ(
      warnings_of({"tasks.scene.loss.positive_weights=balanced"}),
      "warning: training part: label \"scene/sea\" has no positive image (of "
      "18); it cannot be learned; change data.split.random_state\n"
      "warning: validation part: label \"scene/sea\" has no positive image (of "
      "6); its precision, recall and F1 will be undefined; change "
      "data.split.random_state\n"
      "warning: tasks.scene.loss.positive_weights: balanced: label \"sea\" has "
      "no positive in the training part; its weight is 1\n");
}

TEST_F(BadTasks, AnUnknownTaskNamesTheNearest) {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"train", "table.yaml"},
        {"compare", "table.yaml"},
        {"study", "missing", "table.yaml"}}) {
    std::vector<std::string> words = command;
    words.emplace_back("tasks.lihgt.kind=categorical");
    expect_refusal(cli::kBadData,
                   "polytask: tasks.lihgt: the data has no column of that "
                   "name; did you mean \"light\"?\n",
                   words);
  }
}

TEST_F(BadTasks, AWeightingThatNeedsTwoTasks) {
  const std::string alone = "tasks={scene: {labels: [sea, sun]}}";
  expect_refusal(
      cli::kUsage,
      "polytask: table.yaml: train.weighting pcgrad needs at least two tasks, "
      "got 1; use equal\n",
      {"train", "table.yaml", alone, "train.weighting=pcgrad"});
  expect_refusal(cli::kUsage,
                 "polytask: compare: table.yaml:\n"
                 "  - tasks: a comparison needs at least two, got 1\n"
                 "  - weighting pcgrad needs at least two tasks, got 1; use "
                 "equal\n",
                 {"compare", "table.yaml", alone, "--weightings", "pcgrad"});
}

TEST_F(BadTasks, ATaskWithoutAWeight) {
  EXPECT_EQ(warnings_of({"tasks.depth.weight=0"}),
            "warning: tasks.depth.weight is 0: the task does not move the "
            "trunk, and with weights from losses its head learns nothing; "
            "leave the task out, or give it a weight\n");
}

TEST_F(BadTasks, AWeightingThatALossDoesNotGoWith) {
  const std::string gaussian = "tasks.depth.loss=gaussian";
  const std::string warning =
      "warning: train.weighting: famo divides by the losses, and the gaussian "
      "loss of task \"depth\" may fall below 0: the task may then get nearly "
      "all of the weight; take another loss or another weighting\n";
  EXPECT_EQ(warnings_of({gaussian, "train.weighting=famo"}), warning);
  const Answer answer =
      test::polytask({"compare", "table.yaml", gaussian, "--weightings",
                      "famo,pcgrad", "--seeds", "1", "--dir", "c"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_TRUE(answer.err.starts_with(kNote + warning)) << answer.err;
}

// A folder that was not begun can be begun with a better recipe.
TEST_F(BadTasks, ARefusedComparisonLeavesNoFolder) {
  expect_refusal(cli::kUsage,
                 "note: task light: the data numbers its classes and does not "
                 "name them; 0 is day, 1 is dusk, 2 is night\n"
                 "polytask: table.yaml: conv2d_1: a kernel of 20 x 20 does not "
                 "fit into its input [10, 10, 3]; use padding: same, a smaller "
                 "kernel, less pooling before, or larger images\n",
                 {"compare", "table.yaml",
                  "network.trunk=[conv2d: {filters: 1, kernel_size: 20}, "
                  "flatten]"});
}

}  // namespace
}  // namespace polytask
