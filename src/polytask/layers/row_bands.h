// Bands of rows, into which the work on one image is cut.

#pragma once

#include <vector>

namespace polytask {

struct RowBand {
  int first = 0;
  int count = 0;

  [[nodiscard]] int end() const { return first + count; }
  friend bool operator==(const RowBand&, const RowBand&) = default;
};

// `rows` cut into at most `most` bands, fewer where there are few rows; each
// but the last has the same number of rows, a multiple of `multiple`.
[[nodiscard]] std::vector<RowBand> row_bands(int rows, int most, int multiple);

}  // namespace polytask
