#include <gtest/gtest.h>

#include <array>
#include <random>
#include <sstream>

#include "polytask/settings/settings_yaml.h"

namespace polytask {
namespace {

// The same YAML comes back, so the layout is a habit and not an accident.
void expect_unchanged(std::string_view yaml) {
  EXPECT_EQ(to_yaml(parse_settings(yaml, "f")), yaml);
}

TEST(ToYaml, LooksLikeARecipe) {
  expect_unchanged(
      "data:\n"
      "  path: data/scenes.h5\n"
      "  split: {test_size: 0.2, random_state: 100}\n"
      "tasks:\n"
      "  scene:\n"
      "    kind: labels\n"
      "    labels: [desert, mountains, sea]\n"
      "    head:\n"
      "      - dense: {units: 5}\n"
      "network:\n"
      "  trunk:\n"
      "    - conv2d: {filters: 32, kernel_size: 3}\n"
      "    - flatten\n"
      "    -\n"
      "      - a\n"
      "      - [b, c]\n"
      "train: {}\n"
      "run: null\n");
}

TEST(ToYaml, TheRootAndItsSectionsHaveAKeyALine) {
  expect_unchanged("train:\n  epochs: 5\nseed: 1\nsizes: [1, 2]\n");
}

TEST(ToYaml, ARootMayBeAnything) {
  expect_unchanged("5\n");
  expect_unchanged("null\n");
  expect_unchanged("[]\n");
  expect_unchanged("{}\n");
  expect_unchanged("- a\n- b: 1\n");
}

Settings labels(std::size_t length) {
  Settings root;
  root.set("labels",
           Settings::list({Settings::scalar("a"),
                           Settings::scalar(std::string(length, 'b'))}));
  return root;
}

TEST(ToYaml, ALineHasLessThanEightyColumns) {
  // "labels: [a, " and "]" are 13 columns.
  EXPECT_EQ(to_yaml(labels(66)), "labels: [a, " + std::string(66, 'b') + "]\n");
  EXPECT_EQ(to_yaml(labels(67)),
            "labels:\n  - a\n  - " + std::string(67, 'b') + "\n");
}

TEST(ToYaml, IndentationCountsAsColumns) {
  Settings root;
  root.set("outer", labels(66));
  EXPECT_EQ(to_yaml(root),
            "outer:\n  labels:\n    - a\n    - " + std::string(66, 'b') + "\n");
}

TEST(ToYaml, NumbersAndWordsNeedNoQuotes) {
  for (const char* text : {"5", "-1", ".25", "1e-3", "true", "sea", "a b",
                           "data/x.h5", "~/x", "../x", "C:\\x", "http://x:1/y",
                           "a#b", "\xC3\xA9t\xC3\xA9", "2024-01-01"}) {
    EXPECT_EQ(to_yaml(Settings::scalar(text)), std::string(text) + "\n");
  }
}

TEST(ToYaml, StringsThatReadLikeTextNeedNoQuotes) {
  for (const char* text : {"sea", "3d", "1st", "e", "a.b", "v1.2", "nothing"}) {
    EXPECT_EQ(to_yaml(Settings::string(text)), std::string(text) + "\n");
  }
}

TEST(ToYaml, StringsThatReadLikeSomethingElseStayStrings) {
  for (const char* text :
       {"5",     "-1",       ".25",        "+1",
        "1e3",   "1_000",    "0x1F",       "0o7",
        "0b1",   "12:30:45", "2024-01-01", "2001-12-14t21:59:43",
        ".inf",  "-.INF",    ".nan",       "true",
        "False", "yes",      "No",         "ON",
        "off",   "y",        "N"}) {
    EXPECT_EQ(to_yaml(Settings::string(text)),
              '"' + std::string(text) + "\"\n");
  }
}

TEST(ToYaml, NullAsTextIsAlwaysInQuotes) {
  for (const char* text : {"", "~", "null", "Null", "NULL"}) {
    EXPECT_EQ(to_yaml(Settings::scalar(text)),
              '"' + std::string(text) + "\"\n");
  }
}

TEST(ToYaml, WhatYamlWouldMisreadIsInQuotes) {
  for (const char* text :
       {"-",  "- a",  "---", "...", "?",  "? a", ":",  "a: b",
        "a:", "a #b", "#a",  " a",  "a ", "[a",  "{a", "&a",
        "*a", "!a",   "|",   ">",   "%a", "@a",  "`a", "'a'"}) {
    EXPECT_EQ(to_yaml(Settings::scalar(text)),
              '"' + std::string(text) + "\"\n");
  }
}

TEST(ToYaml, WhatABracketWouldMisreadIsInQuotesThere) {
  for (const char* text : {"a]", "a}", "a,b"}) {
    EXPECT_EQ(to_yaml(Settings::scalar(text)), std::string(text) + "\n");
    Settings root;
    root.set("a", Settings::list({Settings::scalar(text)}));
    EXPECT_EQ(to_yaml(root), "a: [\"" + std::string(text) + "\"]\n");
  }
}

TEST(ToYaml, EscapesWhatHasNoPrintedForm) {
  EXPECT_EQ(to_yaml(Settings::scalar("a\"\\\n\t\r\x01\xC2\x85\xE2\x80\xA8")),
            "\"a\\\"\\\\\\n\\t\\r\\x01\\x85\\u2028\"\n");
}

TEST(ToYaml, KeysAreQuotedLikeStrings) {
  Settings root;
  root.set("no", Settings::scalar("1"));
  root.set("a: b", Settings::scalar("2"));
  root.set("", Settings::scalar("3"));
  EXPECT_EQ(to_yaml(root), "\"no\": 1\n\"a: b\": 2\n\"\": 3\n");
}

constexpr std::array kNasty{"",
                            "yes",
                            "null",
                            "1e3",
                            ": ",
                            "#",
                            " lead",
                            "trail ",
                            "0x1F",
                            "-",
                            "--",
                            "- ",
                            "a\nb",
                            "\n",
                            "\t",
                            "a\tb",
                            "\r\n",
                            "'",
                            "\"",
                            "\\",
                            "\\n",
                            "[",
                            "]",
                            "{}",
                            ",",
                            "a, b",
                            "a:",
                            ":a",
                            "a:b",
                            "a: b",
                            "a #b",
                            "a#",
                            "?",
                            "? x",
                            "!",
                            "!x",
                            "&x",
                            "*x",
                            "|",
                            ">-",
                            "%",
                            "@",
                            "`",
                            "~",
                            "~x",
                            "<<",
                            "=",
                            "...",
                            "---",
                            "5",
                            "true",
                            "\x04",
                            "\x1B[0",
                            "\x7F",
                            "\xC2\x85",
                            "\xE2\x80\xA8",
                            "\xEF\xBB\xBF",
                            "\xC3\xA9",
                            "\xF0\x9F\x98\x80",
                            "\xE6\xB5\xB7 \xE8\xBE\xBA",
                            "(a)",
                            "$x",
                            "a'b",
                            "a\"b",
                            "  ",
                            ".",
                            "..",
                            "-a",
                            "-1",
                            "+",
                            "a  b",
                            "a\n\n b\n"};

class RandomTrees {
 public:
  explicit RandomTrees(unsigned seed) : rng_(seed) {}

