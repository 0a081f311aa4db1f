#include "polytask/predict/predictor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "polytask/checkpoint/model_file.h"
#include "polytask/task/multi_task_loss.h"
#include "polytask/train/train.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/recorder.h"
#include "tests/train/stripes.h"

namespace polytask {
namespace {

using test::dropout_network;
using test::expect_error;
using test::model_for;
using test::stripes;

// All images of a data set, side by side.
std::vector<std::byte> pixels_of(const Dataset& data) {
  const std::size_t bytes = data.spec().bytes_per_image();
  std::vector<std::byte> pixels(bytes * static_cast<std::size_t>(data.size()));
  for (std::int64_t i = 0; i < data.size(); ++i) {
    data.read_image(i, std::span(pixels).subspan(
                           bytes * static_cast<std::size_t>(i), bytes));
  }
  return pixels;
}

std::vector<float> answers(Predictor& predictor, const Dataset& data) {
  const std::vector<std::byte> pixels = pixels_of(data);
  return predictor.answers({.count = static_cast<int>(data.size()),
                            .type = data.spec().pixels,
                            .pixels = pixels});
}

Model trained() {
  const DatasetPtr data = stripes({.size = 32});
  Model model = model_for(data, dropout_network());
  train(model, {.train = data, .validation = nullptr},
        {.epochs = 2, .batch_size = 16, .threads = 1});
  return model;
}

// With logits of 0 a regression answers the mean of its own training.
TEST(Predictor, EachTaskAnswersOnItsOwnScale) {
  const DatasetPtr data = stripes({.size = 2});
  Model model =
      make_model({.image = {test::kSide, test::kSide, 3},
                  .network = test::plain_network(),
                  .tasks = {regression("distance"), regression("tint")}},
                 1);
  std::ranges::fill(model.parameters.flat(), 0.0f);
  model.target_statistics = {{.numbers = {{100.0, 20.0, 90.0}}},
                             {.numbers = {{-3.0, 0.5, -2.0}}}};
  Predictor predictor(std::move(model), {.threads = 1});
  EXPECT_EQ(answers(predictor, *data),
            (std::vector<float>{100.0f, -3.0f, 100.0f, -3.0f}));
}

// All in one batch, so that training's numbers are those of one forward pass.
TEST(Predictor, AnswersWhatTheTrainingComputed) {
  const DatasetPtr data = stripes({.size = 24, .seed = 5});
  Model model = model_for(data, dropout_network());
  const TrainReport report =
      train(model, {.train = data, .validation = data},
            {.epochs = 1, .batch_size = 24, .threads = 2});
  Predictor predictor(std::move(model), {.threads = 2, .batch = 24});
  const std::vector<float> probabilities = answers(predictor, *data);
  std::vector<float> all_targets;
  std::vector<float> row(3);
  for (std::int64_t i = 0; i < 24; ++i) {
    data->read_targets(i, row);
    all_targets.insert(all_targets.end(), row.begin(), row.end());
  }
  EXPECT_NEAR(multi_task_loss(probabilities, all_targets, 3).loss,
              test::metric(report.history[0].validation, "loss"), 1e-6);
}

TEST(Predictor, OneImageAtATimeAnswersAsAHundred) {
  const DatasetPtr data = stripes({.size = 37, .seed = 5});
  Predictor one(trained(), {.threads = 1, .batch = 1});
  Predictor hundred(trained(), {.threads = 2, .batch = 100});
  const std::vector<float> a = answers(one, *data);
  const std::vector<float> b = answers(hundred, *data);
  ASSERT_EQ(a.size(), 37u * 3u);
  ASSERT_EQ(b.size(), a.size());
  for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 2e-6);
}

TEST(Predictor, AnImageIsAnsweredTheSameWhateverIsBesideIt) {
  const DatasetPtr data = stripes({.size = 9, .seed = 5});
  Predictor predictor(trained(), {.threads = 2, .batch = 4});
  const std::vector<float> all = answers(predictor, *data);
  const std::vector<std::byte> pixels = pixels_of(*data);
  const std::size_t bytes = data->spec().bytes_per_image();
  for (std::size_t i = 0; i < 9; ++i) {
    const std::vector<float> alone = predictor.answers(
        {.count = 1, .pixels = std::span(pixels).subspan(i * bytes, bytes)});
    EXPECT_TRUE(std::ranges::equal(alone, std::span(all).subspan(i * 3, 3)));
  }
}

TEST(Predictor, AnswersNothingToNothing) {
  Predictor predictor(trained());
  EXPECT_TRUE(predictor.answers({}).empty());
  EXPECT_TRUE(predictor.labels({}).empty());
}

TEST(Predictor, ColumnsAreTheLabels) {
  const Predictor predictor(trained());
  EXPECT_EQ(predictor.columns(),
            (std::vector<std::string>{"rows", "columns", "red"}));
}

TEST(Predictor, ColumnsOfSeveralTasksCarryTheTasksName) {
  Predictor predictor(make_model(
      {.image = {10, 10, 3},
       .network = test::plain_network(),
       .tasks = {multilabel("scene", {"a", "b"}), multilabel("light", {"a"})}},
      1));
  EXPECT_EQ(predictor.columns(),
            (std::vector<std::string>{"scene/a", "scene/b", "light/a"}));
  EXPECT_EQ(answers(predictor, *stripes({.size = 5})).size(), 15u);
}

TEST(Predictor, ALabelIsAYesAboveOneHalf) {
  const Predictor predictor(trained());
  const std::vector<float> rows{0.5f, 0.51f, 0.49f,  //
                                0.9f, 0.1f,  0.5000001f, 0.0f, 0.0f, 0.0f};
  EXPECT_EQ(predictor.labels(rows), (std::vector<std::vector<std::string>>{
                                        {"columns"}, {"rows", "red"}, {}}));
}

TEST(Predictor, ALabelHasTheThresholdOfTheModel) {
  Model model = trained();
  model.spec.tasks[0].thresholds = {
      .labels = {{model.spec.tasks[0].labels[0], 0.1},
                 {model.spec.tasks[0].labels[1], 0.9}}};
  const Predictor predictor(std::move(model));
  const std::vector<float> row{0.2f, 0.8f, 0.6f};
  EXPECT_EQ(predictor.labels(row),
            (std::vector<std::vector<std::string>>{{"rows", "red"}}));
}

TEST(Predictor, NotANumberIsNoYes) {
  const Predictor predictor(trained());
  const std::vector<float> row{std::nanf(""), 0.8f, 0.6f};
  EXPECT_EQ(predictor.labels(row),
            (std::vector<std::vector<std::string>>{{"columns", "red"}}));
}

TEST(Predictor, HalfARowOfProbabilitiesIsRefused) {
  const Predictor predictor(trained());
  expect_error(Fault::shape, "predict: expected rows of 3 numbers, got 4",
               [&] { (void)predictor.labels(std::vector<float>(4)); });
}

TEST(Predictor, PixelsOfAnotherSizeAreRefused) {
  Predictor predictor(trained());
  const std::vector<std::byte> pixels(11 * 10 * 3);
  expect_error(
      Fault::shape,
      "predict: expected 1 images [10, 10, 3], 300 bytes each, got "
      "330 bytes",
      [&] { (void)predictor.answers({.count = 1, .pixels = pixels}); });
}

TEST(Predictor, BytesForFractionsAreRefused) {
  Predictor predictor(trained());
  const std::vector<std::byte> pixels(10 * 10 * 3);
  expect_error(
      Fault::shape,
      "predict: expected 1 images [10, 10, 3], 1200 bytes each, got "
      "300 bytes",
      [&] {
        (void)predictor.answers(
            {.count = 1, .type = PixelType::float32, .pixels = pixels});
      });
}

TEST(Predictor, ANegativeCountIsRefused) {
  Predictor predictor(trained());
  test::expect_error_parts(Fault::shape, {"predict: expected -1 images"},
                           [&] { (void)predictor.answers({.count = -1}); });
}

TEST(Predictor, OptionsThatCannotBeUsedAreRefused) {
  expect_error(Fault::config, "network: batch_size: expected 1 to 65536, got 0",
               [] { Predictor predictor(trained(), {.batch = 0}); });
  expect_error(Fault::config,
               "threads: expected 0 (one per processor) to 1024, got -1",
               [] { Predictor predictor(trained(), {.threads = -1}); });
}

// Twice the scale on half the values: the network sees the same.
TEST(Predictor, TheScaleOfTheModelIsApplied) {
  const DatasetPtr whole = stripes({.size = 4, .pixels = PixelType::float32});
  std::vector<std::byte> pixels = pixels_of(*whole);
  Predictor plain(trained(), {.threads = 1});
  const std::vector<float> expected =
      plain.answers({.count = 4, .type = PixelType::float32, .pixels = pixels});
  for (std::size_t i = 0; i < pixels.size(); i += sizeof(float)) {
    float value = 0.0f;
    std::memcpy(&value, &pixels[i], sizeof value);
    value /= 2.0f;
    std::memcpy(&pixels[i], &value, sizeof value);
  }
  Model model = trained();
  model.spec.preprocessing.float32_scale = 2.0;
  Predictor doubled(std::move(model), {.threads = 1});
  EXPECT_EQ(doubled.answers(
                {.count = 4, .type = PixelType::float32, .pixels = pixels}),
            expected);
}

TEST(Predictor, WholeNumbersAndTheirFractionsAreAnsweredAlike) {
  Predictor predictor(trained(), {.threads = 1});
  const std::vector<float> bytes =
      answers(predictor, *stripes({.size = 8, .seed = 3}));
  const std::vector<float> fractions =
      answers(predictor,
              *stripes({.size = 8, .seed = 3, .pixels = PixelType::float32}));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    ASSERT_NEAR(bytes[i], fractions[i], 1e-6);
  }
}

