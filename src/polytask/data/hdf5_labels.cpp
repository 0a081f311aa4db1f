#include "polytask/data/hdf5_labels.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/label_names.h"

namespace polytask {
namespace {

constexpr std::size_t kListedCells = 5;
constexpr std::size_t kMostLabels = 65536;
constexpr std::uint64_t kSlabValues = 1 << 16;
constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

[[noreturn]] void refuse(const Hdf5Dataset& dataset, const std::string& what) {
  throw Error(Fault::data, cat(dataset.place, ": ", what));
}

// Texts of varying length: HDF5 allocates each.
std::vector<std::string> read_varying(hid_t attribute, hid_t space,
                                      std::size_t count) {
  const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  const Hdf5Handle stored(H5Aget_type(attribute), H5Tclose);
  H5Tset_size(type.get(), H5T_VARIABLE);
  H5Tset_cset(type.get(), H5Tget_cset(stored.get()));
  std::vector<char*> texts(count, nullptr);
  if (H5Aread(attribute, type.get(), texts.data()) < 0) return {};
  std::vector<std::string> names;
  names.reserve(count);
  for (const char* text : texts) {
    names.emplace_back(
        text == nullptr ? "" : text,
        text == nullptr ? 0 : strnlen(text, kLongestLabelName + 1));
  }
  H5Dvlen_reclaim(type.get(), space, H5P_DEFAULT, texts.data());
  return names;
}

// Texts of one length, padded with zeros or spaces.
std::vector<std::string> read_fixed(hid_t attribute, hid_t type,
                                    std::size_t count) {
  const std::size_t size = H5Tget_size(type);
  if (size > kLongestLabelName) return {};
  std::string bytes(count * size, '\0');
  if (H5Aread(attribute, type, bytes.data()) < 0) return {};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    std::string name(bytes, i * size, strnlen(&bytes[i * size], size));
    if (H5Tget_strpad(type) == H5T_STR_SPACEPAD) {
      name.erase(name.find_last_not_of(' ') + 1);
    }
    names.push_back(std::move(name));
  }
  return names;
}

// Nothing when there is no such list of texts: the name may mean another
// thing there.
std::optional<std::vector<std::string>> read_names(const Hdf5Dataset& labels,
                                                   const char* name) {
  if (H5Aexists(labels.id.get(), name) <= 0) return std::nullopt;
  const Hdf5Handle attribute(H5Aopen(labels.id.get(), name, H5P_DEFAULT),
                             H5Aclose);
  if (!attribute) return std::nullopt;
  const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose);
  const Hdf5Handle space(H5Aget_space(attribute.get()), H5Sclose);
  if (H5Tget_class(type.get()) != H5T_STRING ||
      H5Sget_simple_extent_ndims(space.get()) != 1) {
    return std::nullopt;
  }
  const hssize_t points = H5Sget_simple_extent_npoints(space.get());
  if (points < 1 || points > static_cast<hssize_t>(kMostLabels)) {
    return std::nullopt;
  }
  const auto count = static_cast<std::size_t>(points);
  return H5Tis_variable_str(type.get()) > 0
             ? read_varying(attribute.get(), space.get(), count)
             : read_fixed(attribute.get(), type.get(), count);
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

// Cells that `values` rules out.
class WrongCells {
 public:
  WrongCells(const std::vector<std::string>& names, CellValues values)
      : names_(names), values_(values) {}

  void add(std::uint64_t row, std::size_t column, double value) {
    if (row == last_row_) return note(row, column, value);
    last_row_ = row;
    ++rows_;
    note(row, column, value);
  }

  void refuse_any(const Hdf5Dataset& labels) const {
    if (rows_ == 0) return;
    std::string text = bullet_list(cells_);
    const std::size_t more = rows_ - listed_rows_;
    if (more > 0) text += cat("\n  and in ", more, " more rows");
    refuse(labels,
           cat("expected ",
               values_ == CellValues::labels ? "0, 1 or missing (-1 or NaN)"
                                             : "a finite number or NaN",
               " in every cell, found:", text));
  }

 private:
  void note(std::uint64_t row, std::size_t column, double value) {
    if (cells_.size() == kListedCells) return;
    listed_rows_ = rows_;
    cells_.push_back(cat("row ", row, ", column ", column, " (\"",
                         names_[column], "\"): ", value));
  }

  const std::vector<std::string>& names_;
  CellValues values_;
  std::vector<std::string> cells_;
  std::size_t rows_ = 0;
  std::size_t listed_rows_ = 0;
  std::uint64_t last_row_ = std::numeric_limits<std::uint64_t>::max();
};

}  // namespace

std::size_t count_labels(const Hdf5Dataset& labels, const Hdf5Dataset& images) {
  const std::size_t rank = labels.shape.size();
  if (rank != 1 && rank != 2) {
    refuse(labels, cat("expected labels of shape (N, L) or (N,), found ",
                       shape_text(labels.shape)));
  }
  const H5T_class_t type = H5Tget_class(labels.type.get());
  if (type != H5T_INTEGER && type != H5T_FLOAT && type != H5T_ENUM) {
    refuse(labels, cat("expected labels of an integer, float or bool type, "
                       "found ",
                       hdf5_type_name(labels.type.get())));
  }
  if (labels.shape[0] != images.shape[0]) {
    refuse(labels, cat("expected a row for each of the ", images.shape[0],
                       " images of ", images.place, ", found ", labels.shape[0],
                       "; images and labels must be of one length"));
  }
  const std::uint64_t count = rank == 1 ? 1 : labels.shape[1];
  if (count < 1 || count > kMostLabels) {
    refuse(labels, cat("expected 1 to ", kMostLabels, " labels, found shape ",
                       shape_text(labels.shape)));
  }
  return count;
}

std::vector<std::string> label_names(const Hdf5Dataset& labels,
                                     std::size_t count,
                                     const std::vector<std::string>& chosen) {
  if (!chosen.empty()) {
    check_label_names(chosen, count, labels.place, Fault::config);
    return chosen;
  }
  for (const char* name : {"labels", "label_names", "names"}) {
    const auto found = read_names(labels, name);
    if (!found) continue;
    check_label_names(*found, count,
                      cat(labels.place, ", attribute \"", name, "\""),
                      Fault::data);
    return *found;
  }
  return default_label_names(count);
}

std::vector<std::string> class_names(const Hdf5Dataset& labels) {
  const auto found = read_names(labels, "classes");
  if (!found) return {};
  check_label_names(*found, found->size(),
                    cat(labels.place, ", attribute \"classes\""), Fault::data);
  return *found;
}

void read_targets(const Hdf5Dataset& labels,
                  const std::vector<std::string>& names, CellValues values,
                  std::size_t first, std::size_t columns,
                  std::span<float> targets) {
  const std::size_t own = names.size();
  const std::uint64_t rows = labels.shape[0];
  const std::uint64_t step = std::max<std::uint64_t>(1, kSlabValues / own);
  std::vector<double> slab(std::min(rows, step) * own);
  WrongCells wrong(names, values);
  for (std::uint64_t begin = 0; begin < rows; begin += step) {
    const std::uint64_t count = std::min(step, rows - begin);
    read_rows(labels, begin, count, H5T_NATIVE_DOUBLE, slab.data());
    for (std::size_t i = 0; i < count * own; ++i) {
      const std::uint64_t row = begin + i / own;
      const std::optional<float> value = cell_value(slab[i], values);
      if (!value) wrong.add(row, i % own, slab[i]);
      targets[row * columns + first + i % own] = value.value_or(kMissing);
    }
  }
  wrong.refuse_any(labels);
}

}  // namespace polytask
