#include "polytask/settings/setting_problem.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace polytask {
namespace {

TEST(SettingProblem, ReadsPlacePathText) {
  EXPECT_EQ(setting_problem("blog.yaml:3", "train.epochs", "expected 5"),
            "blog.yaml:3: train.epochs: expected 5");
  EXPECT_EQ(setting_problem("", "train.epochs", "expected 5"),
            "train.epochs: expected 5");
  EXPECT_EQ(setting_problem("blog.yaml:3", "", "expected 5"),
            "blog.yaml:3: expected 5");
}

TEST(SettingProblem, ChildPathJoinsWithADot) {
  EXPECT_EQ(child_path("train", "epochs"), "train.epochs");
  EXPECT_EQ(child_path("", "train"), "train");
}

TEST(SettingProblem, ChildPathStaysPrintable) {
  EXPECT_EQ(child_path("a", "x\ny"), "a.\"x?y\"");
  EXPECT_EQ(child_path("", ""), "\"\"");
}

TEST(SettingProblem, ShownIsOneShortLine) {
  EXPECT_EQ(shown("five"), "\"five\"");
  EXPECT_EQ(shown("a\nb\x1B[0m\x7F"), "\"a?b?[0m?\"");
  EXPECT_EQ(shown(std::string(60, 'x')), '"' + std::string(60, 'x') + '"');
  EXPECT_EQ(shown(std::string(61, 'x')), '"' + std::string(60, 'x') + "...\"");
}

TEST(SettingProblem, ShownNeverCutsACharacterInTwo) {
  EXPECT_EQ(shown(std::string(59, 'x') + "\xC3\xA9"),
            '"' + std::string(59, 'x') + "...\"");
}

TEST(SettingProblem, ShownNamesAreAFew) {
  EXPECT_EQ(shown_names({"a", "b\n"}), "a, \"b?\"");
  EXPECT_EQ(shown_names(std::vector<std::string>(8, "a")),
            "a, a, a, a, a, a, a, a");
  EXPECT_EQ(shown_names(std::vector<std::string>(9, "a")),
            "a, a, a, a, a, a, a, a, ...");
}

TEST(SettingProblem, FoundInNamesEveryKind) {
  EXPECT_EQ(found_in(Settings()), "nothing");
  EXPECT_EQ(found_in(Settings::scalar("five")), "\"five\"");
  EXPECT_EQ(found_in(Settings::list()), "a list");
  EXPECT_EQ(found_in(Settings::map()), "a map");
}

TEST(SettingProblem, KnownNamesOffersTheNearest) {
  EXPECT_EQ(known_names("epcohs", {"batch_size", "epochs"}),
            "did you mean \"epochs\"?");
  EXPECT_EQ(known_names("momentum", {"batch_size", "epochs"}),
            "known are batch_size, epochs");
  EXPECT_EQ(known_names("momentum", {}), "nothing is known here");
}

TEST(ThrowIfAny, NoneIsNoError) { throw_if_any({}, "the recipe"); }

TEST(ThrowIfAny, OneIsTheWholeMessage) {
  test::expect_error(Fault::config, "blog.yaml:3: wrong", [] {
    throw_if_any({"blog.yaml:3: wrong"}, "the recipe");
  });
}

TEST(ThrowIfAny, SeveralHaveALineEach) {
  test::expect_error(Fault::config,
                     "the recipe has 2 problems:\n  - one\n  - two", [] {
                       throw_if_any({"one", "two"}, "the recipe");
                     });
}

TEST(ThrowIfAny, ManyAreCounted) {
  std::string text = "the recipe has 22 problems:";
  for (int i = 0; i < 20; ++i) text += "\n  - x";
  test::expect_error(Fault::config, text + "\n  and 2 more", [] {
    throw_if_any(std::vector<std::string>(22, "x"), "the recipe");
  });
}

}  // namespace
}  // namespace polytask
