// A data set: images of one size, each with the same columns of answers: yes/no
// labels, numbers of classes, measured numbers.
//
// The interface every reader produces and every view (a split, a subset)
// wraps. Pixels stay as they are in the file; the network scales them in its
// first layer. Immutable: any number of threads may read at once.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "polytask/tensor/shape.h"

namespace polytask {

// {"weather", {"clear", "rain"}}: a 1 in this column means rain.
struct ColumnClasses {
  std::string column;
  std::vector<std::string> names;
  // The names are the cells of a table as they are written, each once, in the
  // order people count: "010" and "10" are two. Whether they are classes,
  // numbers, or yes and no, is decided by who asks (see columns.h).
  bool as_written = false;
  bool decimal_comma = false;  // "2,5" among them is a number

  bool operator==(const ColumnClasses&) const = default;
};

// A column that is there but cannot answer any question, and why.
struct UnusableColumn {
  std::string column;
  std::string reason;

  bool operator==(const UnusableColumn&) const = default;
};

// What a reader lets through as an answer.
enum class CellValues {
  labels,  // 0, 1, missing (-1, NaN, an empty cell); everything else is refused
  numbers,  // any finite number, -1 too, or missing (NaN, an empty cell), and
            // any text of a table: what a column means is checked by who uses
            // it (see columns.h)
};

// What a -1 among labels means: an answer that is missing, or a no. `ask`: it
// is missing where there are zeros as well; where all labels are 1 and -1, only
// a person knows, and is asked.
enum class MinusOne { ask, no, missing };

struct DatasetSpec {
  int height = 0;    // pixels
  int width = 0;     // pixels
  int channels = 0;  // 1 or 3
  PixelType pixels = PixelType::uint8;
  std::vector<std::string> labels;  // names in column order; may be empty

  // Of the columns that hold numbers of classes and whose classes have names.
  std::vector<ColumnClasses> classes;

  std::vector<UnusableColumn> unusable;
  MinusOne minus_one = MinusOne::missing;

  [[nodiscard]] std::size_t values_per_image() const {
    return static_cast<std::size_t>(height) * static_cast<std::size_t>(width) *
           static_cast<std::size_t>(channels);
  }
  [[nodiscard]] std::size_t bytes_per_image() const {
    return values_per_image() * size_of(pixels);
  }
};

class Dataset {
 public:
  virtual ~Dataset() = default;

  [[nodiscard]] virtual const DatasetSpec& spec() const = 0;
  [[nodiscard]] virtual std::int64_t size() const = 0;  // images

  // Overwrites `image` with image `index`, [H, W, C] row-major in
  // spec().pixels.
  //   image   spec().bytes_per_image() bytes
  virtual void read_image(std::int64_t index,
                          std::span<std::byte> image) const = 0;

  // Overwrites `targets`, [L]: 0 or 1 for a label, the number of a class, a
  // measured number; NaN where it is missing.
  virtual void read_targets(std::int64_t index,
                            std::span<float> targets) const = 0;

  // What to call image `index` in messages and result files:
  // "scenes.h5[17]", "images/17.jpg".
  [[nodiscard]] virtual std::string image_name(std::int64_t index) const = 0;
};

using DatasetPtr = std::shared_ptr<const Dataset>;

// A part of a data set, in an order of its own: a view, nothing is copied.
// Image i of the view is image indices[i] of `data`, and keeps its name. An
// index may appear more than once.
// Throws Fault::shape when there is no data or an index is out of range.
[[nodiscard]] DatasetPtr subset(DatasetPtr data,
                                std::vector<std::int64_t> indices);

}  // namespace polytask
