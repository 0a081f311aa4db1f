#include "polytask/report/html/line_chart.h"

#include <algorithm>
#include <array>

#include "polytask/base/number_text.h"
#include "polytask/base/text.h"
#include "polytask/report/html/chart_axis.h"
#include "polytask/report/html/html_text.h"
#include "polytask/report/html/markup.h"

namespace polytask {
namespace {

constexpr int kWidth = 760;  // pixels, all of these
constexpr int kLeft = 74;
constexpr int kRight = 736;
constexpr int kLegendRow = 22;
constexpr int kPlotHeight = 270;
constexpr int kBelow = 52;   // ticks and the name of the axis
constexpr int kInside = 26;  // from the frame to the first and last point
constexpr int kSideBySide = 34;
constexpr int kBetweenTicks = 40;
constexpr double kLetter = 7.0;  // about the width of one, at 12 pixels
constexpr int kMostLetters = 44;
constexpr std::size_t kColors = 4;

// A mark around the origin: circle, square, triangle, diamond.
constexpr std::array<const char*, kColors> kMarks{
    "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z", "M-4 -4h8v8h-8z",
    "M0 -5.2L5 3.8H-5z", "M0 -5.6L5.6 0L0 5.6L-5.6 0z"};

std::string pixel(double value) { return fixed_text(value, 1); }

class Figure {
 public:
  explicit Figure(const LineChart& chart) : chart_(chart) {
    std::vector<double> ys;
    if (chart.level) ys.push_back(*chart.level);
    for (const ChartLine& line : chart.lines) {
      for (const ChartPoint& point : line.points) {
        xs_.push_back(point.x);
        for (const auto& y : {point.y, point.low, point.high}) {
          if (y && point.y) ys.push_back(*y);
        }
      }
    }
    std::ranges::sort(xs_);
    xs_.erase(std::unique(xs_.begin(), xs_.end()), xs_.end());
    x_ = range_of(xs_);
    y_ = widened(range_of(ys));
    legend_ = legend();
  }

  [[nodiscard]] std::string svg() const {
    const int height = bottom() + kBelow;
    std::string text = cat('\n', legend_, axes(), level());
    for (std::size_t i = 0; i < chart_.lines.size(); ++i) {
      text += areas(i);
    }
    for (std::size_t i = 0; i < chart_.lines.size(); ++i) {
      text += strokes(i) + marks(i);
    }
    return element("svg",
                   {{"class", "chart"},
                    {"role", "img"},
                    {"aria-label", chart_.title},
                    {"width", kWidth},
                    {"height", height},
                    {"viewBox", cat("0 0 ", kWidth, ' ', height)}},
                   text) +
           '\n';
  }

 private:
  using Run = std::vector<const ChartPoint*>;  // neighbours, all with a y

  [[nodiscard]] int bottom() const { return top_ + kPlotHeight; }
  [[nodiscard]] double x_at(double x, std::size_t line) const {
    if (xs_.size() < 2) {
      const double places = static_cast<double>(chart_.lines.size()) - 1.0;
      return (kLeft + kRight) / 2.0 +
             kSideBySide * (static_cast<double>(line) - places / 2.0);
    }
    return kLeft + kInside +
           (kRight - kLeft - 2 * kInside) * (x - x_.low) / (x_.high - x_.low);
  }
  [[nodiscard]] double y_at(double y) const {
    return bottom() - kPlotHeight * (y - y_.low) / (y_.high - y_.low);
  }

  std::string legend();
  [[nodiscard]] std::string axes() const;
  [[nodiscard]] std::string y_ticks() const;
  [[nodiscard]] std::string x_ticks() const;
  [[nodiscard]] std::string level() const;
  [[nodiscard]] std::vector<Run> runs(std::size_t line) const;
  [[nodiscard]] std::string areas(std::size_t line) const;
  [[nodiscard]] std::string strokes(std::size_t line) const;
  [[nodiscard]] std::string marks(std::size_t line) const;

