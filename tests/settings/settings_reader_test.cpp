#include "polytask/settings/settings_reader.h"

#include <gtest/gtest.h>

#include "polytask/settings/settings_yaml.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

struct SplitOptions {
  double test_size = 0.2;
  std::optional<std::uint32_t> random_state = 100;
};

template <class Visitor>
void describe(Visitor& visitor, SplitOptions& options) {
  visitor.key("test_size", options.test_size);
  visitor.key("random_state", options.random_state);
}

struct TrainOptions {
  int epochs = 50;
  std::vector<std::string> metrics = {"loss"};
  SplitOptions split;
  std::vector<SplitOptions> folds;
  std::optional<SplitOptions> extra;
};

template <class Visitor>
void describe(Visitor& visitor, TrainOptions& options) {
  visitor.key("epochs", options.epochs);
  visitor.key("metrics", options.metrics);
  visitor.section("split", options.split);
  visitor.key("folds", options.folds);
  visitor.key("extra", options.extra);
}

struct Reading {
  TrainOptions options;
  Problems problems;
  explicit Reading(std::string_view yaml) {
    read_settings(parse_settings(yaml, "blog.yaml"), "train", problems,
                  options);
  }
};

TEST(SettingsReader, ReadsWhatIsThere) {
  const Reading reading(
      "epochs: 5\nmetrics: [a, b]\nsplit: {test_size: .5}\n"
      "folds: [{test_size: .1}, {}]\nextra: {random_state: 7}\n");
  EXPECT_EQ(reading.problems, Problems{});
  EXPECT_EQ(reading.options.epochs, 5);
  EXPECT_EQ(reading.options.metrics, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(reading.options.split.test_size, 0.5);
  ASSERT_EQ(reading.options.folds.size(), 2u);
  EXPECT_EQ(reading.options.folds[0].test_size, 0.1);
  EXPECT_EQ(reading.options.extra->random_state, 7u);
}

TEST(SettingsReader, AbsentKeysKeepTheirDefaults) {
  for (const std::string_view yaml : {"", "{}", "split:\n", "split: {}\n"}) {
    const Reading reading(yaml);
    EXPECT_EQ(reading.problems, Problems{}) << yaml;
    EXPECT_EQ(reading.options.epochs, 50);
    EXPECT_EQ(reading.options.split.test_size, 0.2);
    EXPECT_EQ(reading.options.split.random_state, 100u);
  }
}

TEST(SettingsReader, NullIsNotTheDefault) {
  const Reading reading("epochs:\nsplit: {random_state: null}\n");
  EXPECT_EQ(reading.problems,
            Problems{"blog.yaml:1: train.epochs: expected a whole number, "
                     "found nothing"});
  EXPECT_EQ(reading.options.split.random_state, std::nullopt);
}

TEST(SettingsReader, ReportsEveryProblemWithItsPlace) {
  const Reading reading(
      "epcohs: 5\n"
      "epochs: five\n"
      "split:\n"
      "  test_size: [1]\n"
      "  momentum: 1\n"
      "folds:\n"
      "  - test_size: x\n");
  EXPECT_EQ(
      reading.problems,
      (Problems{
          "blog.yaml:2: train.epochs: expected a whole number, found \"five\"",
          "blog.yaml:4: train.split.test_size: expected a number, found a "
          "list",
          "blog.yaml:5: train.split.momentum: unknown key; known are "
          "test_size, random_state",
          "blog.yaml:7: train.folds.0.test_size: expected a number, found "
          "\"x\"",
          "blog.yaml:1: train.epcohs: unknown key; did you mean \"epochs\"?"}));
}

TEST(SettingsReader, ASectionIsAMap) {
  EXPECT_EQ(Reading("split: [1]\n").problems,
            Problems{"blog.yaml:1: train.split: expected keys with values, "
                     "found a list"});
  EXPECT_EQ(Reading("epochs 5\n").problems,
            Problems{"blog.yaml:1: train: expected keys with values, found "
                     "\"epochs 5\""});
}

TEST(SettingsReader, TheRootHasNoPath) {
  const Settings root = parse_settings("a: 1\n", "blog.yaml");
  Problems problems;
  SettingsReader reader(root, "", problems);
  reader.finish();
  EXPECT_EQ(problems,
            Problems{"blog.yaml:1: a: unknown key; nothing is known here"});
}

TEST(SettingsReader, TakeMakesAKeyKnown) {
  const Settings root = parse_settings("trunk: [flatten]\n", "blog.yaml");
  Problems problems;
  SettingsReader reader(root, "network", problems);
  ASSERT_NE(reader.take("trunk"), nullptr);
  EXPECT_EQ(reader.take("trunk")->items()[0].text(), "flatten");
  EXPECT_EQ(reader.take("heads"), nullptr);
  EXPECT_EQ(reader.path(), "network");
  reader.finish();
  EXPECT_EQ(problems, Problems{});
}

TEST(SettingsReader, ProblemsEndInOneError) {
  test::expect_error(Fault::config,
                     "the recipe has 2 problems:\n"
                     "  - blog.yaml:1: train.epochs: expected a whole number, "
                     "found \"five\"\n"
                     "  - blog.yaml:2: train.epcohs: unknown key; did you mean "
                     "\"epochs\"?",
                     [] {
                       throw_if_any(Reading("epochs: five\nepcohs: 5").problems,
                                    "the recipe");
                     });
}

TEST(SettingsWriter, WritesEveryKeyAsResolved) {
  TrainOptions options;
  options.split.random_state.reset();
  options.folds.resize(1);
  EXPECT_EQ(to_yaml(to_settings(options)),
            "epochs: 50\n"
            "metrics: [loss]\n"
            "split:\n"
            "  test_size: 0.2\n"
            "  random_state: null\n"
            "folds:\n"
            "  - {test_size: 0.2, random_state: 100}\n"
            "extra: null\n");
}

TEST(SettingsWriter, WhatIsWrittenIsReadBack) {
  TrainOptions options;
  options.epochs = 7;
  options.metrics = {"no", "a: b"};
  options.folds.resize(2);
  options.folds[1].test_size = 1e-9;
  options.extra.emplace();
  const Settings written = to_settings(options);
  const Reading reading(to_yaml(written));
  EXPECT_EQ(reading.problems, Problems{});
  EXPECT_EQ(to_settings(reading.options), written);
}

TEST(SettingsWriter, PutsWhatTheCallerWrote) {
  SettingsWriter writer;
  writer.key("a", 1);
  writer.put("trunk", Settings::list({Settings::scalar("flatten")}));
  EXPECT_EQ(to_yaml(writer.take_settings()), "a: 1\ntrunk: [flatten]\n");
}

}  // namespace
}  // namespace polytask
