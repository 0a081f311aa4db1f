// The shells' own view of the completions, and a formatter's of the manual.

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>

#include "polytask/base/text.h"
#include "tests/cli/command_line.h"

namespace polytask {
namespace {

class Completion : public test::CommandLine {
 protected:
  // What the program prints that the shell's line runs.
  static std::string output(const std::string& line) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(
        ::popen(line.c_str(), "r"), ::pclose);
    std::string text;
    for (int c = 0; (c = std::fgetc(pipe.get())) != EOF;) {
      text += static_cast<char>(c);
    }
    return text;
  }

  static bool has(const std::string& program) {
    return !output("command -v " + program).empty();
  }

  // What bash would offer for the last of the words.
  static std::string in_bash(const std::string& words) {
    test::write_bytes(
        "try.bash",
        cat(test::polytask({"completion", "bash"}).out, "COMP_WORDS=(", words,
            ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
            "compopt() { :; }\n"
            "_polytask\necho \"${COMPREPLY[*]}\"\n"));
    return output("bash try.bash 2>&1");
  }
};

TEST_F(Completion, BashOffersVerbsFlagsChoicesAndKeys) {
  if (!has("bash")) GTEST_SKIP() << "there is no bash";
  EXPECT_EQ(in_bash("polytask pre"), "predict\n");
  EXPECT_EQ(in_bash("polytask train --re"), "--resume\n");
  EXPECT_EQ(in_bash("polytask predict m x --format ''"),
            "lines names csv json\n");
  EXPECT_EQ(in_bash("polytask predict m x --format = c"), "csv\n");
  EXPECT_EQ(in_bash("polytask draw s"), "scenes streets\n");
  EXPECT_EQ(in_bash("polytask completion ''"), "bash zsh\n");
  EXPECT_EQ(in_bash("polytask help dr"), "draw\n");
  EXPECT_EQ(in_bash("polytask train r.yaml train.ep"), "train.epochs=\n");
}

// Nothing of ours: bash goes on with names of files.
TEST_F(Completion, BashIsLeftTheFiles) {
  if (!has("bash")) GTEST_SKIP() << "there is no bash";
  EXPECT_EQ(in_bash("polytask train rec"), "\n");
  EXPECT_EQ(in_bash("polytask train r.yaml data.path = sce"), "\n");
  EXPECT_EQ(in_bash("polytask train --resume ru"), "\n");
}

TEST_F(Completion, ZshOffersTheSame) {
  if (!has("zsh")) GTEST_SKIP() << "there is no zsh";
  test::write_bytes(
      "try.zsh",
      cat("compdef() { : }\n", test::polytask({"completion", "zsh"}).out,
          "_describe() { print -rl -- ${(P)2} }\n"
          "_arguments() { print -rl -- \"$@\" }\n"
          "words=(polytask pre) CURRENT=2\n_polytask\n"
          "words=(polytask predict '') CURRENT=3\n_polytask\n"
          "words=(polytask draw '') CURRENT=3\n_polytask\n"));
  const std::string text = output("zsh -f try.zsh 2>&1");
  EXPECT_NE(text.find("predict:answer images\n"), std::string::npos) << text;
  EXPECT_NE(text.find("]: :(lines names csv json)\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("1: :(scenes streets)\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("try.zsh"), std::string::npos) << text;
}

TEST_F(Completion, TheManualPageIsWellFormed) {
  test::write_bytes("polytask.1", test::polytask({"help", "--man"}).out);
  const std::string page = test::read_bytes("polytask.1");
  for (const std::string verb : {"train", "predict", "completion"}) {
    EXPECT_NE(page.find(".SS polytask " + verb + '\n'), std::string::npos);
  }
  EXPECT_NE(page.find(".B \\-\\-resume\n"), std::string::npos);
  if (has("groff")) {
    EXPECT_EQ(output("groff -man -Tascii -ww -z polytask.1 2>&1"), "");
  } else if (has("mandoc")) {
    EXPECT_EQ(output("mandoc -T lint -W warning polytask.1 2>&1"), "");
  } else {
    GTEST_SKIP() << "there is neither groff nor mandoc";
  }
}

}  // namespace
}  // namespace polytask
