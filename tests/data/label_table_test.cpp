#include "polytask/data/table/label_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

using Names = std::vector<std::string>;

LabelTable parse(std::string text, LabelTableOptions options = {}) {
  options.table = "labels.csv";
  return parse_label_table(std::move(text), options);
}

void expect_bad(Fault fault, const std::string& text,
                const std::string& message,
                const LabelTableOptions& options = {}) {
  test::expect_error(fault, message, [&] { (void)parse(text, options); });
}

TEST(LabelTable, FirstColumnNamesTheImagesTheOthersAreLabels) {
  const LabelTable table =
      parse("file,sea,sunset\r\n1.jpg,1,0\r\n2.jpg,0,1\r\n");
  EXPECT_EQ(table.labels, (Names{"sea", "sunset"}));
  EXPECT_EQ(table.names, (Names{"1.jpg", "2.jpg"}));
  EXPECT_EQ(table.lines, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(table.targets, (std::vector<float>{1, 0, 0, 1}));
}

TEST(LabelTable, ChosenColumnsComeInTheOrderAskedFor) {
  const LabelTable table = parse(
      "sea,who,file,sunset\n1,me,1.jpg,0\n",
      {.table = {}, .name_column = "file", .label_names = {"sunset", "sea"}});
  EXPECT_EQ(table.labels, (Names{"sunset", "sea"}));
  EXPECT_EQ(table.names, (Names{"1.jpg"}));
  EXPECT_EQ(table.targets, (std::vector<float>{0, 1}));
}

TEST(LabelTable, ZeroAndOneMayBeWrittenAsDecimals) {
  EXPECT_EQ(parse("f,a,b,c,d\n1.jpg,0.0,1.0, 1 ,1.\n").targets,
            (std::vector<float>{0, 1, 1, 1}));
}

TEST(LabelTable, EmptyMinusOneAndNanAreMissing) {
  for (const float target :
       parse("f,a,b,c,d,e,g\n1.jpg,,-1,-1.0,nan,NaN,  \n").targets) {
    EXPECT_TRUE(std::isnan(target));
  }
}

TEST(LabelTable, MissingWordsOfProgramsAreMissing) {
  for (const float target :
       parse("f,a,b,c,d,e\n1.jpg,NA,n/a,NULL,none,<NA>\n").targets) {
    EXPECT_TRUE(std::isnan(target));
  }
}

TEST(LabelTable, TrueAndFalseAndYesAndNoAreAnswers) {
  EXPECT_EQ(
      parse("f,a,b,c,d,e,g\n1.jpg,True,FALSE,yes,No,\"true\",nO\n").targets,
      (std::vector<float>{1, 0, 1, 0, 1, 0}));
}

TEST(LabelTable, CellsStayAsTheyAreWrittenWhereAnythingMayStand) {
  const LabelTable table = parse(
      "f,code,size\n1.jpg,010,2.50\n2.jpg,10,\n3.jpg, 10.0 ,NA\n4.jpg,,-1\n",
      {.values = CellValues::numbers});
  EXPECT_EQ(table.classes,
            (std::vector<ColumnClasses>{{.column = "code",
                                         .names = {"010", "10", "10.0"},
                                         .as_written = true},
                                        {.column = "size",
                                         .names = {"-1", "2.50", "NA"},
                                         .as_written = true}}));
  const float kGone = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> expected{0, 1, 1, kGone, 2, 2, kGone, 0};
  ASSERT_EQ(table.targets.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (std::isnan(expected[i])) {
      EXPECT_TRUE(std::isnan(table.targets[i])) << i;
    } else {
      EXPECT_EQ(table.targets[i], expected[i]) << i;
    }
  }
}

TEST(LabelTable, TextsAreInTheOrderPeopleCount) {
  const LabelTable table =
      parse("f,size\n1.jpg,10\n2.jpg,9\n3.jpg,XL\n4.jpg,2\n",
            {.values = CellValues::numbers});
  ASSERT_EQ(table.classes.size(), 1u);
  EXPECT_EQ(table.classes[0].names, (Names{"2", "9", "10", "XL"}));
  EXPECT_EQ(table.targets, (std::vector<float>{2, 1, 3, 0}));
}

TEST(LabelTable, ASemicolonTableHasDecimalCommas) {
  const auto with = [](const char* text) {
    return parse(text, {.values = CellValues::numbers}).classes[0];
  };
  EXPECT_TRUE(with("f;size\n1.jpg;2,5\n").decimal_comma);
  EXPECT_FALSE(with("f\tsize\n1.jpg\t2,5\n").decimal_comma);
}

// A column of a million measurements is not a million names.
TEST(LabelTable, MoreTextsThanClassesCanBeAreNumbers) {
  std::string text = "f,depth,note,odd\n";
  for (int i = 0; i < 10'500; ++i) {
    const std::string n = std::to_string(i);
    text += n + ".jpg," + n + ".25,text " + n + "," + n + "\n";
  }
  text += "a.jpg,NA,text,0.5\nb.jpg,-1,,two\n";
  const LabelTable table = parse(text, {.values = CellValues::numbers});
  EXPECT_TRUE(table.classes.empty());
  EXPECT_EQ(table.targets[0], 0.25f);
  EXPECT_EQ(table.targets[std::size_t{10'499} * 3], 10'499.25f);
  EXPECT_TRUE(std::isnan(table.targets[std::size_t{10'500} * 3]));
  EXPECT_EQ(table.targets[std::size_t{10'501} * 3], -1.0f);
  EXPECT_EQ(table.unusable,
            (std::vector<UnusableColumn>{
                {"note",
                 "its cells hold more than 10000 different texts, such as "
                 "\"text 0\": neither classes nor numbers"},
                {"odd",
                 "expected numbers, found 1 cell with other text:\n  - line "
                 "10503: \"two\""}}));
}

TEST(LabelTable, TextThatIsNotUtf8CannotBeUsed) {
  const LabelTable table =
      parse("f,who,sea\n1.jpg,m\xfcller,1\n", {.values = CellValues::numbers});
  EXPECT_EQ(table.unusable,
            (std::vector<UnusableColumn>{
                {"who",
                 "line 2: \"m?ller\" is not plain text in UTF-8; save the "
                 "table as CSV in UTF-8, without line breaks in its cells"}}));
}

TEST(LabelTable, EmptiedRowsAndColumnsOfASpreadsheetAreLeftOut) {
  const LabelTable table =
      parse("file,sea,,trees,,\n1.jpg ,1,,0,,\n,,,,,\n2.jpg,0,,1\n ,,\n");
  EXPECT_EQ(table.labels, (Names{"sea", "trees"}));
  EXPECT_EQ(table.names, (Names{"1.jpg", "2.jpg"}));
  EXPECT_EQ(table.targets, (std::vector<float>{1, 0, 0, 1}));
  EXPECT_EQ(parse("file,sea\n1.jpg,1,\n").targets, (std::vector<float>{1}));
}

TEST(LabelTable, EveryOtherValueIsNamedWithLineAndColumn) {
  expect_bad(Fault::data,
             "f,sea,sunset\n1.jpg,maybe,1\n2.jpg,2,0.5\n\n3.jpg,-2,1 0\n"
             "4.jpg,inf,0x1\n",
             "labels.csv: expected a row per image, with 0, 1 or a missing "
             "label (empty, "
             "-1, nan) in each label column, found 7 problems; correct the "
             "table:"
             "\n  - line 2, column sea: \"maybe\""
             "\n  - line 3, column sea: \"2\""
             "\n  - line 3, column sunset: \"0.5\""
             "\n  - line 5, column sea: \"-2\""
             "\n  - line 5, column sunset: \"1 0\""
             "\n  - line 6, column sea: \"inf\""
             "\n  - line 6, column sunset: \"0x1\"");
}

TEST(LabelTable, RowsThatCannotBeUsedAreAllNamed) {
  expect_bad(Fault::data, "f,sea\n1.jpg,1\n ,1\n2.jpg,1,1\n3.jpg\n",
             "labels.csv: expected a row per image, with 0, 1 or a missing "
             "label (empty, -1, nan) in each label column, found 3 problems; "
             "correct the table:"
             "\n  - line 3: no file name"
             "\n  - line 4: 3 cells where the header has 2"
             "\n  - line 5: 1 cells where the header has 2");
}

TEST(LabelTable, TenProblemsAreShownAndAllCounted) {
  std::string text = "f,sea\n";
  for (int i = 0; i < 12; ++i) text += std::to_string(i) + ".jpg,x\n";
  test::expect_error_parts(
      Fault::data,
      {"found 12 problems", "\n  - line 11, column sea: \"x\"\n  - and 2 more"},
      [&] { (void)parse(text); });
  test::expect_error_parts(Fault::data, {"found 1 problem; correct"},
                           [] { (void)parse("f,sea\n1.jpg,x\n"); });
}

TEST(LabelTable, ShortRowsAreNamed) {
  test::expect_error_parts(Fault::data,
                           {"\n  - line 2: 1 cells where the header has 3"},
                           [] { (void)parse("f,sea,trees\n1.jpg\n"); });
}

TEST(LabelTable, MessagesCutLongCellsBetweenCharacters) {
  const auto expect_shown = [](const std::string& cell,
                               const std::string& shown) {
    test::expect_error_parts(Fault::data, {"column sea: \"" + shown + "...\""},
                             [&] { (void)parse("f,sea\n1.jpg," + cell); });
  };
  const std::string x59(59, 'x');
  expect_shown(x59 + "yzz", x59 + "y");
  expect_shown(x59 + "\u00e4zz", x59);
}

TEST(LabelTable, MessagesShowNothingATerminalWouldObey) {
  expect_bad(
      Fault::data,
      "f,sea\n1.jpg,\x1b[0m\n\x1b[0m.jpg,1\nm\xe9.jpg,1\nm\u00e9.jpg,1\n",
      "labels.csv: expected a row per image, with 0, 1 or a missing "
      "label (empty, -1, nan) in each label column, found 3 problems; "
      "correct the table:"
      "\n  - line 2, column sea: \"?[0m\""
      "\n  - line 3: \"?[0m.jpg\" is not plain UTF-8 text"
      "\n  - line 4: \"m?.jpg\" is not plain UTF-8 text");
  expect_bad(Fault::data, "f,s\xe9\n",
             "labels.csv: expected a header that names each column once; "
             "correct it:"
             "\n  - the name of column 2, \"s?\", is not plain UTF-8 text");
}

TEST(LabelTable, UnknownColumnNamesTheNearest) {
  expect_bad(
      Fault::config, "file,sea,sunset\n1.jpg,1,0\n",
      "labels.csv: expected a column \"sunst\", found the columns file, sea, "
      "sunset; did you mean sunset?",
      {.table = {}, .name_column = {}, .label_names = {"sunst"}});
  expect_bad(
      Fault::config, "file,sea,sunset\n1.jpg,1,0\n",
      "labels.csv: expected a column \"picture\", found the columns file, sea, "
      "sunset; name one of those",
      {.table = {}, .name_column = "picture", .label_names = {}});
}

TEST(LabelTable, LongHeadersAreCutInMessages) {
  std::string header = "c0";
  for (int i = 1; i < 30; ++i) header += ",c" + std::to_string(i);
  test::expect_error_parts(
      Fault::config, {"c18, c19 and 10 more; name one of those"},
      [&] { (void)parse(header, {.table = {}, .name_column = "picture"}); });
}

TEST(LabelTable, AColumnIsUsedOnce) {
  const std::string message =
      "labels.csv: expected each column to be used once, found \"sea\" twice "
      "among the "
      "names given; leave one out";
  expect_bad(Fault::config, "f,sea\n1.jpg,1\n", message,
             {.table = {}, .name_column = {}, .label_names = {"sea", "sea"}});
  expect_bad(Fault::config, "f,sea\n1.jpg,1\n", message,
             {.table = {}, .name_column = "sea", .label_names = {"sea"}});
}

TEST(LabelTable, ColumnsNeedDistinctNames) {
  expect_bad(
      Fault::data, ",sea,file, sea \n",
      "labels.csv: expected a header that names each column once; correct it:"
      "\n  - columns 2 and 4 are both called \"sea\"");
}

TEST(LabelTable, AColumnWithoutANameMustBeEmpty) {
  expect_bad(Fault::data, ",file,sea\n0,1.jpg,1\n1,2.jpg,0\n",
             "labels.csv: expected a row per image, with 0, 1 or a missing "
             "label (empty, -1, nan) in each label column, found 1 problem; "
             "correct the table:"
             "\n  - column 1 has no name (pandas writes such a column unless "
             "told index=False), but line 2 has a cell there");
  expect_bad(Fault::data, "file,sea,\n1.jpg,1,x\n",
             "labels.csv: expected a row per image, with 0, 1 or a missing "
             "label (empty, -1, nan) in each label column, found 1 problem; "
             "correct the table:"
             "\n  - column 3 has no name (pandas writes such a column unless "
             "told index=False), but line 2 has a cell there");
}

TEST(LabelTable, TableWithoutLabelsAsksForCommas) {
  expect_bad(Fault::data, "file sea sunset\n1.jpg 1 0\n",
             "labels.csv: expected label columns beside \"file sea sunset\", "
             "found none; are its cells separated by commas, tabs or "
             "semicolons?");
}

TEST(LabelTable, TableWithoutRowsIsAnError) {
  expect_bad(Fault::data, "\n",
             "labels.csv: expected a header and a row per image, found an "
             "empty table");
  expect_bad(
      Fault::data, "file,sea\n\n",
      "labels.csv: expected a row per image under the header, found none");
}

TEST(LabelTable, MissingTableSaysSo) {
  test::expect_error(Fault::io,
                     "no/such.csv: cannot be read: No such file or directory; "
                     "check the path and its permissions",
                     [] {
                       (void)read_label_table({"no/such.csv", {}, {}});
                     });
}

TEST(LabelTable, HugeTableIsNotEvenRead) {
  const test::TemporaryFolder folder;
  const auto file = folder / "labels.csv";
  test::write_bytes(file, "file,sea\n");
  std::filesystem::resize_file(file, kMaxTableBytes + 1);  // sparse
  test::expect_error(Fault::data,
                     file.string() +
                         ": expected a CSV table of at most 256 MiB, found 256 "
                         "MiB; make it smaller",
                     [&] {
                       (void)read_label_table({file, {}, {}});
                     });
}

// Any bytes end in a table or in an Error.
TEST(LabelTable, DamagedTablesNeverCrash) {
  const std::string good = "f,\"a\",b\r\n\"1.jpg\",1,0\r\n2.jpg,nan,-1\r\n";
  const std::string bytes = "\",\r\n\xef\xbb\xbf\xff 01-n/.\t";
  constexpr unsigned kSeed = 7;
  std::mt19937 random(kSeed);
  const auto up_to = [&](std::size_t n) { return random() % n; };
  for (int i = 0; i < 10000; ++i) {
    std::string text = good.substr(0, 1 + up_to(good.size()));
    for (int k = 0; k < 3; ++k) {
      text[up_to(text.size())] = bytes[up_to(bytes.size())];
    }
    try {
      const LabelTable table = parse(text);
      EXPECT_EQ(table.targets.size(), table.names.size() * table.labels.size());
    } catch (const Error& e) {
      EXPECT_TRUE(std::string(e.what()).starts_with("labels.csv")) << e.what();
    }
  }
}

}  // namespace
}  // namespace polytask
