#include "polytask/report/html/heat_map.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/number_text.h"
#include "polytask/base/text.h"
#include "polytask/report/html/html_text.h"
#include "polytask/report/html/markup.h"

namespace polytask {
namespace {

constexpr int kRowHeight = 26;  // pixels, all of these
constexpr int kGap = 2;
constexpr int kLetter = 7;  // about the width of one, at 12 pixels
constexpr int kNarrowest = 46;
constexpr int kWidest = 98;
constexpr int kRoomForNumber = 34;
constexpr int kMostLetters = 44;  // of a row's name

// Where everything stands.
struct Layout {
  int names = 0;  // width of the rows' names
  int head = 0;   // height of the columns' names
  int cell = 0;   // width of a cell and its gap
  bool slanted = false;
  int width = 0;
  int height = 0;
};

int longest(const std::vector<std::string>& names, int most) {
  int columns = 0;
  for (const std::string& name : names) {
    columns = std::max(columns, std::min(most, text_columns(name)));
  }
  return columns;
}

Layout layout_of(const HeatMap& map) {
  const int wanted = longest(map.columns, kMostLetters) * kLetter + 10;
  Layout at{.names = longest(map.rows, kMostLetters) * kLetter + 12,
            .cell = map.cell_width};
  if (at.cell == 0) {
    at.cell = std::clamp(wanted, kNarrowest, kWidest);
    at.slanted = wanted > kWidest;
    if (at.slanted) at.cell = kNarrowest;
  }
  const int rise = wanted * 7 / 10;  // of a name at 45 degrees
  at.head = at.slanted ? rise + 12 : 22;
  at.width = at.names + at.cell * static_cast<int>(map.columns.size()) +
             (at.slanted ? rise : 12);
  at.height = at.head + kRowHeight * static_cast<int>(map.rows.size());
  return at;
}

std::string column_name(const std::string& name, int x, const Layout& at) {
  const int y = at.head - 8;
  const std::string text = html_text(shortened_text(name, kMostLetters));
  if (at.slanted) {
    return element(
        "text",
        {{"role", "columnheader"},
         {"class", "name"},
         {"text-anchor", "start"},
         {"transform", cat("translate(", x, ' ', y, ") rotate(-45)")}},
        text);
  }
  return element("text",
                 {{"role", "columnheader"},
                  {"class", "name"},
                  {"text-anchor", "middle"},
                  {"x", x},
                  {"y", y}},
                 text);
}

std::string column_names(const HeatMap& map, const Layout& at) {
  std::string names;
  for (std::size_t c = 0; c < map.columns.size(); ++c) {
    if (map.columns[c].empty()) continue;
    const int left = at.names + at.cell * static_cast<int>(c);
    names += column_name(map.columns[c], left + at.cell / 2, at);
  }
  return element("g", {{"role", "row"}}, names) + '\n';
}

std::string cell_svg(const HeatCell& cell, int x, int y, int width) {
  const bool none = std::isnan(cell.value);
  const double opacity = none ? 1.0 : heat(cell.value);
  const char* color = none ? "none" : cell.value >= 0 ? "agree" : "conflict";
  constexpr int kHeight = kRowHeight - kGap;
  std::string svg = element("title", {}, html_text(cell.meaning)) +
                    element("rect", {{"class", "cell"},
                                     {"x", x},
                                     {"y", y},
                                     {"width", width},
                                     {"height", kHeight}}) +
                    element("rect", {{"class", color},
                                     {"x", x},
                                     {"y", y},
                                     {"width", width},
                                     {"height", kHeight},
                                     {"fill-opacity", fixed_text(opacity, 3)}});
  if (width >= kRoomForNumber) {
    constexpr double kDark = 0.8;  // above it, dark letters would be lost
    svg +=
        element("text",
                {{"class", !none && opacity > kDark ? "number on" : "number"},
                 {"text-anchor", "middle"},
                 {"x", x + width / 2},
                 {"y", y + 16}},
                html_text(cell.text));
  }
  return element("g", {{"role", "cell"}, {"aria-label", cell.meaning}}, svg);
}

std::string row_svg(const HeatMap& map, std::size_t row, const Layout& at) {
  const int y = at.head + kRowHeight * static_cast<int>(row);
  const auto& wholes = map.whole_rows.empty() ? map.rows : map.whole_rows;
  std::string svg = element(
      "g", {},
      element("title", {}, html_text(wholes[row])) +
          element("text",
                  {{"role", "rowheader"},
                   {"class", "name"},
                   {"text-anchor", "end"},
                   {"x", at.names - 8},
                   {"y", y + 16}},
                  html_text(shortened_text(map.rows[row], kMostLetters))));
  const std::size_t columns = map.columns.size();
  const int gap = at.cell > 12 ? kGap : 0;
  for (std::size_t c = 0; c < columns; ++c) {
    svg += cell_svg(map.cells[row * columns + c],
                    at.names + at.cell * static_cast<int>(c), y, at.cell - gap);
  }
  return element("g", {{"role", "row"}}, svg) + '\n';
}

}  // namespace

double heat(double value) {
  return std::pow(std::min(1.0, std::abs(value)), 0.7);
}

std::string heat_map_svg(const HeatMap& map) {
  const Layout at = layout_of(map);
  std::string svg = '\n' + column_names(map, at);
  for (std::size_t row = 0; row < map.rows.size(); ++row) {
    svg += row_svg(map, row, at);
  }
  return element("svg",
                 {{"role", "table"},
                  {"aria-label", map.title},
                  {"width", at.width},
                  {"height", at.height},
                  {"viewBox", cat("0 0 ", at.width, ' ', at.height)}},
                 svg) +
         '\n';
}

}  // namespace polytask
