// Images with exactly these answers.

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/train/stripes.h"

namespace polytask::test {

// A data set of noise: row i of `rows` is what image i answers, NaN is missing.
inline DatasetPtr answers_table(std::vector<std::string> columns,
                                const std::vector<std::vector<float>>& rows) {
  const auto size = static_cast<int>(rows.size());
  const DatasetPtr images = stripes({.size = size});
  ArrayContent content{
      .spec = images->spec(), .size = size, .source = "table", .names = {}};
  const std::size_t bytes = content.spec.bytes_per_image();
  const auto pixels = allocate_images(rows.size() * bytes);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    images->read_image(static_cast<std::int64_t>(i),
                       {pixels.get() + i * bytes, bytes});
    content.targets.insert(content.targets.end(), rows[i].begin(),
                           rows[i].end());
  }
  content.images = pixels;
  content.spec.labels = std::move(columns);
  return std::make_shared<ArrayDataset>(std::move(content));
}

}  // namespace polytask::test
