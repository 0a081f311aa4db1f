#include "polytask/report/html/html_text.h"

#include <gtest/gtest.h>

namespace polytask {
namespace {

TEST(HtmlText, MarkupBecomesReferences) {
  EXPECT_EQ(html_text("<b onclick=\"x('1')\">&amp;"),
            "&lt;b onclick=&quot;x(&#39;1&#39;)&quot;&gt;&amp;amp;");
}

TEST(HtmlText, PlainTextStaysAsItIs) {
  EXPECT_EQ(html_text("stop sign ~ M\xC3\xBCll \xE6\xB5\xB7"),
            "stop sign ~ M\xC3\xBCll \xE6\xB5\xB7");
}

TEST(HtmlText, ControlsAndBytesThatAreNoTextAreReplaced) {
  EXPECT_EQ(html_text(std::string_view("a\0b\x1B\n", 5)),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(html_text("\xFFz\xC3"), "\xEF\xBF\xBDz\xEF\xBF\xBD");
}

TEST(TextColumns, IdeographsTakeTwo) {
  EXPECT_EQ(text_columns("M\xC3\xBCll"), 4);
  EXPECT_EQ(text_columns("\xE6\xB5\xB7"), 2);
  EXPECT_EQ(text_columns("\xFF"), 1);
}

TEST(ShortenedText, EndsInAnEllipsisWhereItDoesNotFit) {
  EXPECT_EQ(shortened_text("weather", 7), "weather");
  EXPECT_EQ(shortened_text("weather", 5), "weat\xE2\x80\xA6");
  EXPECT_EQ(shortened_text("\xE6\xB5\xB7\xE6\xB5\xB7\xE6\xB5\xB7", 4),
            "\xE6\xB5\xB7\xE2\x80\xA6");
}

}  // namespace
}  // namespace polytask
