#include "polytask/base/json.h"

#include <gtest/gtest.h>

#include <limits>

namespace polytask {
namespace {

TEST(Json, BracesOfPairsThatBeginWithATextAreAnObjectOthersAnArray) {
  EXPECT_EQ((Json{{"epoch", 3}, {"loss", 0.5}}).text(),
            R"({"epoch":3,"loss":0.5})");
  EXPECT_EQ((Json{1, "two", nullptr, true}).text(), R"([1,"two",null,true])");
  EXPECT_EQ((Json{{"labels", {"sea", "sky"}}}).text(),
            R"({"labels":["sea","sky"]})");
  EXPECT_EQ((Json{{1, 2}, {3, 4}}).text(), "[[1,2],[3,4]]");
}

TEST(Json, MembersKeepTheirOrderAndAreSetByName) {
  Json json;
  json["b"] = 1;
  json["a"]["c"] = std::vector<std::string>{"x"};
  json["b"] = 2;
  json.update({{"a", 3}, {"d", Json::object()}});
  EXPECT_EQ(json.text(), R"({"b":2,"a":3,"d":{}})");
  EXPECT_EQ(json.text(2), "{\n  \"b\": 2,\n  \"a\": 3,\n  \"d\": {}\n}");
}

TEST(Json, NumbersAreWrittenInFull) {
  const Json json{std::numeric_limits<std::int64_t>::min(),
                  std::numeric_limits<std::uint64_t>::max(),
                  0.1,
                  1e-07,
                  5.0,
                  std::numeric_limits<double>::infinity()};
  EXPECT_EQ(json.text(),
            "[-9223372036854775808,18446744073709551615,0.1,1e-07,5.0,null]");
}

TEST(Json, ItsTextReadsBackAsTheSame) {
  const std::string text =
      R"({"a":[1,-2,0.5,true,null],"b":{"c":"\u0001 \"é\"","d":[]}})";
  EXPECT_EQ(Json::parse(text).value().text(), text);
}

TEST(Json, WhatIsNoJsonOrNestedTooDeepIsNothing) {
  EXPECT_FALSE(Json::parse(""));
  EXPECT_FALSE(Json::parse("{\"a\": 1"));
  EXPECT_TRUE(Json::parse(std::string(100, '[') + std::string(100, ']')));
  EXPECT_FALSE(Json::parse(std::string(102, '[') + std::string(102, ']')));
  EXPECT_FALSE(Json::parse(std::string(1 << 20, '[')));
}

TEST(Json, FindsMembersAndSaysWhatTheyAre) {
  const Json json{{"seconds", 1.5}, {"images", 3}, {"model", "a"}};
  EXPECT_EQ(json.find("seconds")->number(), 1.5);
  EXPECT_EQ(json.find("images")->number(), 3.0);
  EXPECT_EQ(json.find("model")->number(), std::nullopt);
  EXPECT_EQ(*json.find("model")->string(), "a");
  EXPECT_EQ(json.find("images")->string(), nullptr);
  EXPECT_EQ(json.find("loss"), nullptr);
  EXPECT_EQ(Json(3).find("loss"), nullptr);
}

TEST(Json, BytesThatAreNotUtf8AreReplacedEscapedOrRefused) {
  EXPECT_EQ(Json("a\xFFz").text(), "\"a\xEF\xBF\xBDz\"");
  EXPECT_EQ(ascii_json("a\xFFzé"), R"("a\ufffdz\u00e9")");
  EXPECT_EQ(exact_json("a\xFFz"), std::nullopt);
  EXPECT_EQ(exact_json("é\n"), "\"é\\n\"");
}

}  // namespace
}  // namespace polytask
