#include "polytask/report/keras_progress.h"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>
#include <vector>

#include "polytask/report/terminal_text.h"

namespace polytask {
namespace {

int wide() { return 0; }

const TrainStart kStart{
    .train_images = 1600, .validation_images = 400, .epochs = 50};

StepReport step_at(std::int64_t seen, double seconds) {
  return {.epoch = 1,
          .step = static_cast<int>(seen / 100),
          .seen = seen,
          .seconds = seconds,
          .train = {{"loss", 3.25}, {"argmax_accuracy", 0.5}}};
}

EpochReport epoch_one() {
  return {.epoch = 1,
          .steps = 16,
          .seconds = 8.0,
          .train = {{"loss", 2.9123}, {"argmax_accuracy", 0.3456}},
          .validation = {{"loss", 2.7}, {"argmax_accuracy", 0.4}}};
}

TEST(KerasProgress, BarOfKeras) {
  EXPECT_EQ(keras_bar(0, 1600), "..............................");
  EXPECT_EQ(keras_bar(500, 1600), "========>.....................");
  EXPECT_EQ(keras_bar(1599, 1600), "============================>.");
  EXPECT_EQ(keras_bar(1600, 1600), "==============================");
}

TEST(KerasProgress, AWarningHasALineOfItsOwn) {
  std::ostringstream out;
  KerasProgress progress(out, /*terminal=*/false);
  progress.on_start(kStart);
  out.str("");
  progress.on_warning("task \"a\x1b[2J\": nothing is learned");
  EXPECT_EQ(out.str(), "warning: task \"a?[2J\": nothing is learned\n");
}

TEST(KerasProgress, BarSurvivesImpossibleCounts) {
  EXPECT_EQ(keras_bar(7, 0), "..............................");
  EXPECT_EQ(keras_bar(9, 4), "==============================");
  EXPECT_EQ(keras_bar(-1, 4), "..............................");
}

TEST(KerasProgress, DurationsGrowWithTheirSize) {
  EXPECT_EQ(duration_text(5.9), "5s");
  EXPECT_EQ(duration_text(65), "1:05");
  EXPECT_EQ(duration_text(7384), "2:03:04");
  EXPECT_EQ(duration_text(std::numeric_limits<double>::quiet_NaN()), "0s");
}

TEST(KerasProgress, SaysHowMuchIsFrozen) {
  std::ostringstream out;
  KerasProgress progress(out, /*terminal=*/false, wide);
  TrainStart start = kStart;
  start.learning_parameters = 129;
  progress.on_start(start);
  start.frozen_parameters = 455533;
  progress.on_start(start);
  EXPECT_EQ(out.str(),
            "Train on 1600 samples, validate on 400 samples\n"
            "Train on 1600 samples, validate on 400 samples\n"
            "129 parameters learn, 455533 are frozen\n");
}

TEST(KerasProgress, ATerminalSeesTheFrozenTrunkAtWork) {
  std::ostringstream out;
  KerasProgress progress(out, /*terminal=*/true, wide);
  progress.on_features(100, 200);
  progress.on_features(200, 200);
  EXPECT_EQ(out.str(),
            "\r100/200 [==============>...............] - frozen trunk"
            "\r200/200 [==============================] - frozen trunk\n");
  std::ostringstream file;
  KerasProgress quiet(file, /*terminal=*/false, wide);
  quiet.on_features(200, 200);
  EXPECT_EQ(file.str(), "");
}

TEST(KerasProgress, TerminalSeesKerasOwnLines) {
  std::ostringstream out;
  KerasProgress progress(out, /*terminal=*/true, wide);
  progress.on_start(kStart);
  progress.on_step(step_at(500, 2.5));
  progress.on_step(step_at(1600, 8.0));
  progress.on_epoch(epoch_one());
  EXPECT_EQ(out.str(),
            "Train on 1600 samples, validate on 400 samples\n"
            "Epoch 1/50\n"
            "\r 500/1600 [========>.....................] - ETA: 5s (run 6:37)"
            " - loss: 3.2500 - argmax_accuracy: 0.5000"
            "\r1600/1600 [==============================] - ETA: 0s (run 6:32)"
            " - loss: 3.2500 - argmax_accuracy: 0.5000"
            "\r1600/1600 [==============================] - 8s 5ms/step"
            " - loss: 2.9123 - argmax_accuracy: 0.3456"
            " - val_loss: 2.7000 - val_argmax_accuracy: 0.4000\n");
}

TEST(KerasProgress, ElsewhereOneLineAnEpoch) {
  std::ostringstream out;
  KerasProgress progress(out, /*terminal=*/false);
  progress.on_start(kStart);
  progress.on_step(step_at(500, 2.5));
  progress.on_validation(1);
  progress.on_epoch(epoch_one());
  EXPECT_EQ(out.str(),
            "Train on 1600 samples, validate on 400 samples\n"
            "Epoch 1/50 - 8s 5ms/step - loss: 2.9123 - argmax_accuracy: 0.3456"
            " - val_loss: 2.7000 - val_argmax_accuracy: 0.4000 - 6:32 left\n");
}

TEST(KerasProgress, TheLastEpochLeavesNothing) {
  std::ostringstream out;
  KerasProgress progress(out, /*terminal=*/false);
  progress.on_start({.train_images = 10, .epochs = 1});
  progress.on_epoch({.epoch = 1,
                     .seconds = 1.0,
                     .train = {{"loss", 0.0001}},
                     .validation = {}});
  EXPECT_EQ(out.str(),
            "Train on 10 samples\n"
            "Epoch 1/1 - 1s 100ms/step - loss: 1.0000e-04\n");
}

TEST(KerasProgress, ShorterLineWipesTheLongerOne) {
  std::ostringstream out;
  KerasProgress progress(out, true, wide);
  progress.on_start({.train_images = 100, .epochs = 1});
  progress.on_step({.epoch = 1,
                    .seen = 50,
                    .seconds = 1.0,
                    .train = {{"a_long_metric_name", 0.5}}});
  out.str("");
  progress.on_epoch(
      {.epoch = 1, .seconds = 2.0, .train = {}, .validation = {}});
  EXPECT_EQ(out.str(),
            "\r100/100 [==============================] - 2s 20ms/step" +
                std::string(33, ' ') + "\n");
}

TEST(KerasProgress, RunningLineStaysBelowTheColumns) {
  std::ostringstream out;
  KerasProgress progress(out, true, [] { return 80; });
  progress.on_start(kStart);
  out.str("");
  progress.on_step(step_at(500, 2.5));
  const std::string text = out.str();
  EXPECT_LT(text.size() - text.find('\r') - 1, 80u);
  EXPECT_NE(text.find("loss: 3.2500"), std::string::npos);
  EXPECT_EQ(text.find("argmax_accuracy"), std::string::npos);
}

TEST(KerasProgress, RedrawsAtMostTwentyTimesASecond) {
  std::ostringstream out;
  KerasProgress progress(out, true);
  progress.on_start(kStart);
  for (int i = 1; i < 1600; ++i) progress.on_step(step_at(i, 0.001 * i));
  const std::string text = out.str();
  EXPECT_LE(std::count(text.begin(), text.end(), '\r'), 33);
  EXPECT_GE(std::count(text.begin(), text.end(), '\r'), 25);
}

TEST(KerasProgress, ValidationIsSaid) {
  std::ostringstream out;
  KerasProgress progress(out, true);
  progress.on_start(kStart);
  progress.on_step(step_at(1600, 8.0));
  out.str("");
  progress.on_validation(1);
  EXPECT_NE(out.str().find("- validating (run 6:32)"), std::string::npos);
}

TEST(KerasProgress, ResumeSaysWhereItGoesOn) {
  std::ostringstream out;
  KerasProgress progress(out, false);
  progress.on_start({.train_images = 10, .epochs = 5, .first_epoch = 3});
  EXPECT_EQ(out.str(), "Train on 10 samples\nResumed after epoch 2\n");
}

TEST(KerasProgress, NotFiniteIsShownAsItIs) {
  std::ostringstream out;
  KerasProgress progress(out, false);
  progress.on_start({.train_images = 10, .epochs = 1});
  progress.on_epoch(
      {.epoch = 1,
       .seconds = 0.0002,
       .train = {{"loss", std::numeric_limits<double>::quiet_NaN()}},
       .validation = {}});
  EXPECT_NE(out.str().find("0s 20us/step - loss: nan\n"), std::string::npos);
}

// The columns of the line that is redrawn, each time it is drawn.
std::vector<std::size_t> drawn_widths(const std::string& text) {
  std::vector<std::size_t> widths;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream drawings(line);
    std::string drawing;
    std::getline(drawings, drawing, '\r');
    while (std::getline(drawings, drawing, '\r')) {
      widths.push_back(display_width(drawing));
    }
  }
  return widths;
}

TEST(KerasProgress, TheRunningLineFitsEveryWidth) {
  for (int columns = 1; columns <= 200; ++columns) {
    std::ostringstream out;
    KerasProgress progress(out, true, [=] { return columns; });
    progress.on_features(2000, 2000);
    progress.on_start(kStart);
    for (int i = 1; i < 16; ++i) progress.on_step(step_at(100 * i, 0.5 * i));
    progress.on_validation(1);
    const std::vector<std::size_t> widths = drawn_widths(out.str());
    ASSERT_TRUE(columns == 1 || widths.size() == 17u) << columns;
    for (const std::size_t width : widths) {
      EXPECT_LT(width, static_cast<std::size_t>(columns));
    }
  }
}

TEST(KerasProgress, ATerminalThatShrinksIsFollowed) {
  std::ostringstream out;
  int columns = 100;
  KerasProgress progress(out, true, [&] { return columns; });
  progress.on_start(kStart);
  progress.on_step(step_at(100, 0.5));
  columns = 40;
  progress.on_step(step_at(200, 1.0));
  EXPECT_EQ(drawn_widths(out.str()), (std::vector<std::size_t>{78, 39}));
}

TEST(KerasProgress, ANarrowTerminalGetsAnEpochInPieces) {
  std::ostringstream out;
  KerasProgress progress(out, true, [] { return 30; });
  progress.on_start(kStart);
  out.str("");
  progress.on_step(step_at(500, 2.5));
  progress.on_epoch(epoch_one());
  EXPECT_EQ(out.str(),
            "Epoch 1/50\n"
            "\r 500/1600 [=>.....] - ETA: 5s"
            "\r1600/1600 - 8s 5ms/step      \n"
            "    loss: 2.9123\n"
            "    argmax_accuracy: 0.3456\n"
            "    val_loss: 2.7000\n"
            "    val_argmax_accuracy: 0.4000\n");
}

EpochReport epoch_of_three_tasks() {
  const MetricValues values{{"loss", 4.5},
                            {"things/loss", 2.0},
                            {"things/argmax_accuracy", 0.7},
                            {"things/label_accuracy", 0.8123},
                            {"weather/loss", 1.5},
                            {"weather/top_1_accuracy", 0.55},
                            {"distance/loss", 1.0},
                            {"distance/mean_absolute_error/near", 3.21},
                            {"distance/mean_absolute_error/far", 9.87}};
  return {.epoch = 1,
          .steps = 16,
          .seconds = 8.0,
          .train = values,
          .validation = values,
          .best = true};
}

TEST(KerasProgress, OfSeveralTasksAnEpochSaysTheTotalsAndAScoreForEach) {
  std::ostringstream out;
  KerasProgress progress(out, /*terminal=*/false);
  progress.on_start(kStart);
  out.str("");
  progress.on_epoch(epoch_of_three_tasks());
  EpochReport second = epoch_of_three_tasks();
  second.epoch = 50;
  second.best = false;
  second.validation.clear();
  progress.on_epoch(second);
  EXPECT_EQ(out.str(),
            "Epoch 1/50 - 8s 5ms/step - loss: 4.5000 - val_loss: 4.5000"
            " - best so far\n"
            "    6:32 left\n"
            "  val  things label_accuracy 0.8123  weather top_1_accuracy "
            "0.5500\n"
            "    distance mean_absolute_error/near 3.2100\n"
            "Epoch 50/50 - 8s 5ms/step - loss: 4.5000\n"
            "  train  things label_accuracy 0.8123  weather top_1_accuracy "
            "0.5500\n"
            "    distance mean_absolute_error/near 3.2100\n");
}

TEST(KerasProgress, OfSeveralTasksNoLineIsWiderThanTheTerminal) {
  for (int columns = 46; columns <= 200; ++columns) {
    std::ostringstream out;
    KerasProgress progress(out, true, [=] { return columns; });
    progress.on_start(kStart);
    progress.on_step(step_at(1600, 8.0));
    out.str("");
    progress.on_epoch(epoch_of_three_tasks());
    std::istringstream lines(out.str());
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LT(line.size(), static_cast<std::size_t>(columns) + 1) << line;
    }
  }
}

}  // namespace
}  // namespace polytask
