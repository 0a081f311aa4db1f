#include "apps/cli/printable_stream.h"

#include <gtest/gtest.h>

#include <sstream>

namespace polytask::cli {
namespace {

TEST(PrintableStream, LineEndsStayAndReturnsOnlyWhereLinesAreRedrawn) {
  std::ostringstream plain, redrawn;
  PrintableStream(plain) << "\ra\x1b[2J\tb\n" << std::flush;
  PrintableStream(redrawn, true) << "\ra\x1b[2J\tb\n" << std::flush;
  EXPECT_EQ(plain.str(), "?a?[2J?b\n");
  EXPECT_EQ(redrawn.str(), "\ra?[2J?b\n");
}

TEST(PrintableStream, ACharacterMayComeInPieces) {
  std::ostringstream out;
  PrintableStream stream(out);
  for (const char c :
       std::string("B\xc3\xa4ume \xe6\xb5\xb7 \xf0\x9f\x8c\x8a")) {
    stream << c << std::flush;
  }
  EXPECT_EQ(out.str(), "Bäume 海 🌊");
  stream << "\xe6\xb5" << std::flush << "x" << std::flush;
  EXPECT_EQ(out.str(), "Bäume 海 🌊??x");
}

TEST(PrintableStream, WhatIsCutOffAtTheEndIsShown) {
  std::ostringstream out;
  { PrintableStream(out) << "sea\xf0\x9f"; }
  EXPECT_EQ(out.str(), "sea??");
}

TEST(PrintableStream, AFailureBehindItIsItsOwn) {
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  PrintableStream stream(out);
  stream << "sea" << std::flush;
  EXPECT_FALSE(stream);
}

}  // namespace
}  // namespace polytask::cli