TEST(Predictor, ASavedModelAnswersAsBefore) {
  const test::TemporaryFolder folder;
  Model model = trained();
  model.spec.preprocessing.uint8_scale = 1.0 / 100.0;
  save_model(model, folder / "model");
  Predictor before(std::move(model), {.threads = 1});
  Predictor after(load_model(folder / "model"), {.threads = 1});
  const DatasetPtr data = stripes({.size = 8, .seed = 3});
  EXPECT_EQ(answers(before, *data), answers(after, *data));
}

TEST(Predictor, ParametersOfAnotherNetworkAreListed) {
  Model model = trained();
  model.spec.network.trunk[4] = Dense{.units = 5};
  expect_error(Fault::data,
               "the model's parameters do not fit its network:\n"
               "  - expected dense_1/kernel [96, 5], found dense_1/kernel [96, "
               "12]\n"
               "  - expected dense_1/bias [5], found dense_1/bias [12]\n"
               "  - expected scene/kernel [5, 3], found scene/kernel [12, 3]",
               [&] { Predictor predictor(std::move(model)); });
}

TEST(Predictor, ParametersThatAreMissingAreListed) {
  Model model = trained();
  model.spec.network.trunk.insert(model.spec.network.trunk.begin() + 6,
                                  Dense{.units = 12});
  test::expect_error_parts(Fault::data,
                           {"expected scene/kernel [12, 3], found nothing",
                            "expected scene/bias [3], found nothing"},
                           [&] { Predictor predictor(std::move(model)); });
}

TEST(Predictor, SeveralThreadsMayAskAtOnce) {
  const DatasetPtr data = stripes({.size = 8, .seed = 3});
  Predictor predictor(trained(), {.threads = 2, .batch = 4});
  const std::vector<float> expected = answers(predictor, *data);
  std::array<int, 3> wrong{};
  std::vector<std::jthread> callers;
  for (int& count : wrong) {
    callers.emplace_back([&predictor, &data, &expected, &count] {
      for (int i = 0; i < 20; ++i) {
        count += answers(predictor, *data) == expected ? 0 : 1;
      }
    });
  }
  callers.clear();
  EXPECT_EQ(wrong, (std::array<int, 3>{}));
}

}  // namespace
}  // namespace polytask
