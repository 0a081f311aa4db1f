#include "polytask/data/table/cell_text.h"

#include <gtest/gtest.h>

namespace polytask {
namespace {

TEST(CellText, BlanksAroundACellAreNoneOfIt) {
  EXPECT_EQ(without_blanks(" \t a b\xc2\xa0 "), "a b");
  EXPECT_EQ(without_blanks(" \t"), "");
}

TEST(CellText, NumbersAreDecimal) {
  EXPECT_EQ(number_in("12"), 12.0);
  EXPECT_EQ(number_in("+1.5"), 1.5);
  EXPECT_EQ(number_in("-1e-3"), -0.001);
  EXPECT_EQ(number_in("010"), 10.0);
  EXPECT_EQ(number_in("9007199254740993"), 9007199254740992.0);
  for (const char* text :
       {"", "1 0", "0x1", "inf", "nan", "1,5", "12kg", "+-1", "+", "1e999"}) {
    EXPECT_EQ(number_in(text), std::nullopt) << text;
  }
}

TEST(CellText, ACommaIsADecimalPointWhereTheTableSaysSo) {
  EXPECT_EQ(number_in("2,5", true), 2.5);
  EXPECT_EQ(number_in("2.5", true), 2.5);
  EXPECT_EQ(number_in("1,234,567", true), std::nullopt);
  EXPECT_EQ(number_in("1.234,5", true), std::nullopt);
}

TEST(CellText, YesAndNoInAnyCase) {
  for (const char* text : {"1", "1.0", "true", "TRUE", "Yes"}) {
    EXPECT_EQ(yes_or_no_in(text), true) << text;
  }
  for (const char* text : {"0", "0.0", "-0", "False", "nO"}) {
    EXPECT_EQ(yes_or_no_in(text), false) << text;
  }
  for (const char* text : {"", "2", "y", "not", "-1", "truely"}) {
    EXPECT_EQ(yes_or_no_in(text), std::nullopt) << text;
  }
}

// "none" may be the name of a class; None is what a program writes.
TEST(CellText, MissingWords) {
  for (const char* text :
       {"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "<NA>"}) {
    EXPECT_TRUE(is_missing_answer(text)) << text;
    EXPECT_TRUE(is_missing_class(text)) << text;
  }
  EXPECT_TRUE(is_missing_answer("none"));
  EXPECT_FALSE(is_missing_class("none"));
  EXPECT_FALSE(is_missing_answer("nana"));
  EXPECT_FALSE(is_missing_answer("-1"));
}

}  // namespace
}  // namespace polytask
