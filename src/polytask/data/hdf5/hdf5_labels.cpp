#include "polytask/data/hdf5/hdf5_labels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <tuple>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

constexpr std::size_t kListedCells = 5;
constexpr std::size_t kMostLabels = 65536;
constexpr std::uint64_t kSlabValues = 1 << 18;
constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

[[noreturn]] void refuse(const Hdf5Dataset& dataset, const std::string& what) {
  throw Error(Fault::data, cat(dataset.place, ": ", what));
}

// NaN for missing; nothing for what `values` rules out.
std::optional<float> cell_value(double value, CellValues values) {
  if (std::isnan(value)) return kMissing;
  const auto narrowed = static_cast<float>(value);
  if (values == CellValues::numbers) {
    return std::isfinite(narrowed) ? std::optional(narrowed) : std::nullopt;
  }
  if (value == -1.0) return kMissing;
  return value == 0.0 || value == 1.0 ? std::optional(narrowed) : std::nullopt;
}

// Cells that `values` rules out, in any order.
class WrongCells {
 public:
  WrongCells(const std::vector<std::string>& names, CellValues values,
             std::uint64_t rows)
      : names_(names), values_(values), wrong_rows_(rows) {}

  void add(std::uint64_t row, std::size_t column, double value) {
    if (!wrong_rows_[row]) ++rows_;
    wrong_rows_[row] = true;
    const Cell cell{row, column, value};
    cells_.insert(std::ranges::upper_bound(cells_, cell, comes_first), cell);
    if (cells_.size() > kListedCells) cells_.pop_back();
  }

  void refuse_any(const Hdf5Dataset& labels) const {
    if (rows_ == 0) return;
    std::vector<std::string> lines;
    std::size_t listed_rows = 0;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const Cell& cell = cells_[i];
      if (i == 0 || cell.row != cells_[i - 1].row) ++listed_rows;
      lines.push_back(cat("row ", cell.row, ", column ", cell.column, " (\"",
                          names_[cell.column], "\"): ", cell.value));
    }
    std::string text = bullet_list(lines);
    const std::size_t more = rows_ - listed_rows;
    if (more > 0) text += cat("\n  and in ", more, " more rows");
    refuse(labels,
           cat("expected ",
               values_ == CellValues::labels ? "0, 1 or missing (-1 or NaN)"
                                             : "a finite number or NaN",
               " in every cell, found:", text));
  }

 private:
  struct Cell {
    std::uint64_t row = 0;
    std::size_t column = 0;
    double value = 0.0;
  };
  static bool comes_first(const Cell& a, const Cell& b) {
    return std::tie(a.row, a.column) < std::tie(b.row, b.column);
  }

  const std::vector<std::string>& names_;
  CellValues values_;
  std::vector<bool> wrong_rows_;
  std::vector<Cell> cells_;  // the first of them
  std::size_t rows_ = 0;
};

// Which axes of the dataset are those of images and of labels. Axes of length
// 1 beside them say nothing.
struct Axes {
  std::size_t row = 0;
  std::optional<std::size_t> column = std::nullopt;
};

std::optional<Axes> axes_of(const Hdf5Dataset& labels) {
  const std::size_t rank = labels.shape.size();
  if (rank == 0) return std::nullopt;
  Axes axes{.row = labels.matlab ? rank - 1 : 0};
  for (std::size_t i = 0; i < rank; ++i) {
    if (i == axes.row) continue;
    const bool only_other = rank == 2;
    if (labels.shape[i] == 1 && !only_other) continue;
    if (axes.column) return std::nullopt;
    axes.column = i;
  }
  return axes;
}

// A part of the table of labels.
struct Tile {
  std::uint64_t row = 0;
  std::uint64_t rows = 0;
  std::uint64_t column = 0;
  std::uint64_t columns = 0;
};

// Cuts the table along its chunks, so that none is unpacked twice: several
// bands of chunks at once where they are small, single chunks where they are
// large.
std::vector<Tile> tiles_of(const Hdf5Dataset& labels, const Axes& axes,
                           std::uint64_t rows, std::uint64_t columns) {
  const bool chunked = !labels.chunk.empty();
  const std::uint64_t high = chunked ? labels.chunk[axes.row] : 1;
  const std::uint64_t wide =
      chunked && axes.column ? labels.chunk[*axes.column] : columns;
  Tile step{.rows = std::min(high, rows), .columns = columns};
  if (step.rows <= kSlabValues / columns) {
    step.rows *= kSlabValues / columns / step.rows;
  } else {
    const std::uint64_t chunk = step.rows * std::min(wide, columns);
    step.columns = wide * std::max<std::uint64_t>(1, kSlabValues / chunk);
  }
  std::vector<Tile> tiles;
  for (std::uint64_t row = 0; row < rows; row += step.rows) {
    for (std::uint64_t c = 0; c < columns; c += step.columns) {
      tiles.push_back({.row = row,
                       .rows = std::min(step.rows, rows - row),
                       .column = c,
                       .columns = std::min(step.columns, columns - c)});
    }
  }
  return tiles;
}

