#include "polytask/layers/row_bands.h"

#include <algorithm>

namespace polytask {

std::vector<RowBand> row_bands(int rows, int most, int multiple) {
  constexpr int kFewestRows = 2;
  const int count = std::clamp(rows / kFewestRows, 1, most);
  const int even = (rows + count - 1) / count;
  const int height = (even + multiple - 1) / multiple * multiple;
  std::vector<RowBand> bands;
  for (int first = 0; first < rows; first += height) {
    bands.push_back({.first = first, .count = std::min(height, rows - first)});
  }
  return bands;
}

}  // namespace polytask
