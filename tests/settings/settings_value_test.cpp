#include "polytask/settings/settings_value.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "polytask/settings/settings_yaml.h"

namespace polytask {
namespace {

enum class Padding { same, valid };

constexpr auto names_of(Padding) {
  return std::array{std::pair{std::string_view("same"), Padding::same},
                    std::pair{std::string_view("valid"), Padding::valid}};
}

// What reading `yaml` as a T gives, starting from `field`.
template <class T>
struct Reading {
  T field;
  Problems problems;
  Reading(std::string_view yaml, T before) : field(std::move(before)) {
    read_setting(parse_settings(yaml, "blog.yaml"), "train.key", problems,
                 field);
  }
};

template <class T>
void expect_read(std::string_view yaml, T value) {
  const Reading<T> reading(yaml, T{});
  EXPECT_EQ(reading.field, value) << yaml;
  EXPECT_EQ(reading.problems, Problems{}) << yaml;
}

// Also that the field keeps what it held.
template <class T>
void expect_problem(std::string_view yaml, T before, const std::string& text) {
  const Reading<T> reading(yaml, before);
  EXPECT_EQ(reading.problems, Problems{"blog.yaml:1: train.key: " + text});
  EXPECT_EQ(reading.field, before) << yaml;
}

template <class T>
void expect_round_trip(const T& value) {
  const std::string yaml = to_yaml(write_setting(value));
  Problems problems;
  T read{};
  read_setting(parse_settings(yaml, "f"), "key", problems, read);
  EXPECT_EQ(read, value) << yaml;
  EXPECT_TRUE(problems.empty()) << yaml;
}

TEST(SettingsValue, TruthValues) {
  for (const char* text : {"true", "True", "TRUE"}) expect_read(text, true);
  for (const char* text : {"false", "False", "FALSE"}) expect_read(text, false);
  expect_problem("yes", true, "expected true or false, found \"yes\"");
  expect_problem("[true]", false, "expected true or false, found a list");
}

TEST(SettingsValue, WholeNumbers) {
  expect_read("5", 5);
  expect_read("+5", 5);
  expect_read("-5", -5);
  expect_read("007", 7);
  expect_read("2147483647", 2147483647);
  expect_read("-9223372036854775808", std::numeric_limits<std::int64_t>::min());
  expect_read("4294967295", std::uint32_t{4294967295});
  expect_read("18446744073709551615", ~std::uint64_t{0});
}

TEST(SettingsValue, WholeNumbersAreWhole) {
  for (const std::string text :
       {"five", "5.0", "1e3", "0x1F", "+-5", "--5", "5 6", "-", "+"}) {
    expect_problem('"' + text + '"', 3,
                   "expected a whole number, found \"" + text + '"');
  }
  expect_problem("\"\"", 3, "expected a whole number, found \"\"");
  expect_problem("", 3, "expected a whole number, found nothing");
  expect_problem("{a: 1}", 3, "expected a whole number, found a map");
}

TEST(SettingsValue, WholeNumbersFitTheirType) {
  expect_problem("2147483648", 3,
                 "expected a whole number from -2147483648 to 2147483647, "
                 "found \"2147483648\"");
  expect_problem("9223372036854775808", std::int64_t{3},
                 "expected a whole number from -9223372036854775808 to "
                 "9223372036854775807, found \"9223372036854775808\"");
  expect_problem("-1", std::uint32_t{3},
                 "expected a whole number from 0 to 4294967295, found \"-1\"");
  expect_problem("18446744073709551616", std::uint64_t{3},
                 "expected a whole number from 0 to 18446744073709551615, "
                 "found \"18446744073709551616\"");
}

TEST(SettingsValue, Numbers) {
  expect_read("5", 5.0);
  expect_read("1e-3", 0.001);
  expect_read(".25", 0.25);
  expect_read("+2.", 2.0);
  expect_read("-1E+2", -100.0);
}

TEST(SettingsValue, NumbersAreFinite) {
  for (const std::string text : {"nan", ".nan", "inf", "-inf", ".inf",
                                 "infinity", "0x1p3", "1e", "1,5", "ten"}) {
    expect_problem('"' + text + '"', 0.5,
                   "expected a number, found \"" + text + '"');
  }
  expect_problem("", 0.5, "expected a number, found nothing");
  expect_problem("1e999", 0.5,
                 "expected a number that a double can hold, up to 1.8e308, "
                 "found \"1e999\"");
}

TEST(SettingsValue, TextIsAnyScalar) {
  expect_read("sea", std::string("sea"));
  expect_read("no", std::string("no"));
  expect_read("1e3", std::string("1e3"));
  expect_read("''", std::string());
  expect_read("a/b.h5", std::filesystem::path("a/b.h5"));
  expect_problem("[a]", std::string("x"), "expected text, found a list");
  expect_problem("", std::string("x"), "expected text, found nothing");
  expect_problem("{a: b}", std::filesystem::path("x"),
                 "expected text, found a map");
}

TEST(SettingsValue, EnumsAreTheirNames) {
  expect_read("valid", Padding::valid);
  EXPECT_EQ(name_of(Padding::valid), "valid");
  EXPECT_EQ(name_of(static_cast<Padding>(7)), "");
  expect_problem("valit", Padding::same,
                 "expected one of same, valid, found \"valit\"; did you mean "
                 "\"valid\"?");
  expect_problem("full", Padding::valid,
                 "expected one of same, valid, found \"full\"");
  expect_problem("[same]", Padding::valid,
                 "expected one of same, valid, found a list");
}

TEST(SettingsValue, Lists) {
  expect_read("[sea, no]", std::vector<std::string>{"sea", "no"});
  expect_read("[1, 2]", std::vector<int>{1, 2});
  expect_read("[.5, 1e1]", std::vector<double>{0.5, 10.0});
  expect_read("[same, valid]",
              std::vector<Padding>{Padding::same, Padding::valid});
  expect_read("[[1], []]", std::vector<std::vector<int>>{{1}, {}});
}

TEST(SettingsValue, AListReplacesAllThatWasThere) {
  EXPECT_EQ(Reading("[3]", std::vector<int>{1, 2}).field, std::vector<int>{3});
}

TEST(SettingsValue, EveryItemOfAListIsChecked) {
  const Reading reading("- 1\n- x\n- 2\n- y\n", std::vector<int>{7});
  EXPECT_EQ(reading.problems,
            (Problems{"blog.yaml:2: train.key.1: expected a whole number, "
                      "found \"x\"",
                      "blog.yaml:4: train.key.3: expected a whole number, "
                      "found \"y\""}));
  EXPECT_EQ(reading.field, std::vector<int>{7});
}

TEST(SettingsValue, AScalarIsNoList) {
  expect_problem("sea", std::vector<std::string>{"x"},
                 "expected a list, e.g. [a, b], found \"sea\"");
}

TEST(SettingsValue, NullIsNoValue) {
  EXPECT_EQ(Reading("null", std::optional<int>(3)).field, std::nullopt);
  expect_read("5", std::optional<int>(5));
  expect_read("[1]", std::optional(std::vector<int>{1}));
  expect_problem("x", std::optional<int>(3),
                 "expected a whole number, found \"x\"");
}

TEST(SettingsValue, WritesTheShortestNumber) {
  EXPECT_EQ(write_setting(0.001).text(), "0.001");
  EXPECT_EQ(write_setting(1e-7).text(), "1e-07");
  EXPECT_EQ(write_setting(50.0).text(), "50");
}

TEST(SettingsValue, TextThatReadsLikeANumberStaysText) {
  EXPECT_EQ(to_yaml(write_setting(std::string("no"))), "\"no\"\n");
  EXPECT_EQ(to_yaml(write_setting(true)), "true\n");
}

TEST(SettingsValue, WhatIsWrittenIsReadBack) {
  expect_round_trip(true);
  expect_round_trip(std::numeric_limits<int>::min());
  expect_round_trip(std::numeric_limits<std::int64_t>::max());
  expect_round_trip(~std::uint32_t{0});
  expect_round_trip(~std::uint64_t{0});
  expect_round_trip(std::string("null"));
  expect_round_trip(std::filesystem::path("a b/#c"));
  expect_round_trip(Padding::valid);
  expect_round_trip(std::vector<std::string>{"", "no", "a\nb"});
  expect_round_trip(std::vector<std::optional<int>>{1, std::nullopt});
  expect_round_trip(std::vector<std::optional<double>>{std::nullopt, 0.5});
}

TEST(SettingsValue, EveryDoubleIsReadBackExactly) {
  constexpr unsigned kSeed = 5;
  std::mt19937_64 rng(kSeed);
  for (int i = 0; i < 2000; ++i) {
    const auto value = std::bit_cast<double>(rng());
    if (std::isfinite(value)) expect_round_trip(value);
  }
  expect_round_trip(std::numeric_limits<double>::denorm_min());
  expect_round_trip(std::numeric_limits<double>::max());
}

TEST(SettingsValue, APathMayBeginInTheHomeFolder) {
  const auto path_of = [](const std::string& text) {
    Problems problems;
    std::filesystem::path path;
    read_setting(Settings::scalar(text), "data.path", problems, path);
    EXPECT_TRUE(problems.empty());
    return path.string();
  };
  const char* const before = std::getenv("HOME");
  const std::string saved = before == nullptr ? "" : before;
  ::setenv("HOME", "/home/ada", 1);
  EXPECT_EQ(path_of("~/scenes.h5"), "/home/ada/scenes.h5");
  EXPECT_EQ(path_of("~"), "/home/ada");
  EXPECT_EQ(path_of("~bob/scenes.h5"), "~bob/scenes.h5");
  EXPECT_EQ(path_of("a/~/b"), "a/~/b");
  ::unsetenv("HOME");
  EXPECT_EQ(path_of("~/scenes.h5"), "~/scenes.h5");
  if (before != nullptr) ::setenv("HOME", saved.c_str(), 1);
}

}  // namespace
}  // namespace polytask
