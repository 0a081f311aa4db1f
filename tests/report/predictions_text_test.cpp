#include "polytask/report/predictions_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "tests/support/expect_error.h"

namespace polytask {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

Predictions scenes() {
  return {.tasks = {multilabel("scene", {"sea", "sunset"})},
          .rows = {{.image = "a.jpg", .answers = {0.75f, 0.1f}},
                   {.image = "b, \"two\".jpg", .answers = {0.5f, 1e-9f}},
                   {.image = "torn.jpg", .error = "the file is cut short"},
                   {.image = "c.jpg", .answers = {1.0f, 0.9f}}}};
}

// Labels, classes, a count and two numbers: 2 + 2 + 1 + 2 answers.
Predictions street(std::vector<float> truth = {}) {
  return {.tasks = {multilabel("objects", {"car", "person"}),
                    categorical("weather", {"clear", "rain"}), count("people"),
                    regression("pose", {"x", "y"})},
          .rows = {{.image = "a.jpg",
                    .answers = {0.9f, 0.25f, 0.25f, 0.75f, 3.25f, 1.5f, -2.0f},
                    .truth = std::move(truth)}}};
}

Predictions unnamed(std::vector<float> answers) {
  return {.tasks = {multilabel("scene", {"sea", "sunset"})},
          .rows = {{.image = "a", .answers = std::move(answers)}}};
}

TEST(PredictionsText, LinesSayEachImageAndItsAnswer) {
  EXPECT_EQ(predictions_lines(scenes()),
            "a.jpg: sea\n"
            "b, \"two\".jpg: (none)\n"
            "torn.jpg: (not read)\n"
            "c.jpg: sea, sunset\n");
}

TEST(PredictionsText, LinesOfSeveralTasksNameThem) {
  EXPECT_EQ(predictions_lines(street()),
            "a.jpg: objects = car; weather = rain; people = 3; pose/x = 1.5; "
            "pose/y = -2\n");
}

TEST(PredictionsText, ALineOfOneTaskIsItsAnswerAlone) {
  EXPECT_EQ(predictions_lines({.tasks = {regression("distance")},
                               .rows = {{.image = "a", .answers = {12.345f}}}}),
            "a: 12.35\n");
  EXPECT_EQ(
      predictions_lines({.tasks = {regression("pose", {"x", "y"})},
                         .rows = {{.image = "a", .answers = {1.0f, 2.0f}}}}),
      "a: x = 1; y = 2\n");
  EXPECT_EQ(predictions_lines({.tasks = {ordinal("age", {"young", "old"})},
                               .rows = {{.image = "a", .answers = {0.9f, 0.1f}},
                                        {.image = "b"}}}),
            "a: young\nb: (not read)\n");
}

TEST(PredictionsText, LinesAreSafeOnATerminal) {
  Predictions predictions = unnamed({0.9f, 0.0f});
  predictions.tasks.front().labels.front() = "se\x1b[31ma";
  predictions.rows.front().image = "a\nb.jpg";
  EXPECT_EQ(predictions_lines(predictions), "a?b.jpg: se?[31ma\n");
}

TEST(PredictionsText, NamesAreTheAnswerOfThePost) {
  const std::string text = predictions_names(scenes());
  EXPECT_EQ(text,
            "[[\"sea\"],\n"
            " [],\n"
            " null,\n"
            " [\"sea\", \"sunset\"]]\n");
  EXPECT_TRUE(nlohmann::json::accept(text));
}

TEST(PredictionsText, NamesOfNoImagesAreAnEmptyList) {
  EXPECT_EQ(predictions_names({}), "[]\n");
}

TEST(PredictionsText, CsvQuotesWhatMustBeAndKeepsEveryRow) {
  EXPECT_EQ(predictions_csv(scenes()),
            "image,labels,sea,sunset\n"
            "a.jpg,sea,0.75,0.100000001\n"
            "\"b, \"\"two\"\".jpg\",,0.5,9.99999972e-10\n"
            "torn.jpg,,,\n"
            "c.jpg,sea|sunset,1,0.899999976\n");
}

TEST(PredictionsText, CsvReadsBackToTheSameFloat) {
  std::mt19937 rng(1);
  std::uniform_real_distribution<float> uniform;
  for (int i = 0; i < 1000; ++i) {
    const float p = uniform(rng);
    const std::string text = predictions_csv(
        {.tasks = {regression("n")}, .rows = {{.image = "x", .answers = {p}}}});
    EXPECT_EQ(std::stof(text.substr(text.rfind(',') + 1)), p);
  }
}

TEST(PredictionsText, CsvQuotesLineEnds) {
  EXPECT_EQ(predictions_csv({.tasks = {multilabel("t", {"x\r"})},
                             .rows = {{.image = "a\nb", .answers = {1.0f}}}}),
            "image,labels,\"x\r\"\n\"a\nb\",\"x\r\",1\n");
}

TEST(PredictionsText, TheTruthStandsBehindByName) {
  EXPECT_EQ(
      predictions_csv_with_truth(street({1.0f, kNaN, 1.0f, 4.0f, 1.25f, kNaN})),
      "image,labels,objects/car,objects/person,weather/clear,weather/rain,"
      "people,pose/x,pose/y,truth/objects/car,truth/objects/person,"
      "truth/weather,truth/people,truth/pose/x,truth/pose/y\n"
      "a.jpg,objects/car|weather/rain|people=3|pose/x=1.5|pose/y=-2,"
      "0.899999976,0.25,0.25,0.75,3.25,1.5,-2,1,,rain,4,1.25,\n");
}

TEST(PredictionsText, TheTruthOfOneTaskIsCalledAsItsColumns) {
  EXPECT_EQ(predictions_csv_with_truth(
                {.tasks = {multilabel("scene", {"sea", "sunset"})},
                 .rows = {{.image = "a",
                           .answers = {0.75f, 0.5f},
                           .truth = {0.0f, kNaN}}}}),
            "image,labels,sea,sunset,truth/sea,truth/sunset\n"
            "a,sea,0.75,0.5,0,\n");
  EXPECT_EQ(
      predictions_csv_with_truth(
          {.tasks = {categorical("sky", {"blue", "grey"})},
           .rows =
               {{.image = "a", .answers = {0.75f, 0.25f}, .truth = {1.0f}},
                {.image = "b", .answers = {0.25f, 0.75f}, .truth = {kNaN}}}}),
      "image,labels,blue,grey,truth/sky\n"
      "a,blue,0.75,0.25,grey\n"
      "b,grey,0.25,0.75,\n");
}

TEST(PredictionsText, NotFiniteIsEmptyOrNull) {
  const Predictions predictions = unnamed({kNaN, INFINITY});
  EXPECT_EQ(predictions_csv(predictions),
            "image,labels,sea,sunset\na,sunset,,\n");
  EXPECT_EQ(predictions_json(predictions),
            "{\"version\": 2,\n"
            " \"tasks\": {\"scene\":{\"kind\":\"multilabel\",\"labels\":"
            "[\"sea\",\"sunset\"],\"thresholds\":{\"sea\":0.5,\"sunset\":0.5}}"
            "},\n"
            " \"predictions\": [\n"
            "  {\"image\": \"a\", \"labels\": [\"sunset\"], \"probabilities\": "
            "{\"sea\": null, \"sunset\": null}}]}\n");
}

TEST(PredictionsText, JsonTellsProbabilitiesFromValues) {
  const auto document = nlohmann::json::parse(predictions_json(street()));
  EXPECT_EQ(document["version"], 2);
  EXPECT_EQ(document["tasks"]["people"]["kind"], "count");
  const auto& row = document["predictions"][0];
  EXPECT_EQ(row["probabilities"].size(), 4u);
  EXPECT_EQ(row["probabilities"]["weather/rain"], 0.75);
  EXPECT_EQ(row["values"].size(), 3u);
  EXPECT_EQ(row["values"]["people"], 3.25);
  EXPECT_EQ(row["values"]["pose/y"], -2.0);
}

TEST(PredictionsText, JsonHasNoKeyForWhatTheModelDoesNotAnswer) {
  const auto labels = nlohmann::json::parse(predictions_json(scenes()));
  EXPECT_FALSE(labels["predictions"][0].contains("values"));
  const auto numbers = nlohmann::json::parse(
      predictions_json({.tasks = {regression("n")},
                        .rows = {{.image = "a", .answers = {2.0f}}}}));
  EXPECT_FALSE(numbers["predictions"][0].contains("probabilities"));
  EXPECT_EQ(numbers["predictions"][0]["values"]["n"], 2.0);
}

TEST(PredictionsText, JsonHoldsTheSameThings) {
  const auto document = nlohmann::json::parse(predictions_json(scenes()));
  const auto& rows = document["predictions"];
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[1]["image"], "b, \"two\".jpg");
  EXPECT_EQ(rows[3]["labels"], (std::vector<std::string>{"sea", "sunset"}));
  EXPECT_EQ(rows[0]["probabilities"]["sunset"].get<float>(), 0.1f);
  EXPECT_EQ(rows[2], nlohmann::json({{"image", "torn.jpg"},
                                     {"labels", nullptr},
                                     {"error", "the file is cut short"}}));
}

