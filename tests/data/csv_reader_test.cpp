#include "polytask/data/table/csv_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/expect_error.h"

namespace polytask {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(std::string text) {
  CsvReader reader(std::move(text), "labels.csv");
  Rows rows;
  for (std::vector<std::string_view> cells; reader.next(cells);) {
    rows.emplace_back(cells.begin(), cells.end());
  }
  return rows;
}

void expect_bad(const std::string& text, const std::string& message) {
  test::expect_error(Fault::data, message, [&] { (void)rows_of(text); });
}

TEST(CsvReader, CommasSeparateCells) {
  EXPECT_EQ(rows_of("a,b\n1,,2\n"), (Rows{{"a", "b"}, {"1", "", "2"}}));
}

TEST(CsvReader, LastLineNeedsNoEnd) {
  EXPECT_EQ(rows_of("a,b\n1,2"), (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(rows_of("a,"), (Rows{{"a", ""}}));
}

TEST(CsvReader, EveryLineEndIsALineEnd) {
  EXPECT_EQ(rows_of("a\r\nb\rc\nd"), (Rows{{"a"}, {"b"}, {"c"}, {"d"}}));
}

TEST(CsvReader, ByteOrderMarkIsNotPartOfTheFirstCell) {
  EXPECT_EQ(rows_of("\xef\xbb\xbf"
                    "a,b"),
            (Rows{{"a", "b"}}));
}

TEST(CsvReader, BlankLinesAreSkipped) {
  EXPECT_EQ(rows_of("\n\r\na\n \t \n\nb\n\n"), (Rows{{"a"}, {"b"}}));
  EXPECT_EQ(rows_of(""), Rows{});
  EXPECT_EQ(rows_of("\n  "), Rows{});
}

TEST(CsvReader, QuotedCellsHoldCommasBreaksAndQuotes) {
  EXPECT_EQ(rows_of("\"a,b\",\"c\nd\",\"say \"\"sea\"\"\",\"\"\r\n1"),
            (Rows{{"a,b", "c\nd", "say \"sea\"", ""}, {"1"}}));
}

TEST(CsvReader, BlanksAroundQuotesAreNoneOfTheCell) {
  EXPECT_EQ(rows_of("\"a\" , \"b,c\"\t\n 1 , 2 "),
            (Rows{{"a", "b,c"}, {" 1 ", " 2 "}}));
}

// Cells stand in the reader's text: taking quotes out moves no other cell.
TEST(CsvReader, CellsStandAsLongAsTheReader) {
  CsvReader reader("\"say \"\"a\"\"\",b\n\"\"\"\",2\n", "labels.csv");
  std::vector<std::string_view> first;
  std::vector<std::string_view> second;
  ASSERT_TRUE(reader.next(first));
  ASSERT_TRUE(reader.next(second));
  EXPECT_EQ(first, (std::vector<std::string_view>{"say \"a\"", "b"}));
  EXPECT_EQ(second, (std::vector<std::string_view>{"\"", "2"}));
}

TEST(CsvReader, TabsAndSemicolonsSeparateAsWell) {
  EXPECT_EQ(rows_of("a\tb\n1\t\n"), (Rows{{"a", "b"}, {"1", ""}}));
  EXPECT_EQ(rows_of("a;b\n1;2,5\n"), (Rows{{"a", "b"}, {"1", "2,5"}}));
}

TEST(CsvReader, TheSeparatorIsWhatSplitsHeaderAndRowAlike) {
  EXPECT_EQ(rows_of("a;red, green;b, c\n1;2;3"),
            (Rows{{"a", "red, green", "b, c"}, {"1", "2", "3"}}));
  EXPECT_EQ(rows_of("a,\"b;c;d\"\n1,2"), (Rows{{"a", "b;c;d"}, {"1", "2"}}));
  EXPECT_EQ(rows_of("a,b;c\n1,2"), (Rows{{"a", "b;c"}, {"1", "2"}}));
}

TEST(CsvReader, AFirstLineMaySayTheSeparator) {
  EXPECT_EQ(rows_of("sep=;\r\na,b;c\r\n1;2"), (Rows{{"a,b", "c"}, {"1", "2"}}));
  EXPECT_EQ(rows_of("\xef\xbb\xbf\"sep=,\"\na,b\n"), (Rows{{"a", "b"}}));
  EXPECT_EQ(rows_of("sep=\t\na\tb\n"), (Rows{{"a", "b"}}));
  EXPECT_EQ(rows_of("sep=,"), Rows{});
  CsvReader reader("sep=,\na\n", "labels.csv");
  std::vector<std::string_view> cells;
  ASSERT_TRUE(reader.next(cells));
  EXPECT_EQ(reader.line(), 2);
}

TEST(CsvReader, LineIsWhereTheRowStarts) {
  CsvReader reader("a\n\n\"b\nb\"\r\nc", "labels.csv");
  std::vector<std::string_view> cells;
  std::vector<std::int64_t> lines;
  while (reader.next(cells)) lines.push_back(reader.line());
  EXPECT_EQ(lines, (std::vector<std::int64_t>{1, 3, 5}));
}

TEST(CsvReader, MisplacedQuotesNameTheLine) {
  expect_bad("a\n\"b",
             "labels.csv, line 2: expected a row of CSV, found a quote that is "
             "never closed; correct the row");
  expect_bad("a\n\n\"b\"c",
             "labels.csv, line 3: expected a row of CSV, found text behind the "
             "closing quote of a cell; correct the row");
  expect_bad("a,b\"c",
             "labels.csv, line 1: expected a row of CSV, found a quote inside "
             "of a cell that does not start with one; correct the row");
}

TEST(CsvReader, OtherEncodingsAreNamed) {
  expect_bad(
      "\xff\xfe"
      "a",
      "labels.csv: expected UTF-8 text, found UTF-16; save the table as "
      "CSV in UTF-8");
  expect_bad(std::string("a\0b", 3),
             "labels.csv: expected a CSV table, found a file that is not text; "
             "save it as CSV in UTF-8");
}

TEST(CsvReader, ColumnsAreBounded) {
  EXPECT_EQ(rows_of(std::string(99'999, ',')).front().size(), 100'000u);
  expect_bad(std::string(100'000, ','),
             "labels.csv, line 1: expected a row of CSV, found more than "
             "100000 cells; correct the row");
}

}  // namespace
}  // namespace polytask
