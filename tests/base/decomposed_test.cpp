#include "polytask/base/decomposed.h"

#include <gtest/gtest.h>

namespace polytask {
namespace {

TEST(Decomposed, LettersWithMarksBecomeLetterAndMarks) {
  EXPECT_EQ(decomposed("M\u00fcller"), "Mu\u0308ller");
  EXPECT_EQ(decomposed("Mu\u0308ller"), "Mu\u0308ller");
  EXPECT_EQ(decomposed("\u00c5"), "A\u030a");
  EXPECT_EQ(decomposed("\u0439"), "\u0438\u0306");  // Cyrillic
  EXPECT_EQ(decomposed("\u304c"), "\u304b\u3099");  // kana
}

TEST(Decomposed, SeveralMarksAreInTheirOrder) {
  EXPECT_EQ(decomposed("\u1ead"), "a\u0323\u0302");
  EXPECT_EQ(decomposed("\u1ebf"), "e\u0302\u0301");
}

TEST(Decomposed, HangulFollowsItsFormula) {
  EXPECT_EQ(decomposed("\ud55c"), "\u1112\u1161\u11ab");
  EXPECT_EQ(decomposed("\uac00"), "\u1100\u1161");
  EXPECT_EQ(decomposed("\ud7a3"), "\u1112\u1175\u11c2");
  EXPECT_EQ(decomposed("\ud7a4"), "\ud7a4");
}

TEST(Decomposed, EverythingElseStaysAsItIs) {
  for (const std::string text : {"", "sea/1.jpg", "\u00df\u00e6\u4e2d",
                                 "\xff\xc3", "\xf0\x9f\x98\x80"}) {
    EXPECT_EQ(decomposed(text), text);
  }
}

}  // namespace
}  // namespace polytask