// Where what was read goes.
struct Destination {
  CellValues values = CellValues::labels;
  std::size_t first = 0;    // column of `targets`
  std::size_t columns = 0;  // of `targets`
  std::span<float> targets;
};

// Reads a tile some rows at a time: its chunk stays in the cache of HDF5.
void read_tile(const Hdf5Dataset& labels, const Axes& axes, const Tile& tile,
               const Destination& to, WrongCells& wrong) {
  Hdf5Box box{.start = std::vector<std::uint64_t>(labels.shape.size(), 0),
              .extent = std::vector<std::uint64_t>(labels.shape.size(), 1)};
  if (axes.column) {
    box.start[*axes.column] = tile.column;
    box.extent[*axes.column] = tile.columns;
  }
  const std::uint64_t step =
      std::max<std::uint64_t>(1, kSlabValues / tile.columns);
  std::vector<double> slab(std::min(step, tile.rows) * tile.columns);
  for (std::uint64_t done = 0; done < tile.rows; done += step) {
    const std::uint64_t rows = std::min(step, tile.rows - done);
    box.start[axes.row] = tile.row + done;
    box.extent[axes.row] = rows;
    read_box(labels, box, H5T_NATIVE_DOUBLE, slab.data());
    const bool columns_first = axes.column && *axes.column < axes.row;
    for (std::uint64_t i = 0; i < rows; ++i) {
      for (std::uint64_t c = 0; c < tile.columns; ++c) {
        const double cell =
            slab[columns_first ? c * rows + i : i * tile.columns + c];
        const std::uint64_t row = tile.row + done + i;
        const std::uint64_t column = tile.column + c;
        const std::optional<float> value = cell_value(cell, to.values);
        if (!value) wrong.add(row, column, cell);
        to.targets[row * to.columns + to.first + column] =
            value.value_or(kMissing);
      }
    }
  }
}

}  // namespace

std::size_t count_labels(const Hdf5Dataset& labels, const Hdf5Dataset& images) {
  const std::optional<Axes> axes = axes_of(labels);
  if (!axes) {
    refuse(labels, cat("expected labels of shape (N, L) or (N,), found ",
                       shape_text(labels.shape)));
  }
  const H5T_class_t type = H5Tget_class(labels.type.get());
  if (type != H5T_INTEGER && type != H5T_FLOAT && type != H5T_ENUM) {
    refuse(labels, cat("expected labels of an integer, float or bool type, "
                       "found ",
                       hdf5_type_name(labels.type.get())));
  }
  const std::uint64_t rows = labels.shape[axes->row];
  const std::uint64_t count = axes->column ? labels.shape[*axes->column] : 1;
  if (rows != images.shape[0]) {
    const bool turned = labels.matlab && count == images.shape[0];
    refuse(labels, cat("expected a row for each of the ", images.shape[0],
                       " images of ", images.place, ", found ", rows,
                       turned ? "; transpose it, in MATLAB: y = y'"
                              : "; images and labels must be of one length"));
  }
  if (count < 1 || count > kMostLabels) {
    refuse(labels, cat("expected 1 to ", kMostLabels, " labels, found shape ",
                       shape_text(labels.shape)));
  }
  return count;
}

bool is_vector(const Hdf5Dataset& labels) {
  const std::optional<Axes> axes = axes_of(labels);
  if (!axes) return false;
  return !axes->column || (labels.matlab && labels.shape[*axes->column] == 1);
}

void read_targets(const Hdf5Dataset& labels,
                  const std::vector<std::string>& names, CellValues values,
                  std::size_t first, std::size_t columns,
                  std::span<float> targets) {
  const Axes axes = axes_of(labels).value();
  const std::uint64_t rows = labels.shape[axes.row];
  const Destination to{
      .values = values, .first = first, .columns = columns, .targets = targets};
  WrongCells wrong(names, values, rows);
  for (const Tile& tile : tiles_of(labels, axes, rows, names.size())) {
    read_tile(labels, axes, tile, to, wrong);
  }
  wrong.refuse_any(labels);
}

}  // namespace polytask
