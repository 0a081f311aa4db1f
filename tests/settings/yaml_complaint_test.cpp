#include "polytask/settings/yaml_complaint.h"

#include <gtest/gtest.h>

namespace polytask {
namespace {

TEST(YamlComplaint, NamesThePlaceTheLineAndTheAdvice) {
  EXPECT_EQ(yaml_complaint("a: 1\n  b: c: d\n", "blog.yaml",
                           {.line = 1, .column = 6}, "illegal map value"),
            "blog.yaml:2:7: expected YAML, found \"b: c: d\"; check the "
            "indentation, and put quotes around text that holds \": \"");
}

TEST(YamlComplaint, TheParsersOwnWordsStandInForAdvice) {
  EXPECT_EQ(yaml_complaint("a: ]", "f", {.line = 0, .column = 3}, "odd"),
            "f:1:4: expected YAML, found \"a: ]\"; odd");
}

TEST(YamlComplaint, BeyondTheLastLineIsTheEnd) {
  EXPECT_EQ(yaml_complaint("a: [1\n", "f", {.line = 1, .column = 0}, "odd"),
            "f:2:1: expected YAML, found the end of the text; odd");
  EXPECT_EQ(yaml_complaint("", "f", {.line = -1, .column = -1}, "odd"),
            "f:0:0: expected YAML, found the end of the text; odd");
}

TEST(YamlComplaint, OnlyATabInTheIndentationIsBlamed) {
  EXPECT_EQ(yaml_complaint(" \tb: 1", "f", {.line = 0, .column = 1}, "odd"),
            "f:1:2: expected YAML, found \"b: 1\"; indent with spaces, not "
            "with tabs");
  EXPECT_EQ(yaml_complaint("b:\t]", "f", {.line = 0, .column = 3}, "odd"),
            "f:1:4: expected YAML, found \"b:?]\"; odd");
}

TEST(YamlComplaint, QuotesAreClosedByTheirOwnKind) {
  EXPECT_TRUE(quotes_are_closed("a: 'b'", {.line = 0, .column = 3}));
  EXPECT_FALSE(quotes_are_closed("a: 'b\"", {.line = 0, .column = 3}));
  EXPECT_TRUE(quotes_are_closed("a:\n \"b\n c\"", {.line = 1, .column = 1}));
  EXPECT_FALSE(quotes_are_closed("\"b\\\"", {.line = 0, .column = 0}));
  EXPECT_TRUE(quotes_are_closed("'b\\'", {.line = 0, .column = 0}));
}

TEST(YamlComplaint, WhatIsNotInQuotesIsClosed) {
  EXPECT_TRUE(quotes_are_closed("a: |", {.line = 0, .column = 3}));
  EXPECT_TRUE(quotes_are_closed("a", {.line = 5, .column = 7}));
}

}  // namespace
}  // namespace polytask
