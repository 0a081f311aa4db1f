// Lines over one axis, each with a band, as an SVG that stands inside an HTML
// page (html_page.h) with the style line_chart.css.
//
// The lines have colours and marks of their own, four of them; a fifth looks
// like the first. A point that has no neighbour on its line shows its band as
// a bar; where all lines have points at one place alone, they stand side by
// side there. Every point has a title with its whole sentence. To a screen
// reader the figure is an image with a name, so its numbers have to stand
// elsewhere too.

#pragma once

#include <optional>
#include <string>
#include <vector>

namespace polytask {

// Finite numbers all.
struct ChartPoint {
  double x = 0.0;
  std::optional<double> y{};    // absent: a gap in the line
  std::optional<double> low{};  // of the band; both or none
  std::optional<double> high{};
  std::string meaning{};  // the sentence
};

struct ChartLine {
  std::string name;                // of any characters, as all texts here
  std::vector<ChartPoint> points;  // x upwards
};

struct LineChart {
  std::string title;  // for a screen reader
  std::string x_label;
  std::string y_label;
  std::vector<ChartLine> lines;
  std::optional<double> level{};  // a dashed line across
  std::string level_name{};
};

[[nodiscard]] std::string line_chart_svg(const LineChart& chart);

}  // namespace polytask
