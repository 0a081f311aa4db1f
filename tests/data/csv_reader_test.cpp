#include "polytask/data/csv_reader.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace polytask {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(std::string text) {
  CsvReader reader(std::move(text), "labels.csv");
  Rows rows;
  for (std::vector<std::string> cells; reader.next(cells);) {
    rows.push_back(cells);
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

TEST(CsvReader, LineIsWhereTheRowStarts) {
  CsvReader reader("a\n\n\"b\nb\"\r\nc", "labels.csv");
  std::vector<std::string> cells;
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
