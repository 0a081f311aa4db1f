#include "apps/cli/printable_stream.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <sstream>

#include "apps/cli/command.h"
#include "apps/cli/output.h"
#include "apps/cli/standard_streams.h"

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

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// Never looked at, for no string can hold it.
constexpr std::string_view kTooLong("x", std::size_t{1} << 46);

TEST(PrintableStream, TextThatIsLostForWantOfMemoryIsSaid) {
  std::ostringstream to;
  PrintableStream out(to);
  out << "sea";
  out << kTooLong;
  EXPECT_THROW(out.finish(), std::bad_alloc);
  EXPECT_EQ(to.str(), "sea");
}

TEST(DescriptorStream, TextThatIsLostForWantOfMemoryEndsWithSix) {
  DescriptorStream out(STDERR_FILENO);
  out << kTooLong;
  EXPECT_EQ(out.finish(), ENOMEM);
  std::ostringstream err;
  EXPECT_EQ(code_after_output(kOk, ENOMEM, err), kResources);
  EXPECT_EQ(err.str(), "polytask: standard output: Cannot allocate memory\n");
  EXPECT_EQ(code_after_output(kUsage, ENOMEM, err), kUsage);
}
#endif

}  // namespace
}  // namespace polytask::cli
