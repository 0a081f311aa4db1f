#include "polytask/report/html/markup.h"

#include <gtest/gtest.h>

namespace polytask {
namespace {

TEST(Markup, AnElementHasItsAttributesInTheirOrder) {
  EXPECT_EQ(element("path", {{"class", "axis"}, {"d", "M0 0"}}),
            R"(<path class="axis" d="M0 0"/>)");
  EXPECT_EQ(element("rect", {{"x", 3}, {"width", 0.5}}),
            R"(<rect x="3" width="0.5"/>)");
}

TEST(Markup, ContentIsMarkupAndMayBeEmpty) {
  EXPECT_EQ(element("g", {{"role", "row"}}, element("path", {})),
            R"(<g role="row"><path/></g>)");
  EXPECT_EQ(element("g", {}, ""), "<g></g>");
}

TEST(Markup, ValuesOfAttributesAreEscaped) {
  EXPECT_EQ(element("g", {{"aria-label", "\"a\" <b> & 'c'"}}),
            R"(<g aria-label="&quot;a&quot; &lt;b&gt; &amp; &#39;c&#39;"/>)");
}

}  // namespace
}  // namespace polytask
