#include "polytask/data/label_names.h"

#include <gtest/gtest.h>

#include "polytask/base/utf8.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

TEST(LabelNames, PlainTextIsUtf8WithoutControlCharacters) {
  for (const char* good : {"", "sea", "see und m\xc3\xa4r", "\xe6\xb5\xb7",
                           "\xf0\x9f\x8c\x8a", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_plain_text(good)) << printable_ascii(good);
  }
  for (const char* bad :
       {"a\nb", "\x1b[31m", "\x7f", "\x80", "\xc3", "\xc0\xaf", "\xe0\x80\x80",
        "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80",
        "\xc2\x85", "\xe6\xb5"}) {
    EXPECT_FALSE(is_plain_text(bad)) << printable_ascii(bad);
  }
}

TEST(LabelNames, PrintableHidesWhatATerminalWouldObey) {
  EXPECT_EQ(printable_ascii("a\x1b[0m\n\xc3\xa4"), "a?[0m???");
  EXPECT_EQ(printable_ascii(std::string(1000, 'a')).size(), 200u);
}

TEST(LabelNames, DefaultsAreNumbered) {
  EXPECT_EQ(default_label_names(2),
            (std::vector<std::string>{"label_0", "label_1"}));
}

TEST(LabelNames, EveryProblemIsNamed) {
  test::expect_error(
      Fault::data,
      "a.h5: the label names do not fit; put them right or give others with "
      "the option label_names:\n"
      "  - expected one name a label, 5, found 4\n"
      "  - name 1 is empty\n"
      "  - name 2 (\"sea\") stands there twice\n"
      "  - name 3 (\"?\") is not text in UTF-8",
      [] {
        check_label_names({"sea", "", "sea", "\xff"}, 5, "a.h5", Fault::data);
      });
}

TEST(LabelNames, OfManyProblemsFiveAreShown) {
  const std::vector<std::string> names(9, std::string(1025, 'a'));
  test::expect_error(
      Fault::config,
      "a.h5: the label names do not fit; put them right or give others with "
      "the option label_names:\n"
      "  - name 0 has more than 1024 bytes\n"
      "  - name 1 has more than 1024 bytes\n"
      "  - name 2 has more than 1024 bytes\n"
      "  - name 3 has more than 1024 bytes\n"
      "  - name 4 has more than 1024 bytes",
      [&] { check_label_names(names, 9, "a.h5", Fault::config); });
}

TEST(LabelNames, GoodNamesPass) {
  EXPECT_NO_THROW(check_label_names({"sea", "sky"}, 2, "", Fault::data));
}

}  // namespace
}  // namespace polytask
