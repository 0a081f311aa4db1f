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

}  // namespace
}  // namespace polytask