TEST(PredictionsText, JsonOfNoImagesIsValid) {
  const auto document = nlohmann::json::parse(predictions_json({}));
  EXPECT_EQ(document,
            nlohmann::json({{"version", 2},
                            {"tasks", nlohmann::json::object()},
                            {"predictions", nlohmann::json::array()}}));
}

TEST(PredictionsText, NamesThatAreNotUtf8StayValidJson) {
  Predictions predictions = unnamed({1.0f, 0.5f});
  predictions.rows.front().image = "\xff.jpg";
  predictions.tasks.front().labels.front() = "s\xc3";
  EXPECT_TRUE(nlohmann::json::accept(predictions_json(predictions)));
  EXPECT_TRUE(nlohmann::json::accept(predictions_names(predictions)));
}

TEST(PredictionsText, WrongNumberOfAnswersNamesTheImage) {
  const std::string text =
      "prediction of image 'a': expected 2 answers, found 1";
  const Predictions predictions = unnamed({0.5f});
  for (auto* const format : {&predictions_lines, &predictions_names,
                             &predictions_csv, &predictions_json}) {
    test::expect_error(Fault::shape, text,
                       [&] { (void)(*format)(predictions); });
  }
}

TEST(PredictionsText, ATruthThatDoesNotFitNamesTheImage) {
  test::expect_error(
      Fault::shape,
      "prediction of image 'a.jpg': expected the truth of 6 columns, found 1",
      [] { (void)predictions_csv_with_truth(street({1.0f})); });
  test::expect_error(
      Fault::shape,
      "prediction of image 'a.jpg': expected a class of task weather, found 7",
      [] {
        (void)predictions_csv_with_truth(
            street({1.0f, 0.0f, 7.0f, 4.0f, 1.25f, 0.0f}));
      });
}

}  // namespace
}  // namespace polytask
