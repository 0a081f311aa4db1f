#include "polytask/report/html/line_chart.h"

#include <gtest/gtest.h>

#include "polytask/report/html/chart_axis.h"
#include "tests/report/count_of.h"

namespace polytask {
namespace {

using test::count_of;
using Numbers = std::vector<double>;

TEST(ChartAxis, RoundNumbersLieWithinTheRange) {
  EXPECT_EQ(round_numbers({-1.5, 3.25}), (Numbers{-1, 0, 1, 2, 3}));
  EXPECT_EQ(round_numbers({0.0, 40.0}), (Numbers{0, 10, 20, 30, 40}))
      << "at most eight";
  EXPECT_EQ(round_numbers({0.0, 35.0}),
            (Numbers{0, 5, 10, 15, 20, 25, 30, 35}));
  EXPECT_EQ(round_numbers({-0.25, 0.25}).size(), 5u);
  EXPECT_EQ(round_numbers({1000.0, 1003.0}).size(), 7u);
}

TEST(ChartAxis, NeighboursHaveDecimalsEnough) {
  EXPECT_EQ(decimals_of({0.7, 0.75, 0.8}), 2);
  EXPECT_EQ(decimals_of({0.0, 20.0, 40.0}), 0);
  EXPECT_EQ(decimals_of({0.0001, 0.0002}), 4);
  EXPECT_EQ(decimals_of({1.0}), 3);
}

TEST(ChartAxis, OneValueGetsARange) {
  EXPECT_EQ(range_of({}).high, 0.0);
  EXPECT_EQ(range_of({3.0, -1.0, 2.0}).low, -1.0);
  EXPECT_EQ(range_of({3.0, -1.0, 2.0}).high, 3.0);
  const AxisRange one = widened({.low = 0.0, .high = 0.0});
  EXPECT_EQ(one.low, -0.01);
  EXPECT_EQ(one.high, 0.01);
  EXPECT_LT(widened({.low = 200.0, .high = 200.0}).low, 200.0);
}

LineChart example() {
  return {.title = "t",
          .x_label = "x",
          .y_label = "y",
          .lines = {{.name = "a",
                     .points = {{.x = 0.0, .y = 1.0, .low = 0.0, .high = 2.0},
                                {.x = 10.0, .y = 1.0, .low = 1.0, .high = 1.0},
                                {.x = 20.0, .y = 0.0}}}}};
}

TEST(LineChart, StandsWhereItsNumbersSay) {
  // 0 to 2 and .12 of room on both sides are the 270 pixels from 33 to 303; x
  // runs from 100 to 710.
  const std::string svg = line_chart_svg(example());
  EXPECT_NE(svg.find("d=\"M100.0 168.0L405.0 168.0L710.0 288.5\""),
            std::string::npos)
      << svg;
  EXPECT_NE(svg.find("class=\"series-0 band\" d=\"M100.0 47.5L405.0 168.0"
                     "L710.0 288.5L710.0 288.5L405.0 168.0L100.0 288.5z\""),
            std::string::npos)
      << svg;
  EXPECT_NE(svg.find("x=\"405.0\" y=\"323\">10</text>"), std::string::npos)
      << svg;
}

TEST(LineChart, AnAbsentValueIsAGap) {
  LineChart chart = example();
  chart.lines[0].points[1].y.reset();
  const std::string svg = line_chart_svg(chart);
  EXPECT_EQ(count_of(svg, "<path class=\"stroke\""), 1u) << "in the legend";
  EXPECT_EQ(count_of(svg, "series-0 band"), 0u);
  EXPECT_EQ(count_of(svg, "series-0 bar"), 1u) << "the last has no band";
  EXPECT_EQ(count_of(svg, "<path class=\"mark\""), 3u);
}

TEST(LineChart, NothingToDrawIsAnEmptyFrame) {
  LineChart chart = example();
  for (ChartPoint& point : chart.lines[0].points) point.y.reset();
  EXPECT_EQ(count_of(line_chart_svg(chart), "nan"), 0u);
  chart.lines.clear();
  const std::string svg = line_chart_svg(chart);
  EXPECT_EQ(count_of(svg, "nan"), 0u) << svg;
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
}

TEST(LineChart, AFullLegendGoesOnInTheNextRow) {
  LineChart chart = example();
  EXPECT_EQ(line_chart_svg(chart).find("translate(74.0 33)"),
            std::string::npos);
  for (int i = 0; i < 3; ++i) {
    chart.lines.push_back({.name = std::string(40, 'n'), .points = {}});
  }
  EXPECT_NE(line_chart_svg(chart).find("translate(74.0 33)"),
            std::string::npos);
}

TEST(LineChart, PlacesCloseTogetherShareANumber) {
  LineChart chart = example();
  chart.lines[0].points[1].x = 1.0;
  const std::string svg = line_chart_svg(chart);
  EXPECT_EQ(svg.find(">1</text>\n<path class=\"axis\""), std::string::npos);
  EXPECT_EQ(count_of(svg, "v5\"/>"), 3u);
}

TEST(LineChart, TextsCannotBecomeMarkup) {
  LineChart chart = example();
  chart.title = chart.x_label = chart.y_label = chart.lines[0].name =
      chart.level_name = chart.lines[0].points[0].meaning = "<b>\"";
  chart.level = 1.0;
  const std::string svg = line_chart_svg(chart);
  EXPECT_EQ(svg.find("<b>"), std::string::npos);
  EXPECT_EQ(count_of(svg, "&lt;b&gt;&quot;"), 7u);
}

}  // namespace
}  // namespace polytask
