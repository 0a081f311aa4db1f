#include "polytask/base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace polytask {
namespace {

void expect_character(std::string_view text, char32_t code, std::size_t bytes) {
  const Utf8Character found = first_character(text);
  EXPECT_EQ(found.code, code);
  EXPECT_EQ(found.bytes, bytes);
}

TEST(Utf8, ReadsTheEdgesOfEveryLength) {
  expect_character(std::string_view("\0", 1), 0x0, 1);
  expect_character("\x7F", 0x7F, 1);
  expect_character("\xC2\x80", 0x80, 2);
  expect_character("\xDF\xBF", 0x7FF, 2);
  expect_character("\xE0\xA0\x80", 0x800, 3);
  expect_character("\xED\x9F\xBF", 0xD7FF, 3);
  expect_character("\xEE\x80\x80", 0xE000, 3);
  expect_character("\xEF\xBF\xBF", 0xFFFF, 3);
  expect_character("\xF0\x90\x80\x80", 0x10000, 4);
  expect_character("\xF4\x8F\xBF\xBF", 0x10FFFF, 4);
}

TEST(Utf8, RefusesWhatIsNotWellFormed) {
  for (const std::string_view text :
       {"", "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41",
        "\xE0\x9F\xBF", "\xE2\x82", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_EQ(first_character(text).bytes, 0u)
        << ::testing::PrintToString(text);
  }
}

TEST(Utf8, TextIsTextToTheEnd) {
  EXPECT_EQ(first_byte_that_is_not_text("a\tb\r\n\xC3\xA9"), 7u);
  EXPECT_EQ(first_byte_that_is_not_text(""), 0u);
}

TEST(Utf8, FindsTheFirstByteThatIsNot) {
  EXPECT_EQ(first_byte_that_is_not_text("ab\xFF"), 2u);
  EXPECT_EQ(first_byte_that_is_not_text("\xC3\xA9\x04"), 2u);
  EXPECT_EQ(first_byte_that_is_not_text("\x7F"), 0u);
  EXPECT_EQ(first_byte_that_is_not_text(std::string_view("a\0b", 3)), 1u);
}

TEST(Printable, WhatATerminalWouldObeyIsShownAsAQuestionMark) {
  EXPECT_EQ(printable("a\x1b[31mb\nc\td\re"), "a?[31mb?c?d?e");
  EXPECT_EQ(printable("a\u009Bb\x7f\u0085"), "a?b??");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a?b");
}

TEST(Printable, WhatTurnsOrHidesLettersIsShownAsAQuestionMark) {
  EXPECT_EQ(printable("a\u202Eb\u2066c\u200Fd\u061C"), "a?b?c?d?");
  EXPECT_EQ(printable("a\u200Bb\u200Dc\uFEFFd\u2060\u00AD"), "a?b?c?d??");
  EXPECT_EQ(printable("a\u2028b\u2029\U000E0041"), "a?b??");
}

TEST(Printable, WhatIsNotUtf8IsShownByteByByte) {
  EXPECT_EQ(printable("\xff\xc3"), "??");
  EXPECT_EQ(printable("\xc0\xaf"), "??");            // overlong
  EXPECT_EQ(printable("\xed\xa0\x80"), "???");       // surrogate
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "????");  // above U+10FFFF
  EXPECT_EQ(printable("\xe6\xb5"), "??");            // cut off
}

TEST(Printable, GoodTextStaysAsItIs) {
  EXPECT_EQ(printable("Bäume 海 🌊 e\u0301"), "Bäume 海 🌊 e\u0301");
}

TEST(Printable, OnlyLineEndsBeforeIndentedLinesStayInMessages) {
  EXPECT_EQ(printable_lines("two problems:\n  - a\x1b[2J\n  - b\n"),
            "two problems:\n  - a?[2J\n  - b\n");
  EXPECT_EQ(printable_lines("a\npolytask: all is well"),
            "a?polytask: all is well");
}

TEST(Printable, JsonMeansTheSame) {
  EXPECT_EQ(printable_json("{\n  \"a\u009B\": \"\u202E海\x7f\"\n}\n"),
            "{\n  \"a\\u009b\": \"\\u202e海\\u007f\"\n}\n");
  EXPECT_EQ(printable_json("\"\U000E0041\""), "\"\\udb40\\udc41\"");
  EXPECT_EQ(printable_json("\"\xff\""), "\"\uFFFD\"");
}

}  // namespace
}  // namespace polytask
