// A heat map as an SVG that stands inside an HTML page.
//
// Colours are classes, so that the page's style decides about light and dark:
// a cell is a rectangle of class `agree` (values above 0) or `conflict`, more
// or less opaque over the page's background; heat_map.css is the style.
// Every cell has a number where there is room, and a title with its whole
// sentence. To a screen reader the map is a table.

#pragma once

#include <string>
#include <vector>

namespace polytask {

struct HeatCell {
  double value = 0.0;   // -1 to 1; NaN: there is none
  std::string text;     // the number
  std::string meaning;  // the sentence
};

struct HeatMap {
  std::string title;                    // for a screen reader
  std::vector<std::string> rows;        // names, of any characters
  std::vector<std::string> whole_rows;  // where rows are shortened; else empty
  std::vector<std::string> columns;     // ""; no name there
  std::vector<HeatCell> cells;          // [rows, columns] row-major
  int cell_width = 0;  // pixels; 0: by the names of the columns
};

// How opaque a cell of this value is, 0 to 1: small values are to be seen.
[[nodiscard]] double heat(double value);

[[nodiscard]] std::string heat_map_svg(const HeatMap& map);

}  // namespace polytask