  const LineChart& chart_;
  std::vector<double> xs_;  // where points are, upwards
  AxisRange x_;
  AxisRange y_;
  int top_ = 0;  // of the plot, below the legend
  std::string legend_;
};

std::string color_of(std::size_t line) {
  return cat("series-", line % kColors);
}

std::string stroke(const std::string& way) {
  return element("path", {{"class", "stroke"}, {"d", way}});
}

std::string mark(std::size_t line, double x, double y) {
  return element(
      "path", {{"class", "mark"},
               {"transform", cat("translate(", pixel(x), ' ', pixel(y), ')')},
               {"d", kMarks[line % kColors]}});
}

// Names in rows above the plot; it finds out where that begins.
std::string Figure::legend() {
  std::string text;
  double x = kLeft;
  int y = kLegendRow / 2;
  const auto add = [&](const std::string& name, const std::string& color,
                       const std::string& figure) {
    const std::string shown = shortened_text(name, kMostLetters);
    const double width = 38 + kLetter * text_columns(shown) + 14;
    if (x + width > kRight && x > kLeft) {
      x = kLeft;
      y += kLegendRow;
    }
    text +=
        element("g",
                {{"class", color},
                 {"transform", cat("translate(", pixel(x), ' ', y, ')')}},
                stroke("M0 0H30") + figure +
                    element("text", {{"x", 38}, {"y", 4}}, html_text(shown))) +
        '\n';
    x += width;
  };
  for (std::size_t i = 0; i < chart_.lines.size(); ++i) {
    add(chart_.lines[i].name, color_of(i), mark(i, 15, 0));
  }
  if (chart_.level) add(chart_.level_name, "level", "");
  top_ = y + kLegendRow;
  return text;
}

std::string Figure::axes() const {
  const int middle = top_ + kPlotHeight / 2;
  return cat(
      y_ticks(), x_ticks(),
      element("path",
              {{"class", "axis"},
               {"d", cat('M', kLeft, ' ', top_, 'V', bottom(), 'H', kRight)}}),
      '\n',
      element("text",
              {{"class", "name"},
               {"text-anchor", "middle"},
               {"x", (kLeft + kRight) / 2},
               {"y", bottom() + 42}},
              html_text(chart_.x_label)),
      '\n',
      element("text",
              {{"class", "name"},
               {"text-anchor", "middle"},
               {"transform", cat("translate(16 ", middle, ") rotate(-90)")}},
              html_text(chart_.y_label)),
      '\n');
}

std::string Figure::y_ticks() const {
  const std::vector<double> ticks = round_numbers(y_);
  const int decimals = decimals_of(ticks);
  std::string text;
  for (const double tick : ticks) {
    const std::string y = pixel(y_at(tick));
    text += element("path", {{"class", "grid"},
                             {"d", cat('M', kLeft, ' ', y, 'H', kRight)}}) +
            element("text",
                    {{"class", "number"},
                     {"text-anchor", "end"},
                     {"x", kLeft - 8},
                     {"y", pixel(y_at(tick) + 4)}},
                    fixed_text(tick, decimals)) +
            '\n';
  }
  return text;
}

// A tick at every place that has points; numbers where there is room.
std::string Figure::x_ticks() const {
  std::string text;
  double free_from = 0.0;
  for (const double tick : xs_) {
    const double x = xs_.size() < 2 ? (kLeft + kRight) / 2.0 : x_at(tick, 0);
    text += element("path", {{"class", "axis"},
                             {"d", cat('M', pixel(x), ' ', bottom(), "v5")}}) +
            '\n';
    if (x < free_from) continue;
    free_from = x + kBetweenTicks;
    text += element("text",
                    {{"class", "number"},
                     {"text-anchor", "middle"},
                     {"x", pixel(x)},
                     {"y", bottom() + 20}},
                    significant_text(tick, 6)) +
            '\n';
  }
  return text;
}

std::string Figure::level() const {
  if (!chart_.level) return {};
  return element("g", {{"class", "level"}},
                 element("title", {}, html_text(chart_.level_name)) +
                     stroke(cat('M', kLeft, ' ', pixel(y_at(*chart_.level)),
                                'H', kRight))) +
         '\n';
}

std::vector<Figure::Run> Figure::runs(std::size_t line) const {
  std::vector<Run> all(1);
  for (const ChartPoint& point : chart_.lines[line].points) {
    if (point.y) {
      all.back().push_back(&point);
    } else if (!all.back().empty()) {
      all.emplace_back();
    }
  }
  if (all.back().empty()) all.pop_back();
  return all;
}

// A band, or the bar of a point without neighbours.
std::string Figure::areas(std::size_t line) const {
  std::string text;
  for (const Run& run : runs(line)) {
    const bool banded = std::ranges::any_of(
        run, [](const ChartPoint* point) { return point->low.has_value(); });
    if (!banded) continue;
    std::string above, below;
    for (const ChartPoint* point : run) {
      const std::string x = pixel(x_at(point->x, line));
      above += cat(above.empty() ? 'M' : 'L', x, ' ',
                   pixel(y_at(point->high.value_or(*point->y))));
      below =
          cat('L', x, ' ', pixel(y_at(point->low.value_or(*point->y))), below);
    }
    const bool alone = run.size() == 1;
    text += element("path",
                    {{"class", cat(color_of(line), alone ? " bar" : " band")},
                     {"d", cat(above, below, alone ? "" : "z")}}) +
            '\n';
  }
  return text;
}

std::string Figure::strokes(std::size_t line) const {
  std::string text;
  for (const Run& run : runs(line)) {
    if (run.size() < 2) continue;
    std::string way;
    for (const ChartPoint* point : run) {
      way += cat(point == run.front() ? 'M' : 'L', pixel(x_at(point->x, line)),
                 ' ', pixel(y_at(*point->y)));
    }
    text += element("g", {{"class", color_of(line)}}, stroke(way)) + '\n';
  }
  return text;
}

std::string Figure::marks(std::size_t line) const {
  std::string text;
  for (const ChartPoint& point : chart_.lines[line].points) {
    if (!point.y) continue;
    text += element("g", {{"class", color_of(line)}},
                    element("title", {}, html_text(point.meaning)) +
                        mark(line, x_at(point.x, line), y_at(*point.y))) +
            '\n';
  }
  return text;
}

}  // namespace

std::string line_chart_svg(const LineChart& chart) {
  return Figure(chart).svg();
}

}  // namespace polytask
