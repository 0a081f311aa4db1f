#include "polytask/report/predictions_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "tests/support/expect_error.h"

namespace polytask {
namespace {

const std::vector<std::string> kColumns{"sea", "sunset"};
const std::vector<PredictionRow> kRows{
    {"a.jpg", {0.75f, 0.1f}, {"sea"}},
    {"b, \"two\".jpg", {0.5f, 1e-9f}, {}},
    {"c.jpg", {1.0f, 0.9f}, {"sea", "sunset"}}};

TEST(PredictionsText, NamesAreTheAnswerOfThePost) {
  const std::string text = predictions_names(kRows);
  EXPECT_EQ(text,
            "[[\"sea\"],\n"
            " [],\n"
            " [\"sea\", \"sunset\"]]\n");
  EXPECT_TRUE(nlohmann::json::accept(text));
}

TEST(PredictionsText, NamesOfNoImagesAreAnEmptyList) {
  EXPECT_EQ(predictions_names({}), "[]\n");
}

TEST(PredictionsText, CsvQuotesWhatMustBe) {
  EXPECT_EQ(predictions_csv(kColumns, kRows),
            "image,labels,sea,sunset\n"
            "a.jpg,sea,0.75,0.100000001\n"
            "\"b, \"\"two\"\".jpg\",,0.5,9.99999972e-10\n"
            "c.jpg,sea|sunset,1,0.899999976\n");
}

TEST(PredictionsText, CsvReadsBackToTheSameFloat) {
  std::mt19937 rng(1);
  std::uniform_real_distribution<float> uniform;
  for (int i = 0; i < 1000; ++i) {
    const float p = uniform(rng);
    const std::string row = predictions_csv_row({"x", {p}, {}}, 1);
    EXPECT_EQ(std::stof(row.substr(3)), p);
  }
}

TEST(PredictionsText, CsvQuotesLineEnds) {
  EXPECT_EQ(predictions_csv_row({"a\nb", {}, {"x\r"}}, 0),
            "\"a\nb\",\"x\r\"\n");
}

TEST(PredictionsText, NotFiniteIsEmptyOrNull) {
  const std::vector<PredictionRow> rows{
      {"a", {std::numeric_limits<float>::quiet_NaN(), INFINITY}, {}}};
  EXPECT_EQ(predictions_csv_row(rows[0], 2), "a,,,\n");
  EXPECT_EQ(predictions_json(kColumns, rows),
            "{\"predictions\": [\n"
            "  {\"image\": \"a\", \"labels\": [], \"probabilities\": "
            "{\"sea\": null, \"sunset\": null}}]}\n");
}

TEST(PredictionsText, JsonHoldsTheSameThings) {
  const auto document =
      nlohmann::json::parse(predictions_json(kColumns, kRows));
  ASSERT_EQ(document["predictions"].size(), 3u);
  EXPECT_EQ(document["predictions"][1]["image"], "b, \"two\".jpg");
  EXPECT_EQ(document["predictions"][2]["labels"],
            (std::vector<std::string>{"sea", "sunset"}));
  EXPECT_EQ(document["predictions"][0]["probabilities"]["sunset"].get<float>(),
            0.1f);
}

TEST(PredictionsText, JsonOfNoImagesIsValid) {
  EXPECT_EQ(predictions_json(kColumns, {}), "{\"predictions\": []}\n");
}

TEST(PredictionsText, NamesThatAreNotUtf8StayValidJson) {
  const std::vector<PredictionRow> rows{{"\xff.jpg", {0.5f, 0.5f}, {"s\xc3"}}};
  EXPECT_TRUE(nlohmann::json::accept(predictions_json(kColumns, rows)));
  EXPECT_TRUE(nlohmann::json::accept(predictions_names(rows)));
}

TEST(PredictionsText, WrongNumberOfProbabilitiesNamesTheImage) {
  const std::string text =
      "prediction of image 'a': expected 2 probabilities, one a column, "
      "found 1";
  const std::vector<PredictionRow> rows{{"a", {0.5f}, {}}};
  test::expect_error(Fault::shape, text,
                     [&] { (void)predictions_csv(kColumns, rows); });
  test::expect_error(Fault::shape, text,
                     [&] { (void)predictions_json(kColumns, rows); });
}

}  // namespace
}  // namespace polytask
