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

TEST(TerminalText, ClippedCountsColumns) {
  EXPECT_EQ(clipped("Bäume", 3), "Bäu");
  EXPECT_EQ(clipped("海海", 3), "海");
  EXPECT_EQ(clipped("e\u0301a", 1), "e\u0301");
  EXPECT_EQ(clipped("sea", 0), "");
  EXPECT_EQ(clipped("sea", 9), "sea");
}

TEST(TerminalText, PaddingCountsColumns) {
  EXPECT_EQ(left("Bäume", 7), "Bäume  ");
  EXPECT_EQ(right("海", 4), "  海");
  EXPECT_EQ(left("too long", 3), "too long");
}

TEST(TerminalText, CellsNeverRunTogether) {
  EXPECT_EQ(right("-1.25", 7), "  -1.25");
  EXPECT_EQ(right("-11.25", 7), "  -11.25");
  EXPECT_EQ(right("海海", 5), "  海海");
  EXPECT_EQ(right("sea", 0), "  sea");
}

}  // namespace
}  // namespace polytask
