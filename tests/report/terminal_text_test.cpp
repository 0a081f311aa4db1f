#include "polytask/report/terminal_text.h"

#include <gtest/gtest.h>

namespace polytask {
namespace {

TEST(TerminalText, WidthIsInColumnsNotBytes) {
  EXPECT_EQ(display_width("sea"), 3u);
  EXPECT_EQ(display_width("Bäume"), 5u);
  EXPECT_EQ(display_width("海"), 2u);
  EXPECT_EQ(display_width("e\u0301"), 1u);
  EXPECT_EQ(display_width("🌊"), 2u);
}

TEST(TerminalText, PaddingCountsColumns) {
  EXPECT_EQ(left("Bäume", 7), "Bäume  ");
  EXPECT_EQ(right("海", 4), "  海");
  EXPECT_EQ(left("too long", 3), "too long");
}

TEST(TerminalText, WhatATerminalWouldObeyIsShownAsAQuestionMark) {
  EXPECT_EQ(printable("a\x1b[31mb\nc"), "a?[31mb?c");
  EXPECT_EQ(printable("a\u202Eb\u009Bc\x7f"), "a?b?c?");
}

TEST(TerminalText, WhatIsNotUtf8IsShownByteByByte) {
  EXPECT_EQ(printable("\xff\xc3"), "??");
  EXPECT_EQ(printable("\xc0\xaf"), "??");            // overlong
  EXPECT_EQ(printable("\xed\xa0\x80"), "???");       // surrogate
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "????");  // above U+10FFFF
  EXPECT_EQ(printable("\xe6\xb5"), "??");            // cut off
}

TEST(TerminalText, GoodTextStaysAsItIs) {
  EXPECT_EQ(printable("Bäume 海 🌊"), "Bäume 海 🌊");
}

}  // namespace
}  // namespace polytask