  Settings tree(int levels) {
    switch (levels == 0 ? below(3) : below(7)) {
      case 0:
        return Settings();
      case 1:
        return Settings::scalar(text());
      case 2:
        return Settings::string(text());
      case 3:
      case 4:
        return list(levels);
      default:
        return map(levels);
    }
  }

 private:
  std::size_t below(std::size_t bound) { return rng_() % bound; }

  std::string text() {
    std::string made;
    for (std::size_t parts = below(4); parts > 0; --parts) {
      made += kNasty[below(kNasty.size())];
    }
    return below(30) == 0 ? made + std::string(120, 'x') : made;
  }

  Settings list(int levels) {
    Settings made = Settings::list();
    for (std::size_t n = below(4); n > 0; --n) made.append(tree(levels - 1));
    return made;
  }

  Settings map(int levels) {
    Settings made = Settings::map();
    for (std::size_t n = below(4); n > 0; --n) {
      made.set(text(), tree(levels - 1));
    }
    return made;
  }

  std::mt19937 rng_;
};

TEST(ToYaml, ComesBackAsItWas) {
  constexpr unsigned kSeed = 301;
  RandomTrees random(kSeed);
  for (int i = 0; i < 3000; ++i) {
    const Settings tree = random.tree(4);
    const std::string yaml = to_yaml(tree);
    ASSERT_EQ(parse_settings(yaml, "f"), tree)
        << yaml << "tree " << i << ", seed " << kSeed;
  }
}

TEST(ToYaml, WritingTwiceGivesTheSameText) {
  RandomTrees random(302);
  for (int i = 0; i < 300; ++i) {
    const std::string yaml = to_yaml(random.tree(4));
    const std::string again = to_yaml(parse_settings(yaml, "f"));
    EXPECT_EQ(to_yaml(parse_settings(again, "f")), again);
  }
}

TEST(ToYaml, NoLineEndsInABlank) {
  RandomTrees random(303);
  for (int i = 0; i < 300; ++i) {
    std::istringstream lines(to_yaml(random.tree(4)));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_FALSE(line.ends_with(' ')) << line;
    }
  }
}

}  // namespace
}  // namespace polytask
