#include <algorithm>
#include <span>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/worlds/drawing/contact_sheet.h"

namespace polytask {
namespace {

void check(const DatasetSpec& spec, const ContactSheetOptions& options) {
  if (options.columns < 1 || options.rows < 1 || options.gap < 0 ||
      options.first < 0) {
    throw Error(Fault::config,
                cat("contact sheet: expected columns and rows of at least 1, "
                    "gap and first of at least 0, found ",
                    options.columns, " columns, ", options.rows, " rows, gap ",
                    options.gap, ", first ", options.first));
  }
  if (spec.pixels == PixelType::uint8 && spec.channels == 3) return;
  throw Error(
      Fault::shape,
      cat("contact sheet: expected uint8 images with 3 channels, found ",
          spec.channels, " channels of ",
          spec.pixels == PixelType::uint8 ? "uint8" : "float32"));
}

}  // namespace

ContactSheet draw_contact_sheet(const Dataset& dataset,
                                const ContactSheetOptions& options) {
  const DatasetSpec& spec = dataset.spec();
  check(spec, options);
  ContactSheet sheet;
  sheet.height = options.rows * (spec.height + options.gap) - options.gap;
  sheet.width = options.columns * (spec.width + options.gap) - options.gap;
  sheet.rgb.assign(static_cast<std::size_t>(sheet.height) *
                       static_cast<std::size_t>(sheet.width) * 3,
                   255);
  std::vector<std::uint8_t> image(spec.bytes_per_image());
  const auto line = static_cast<std::size_t>(spec.width) * 3;
  for (int place = 0; place < options.rows * options.columns; ++place) {
    const std::int64_t index = options.first + place;
    if (index >= dataset.size()) break;
    dataset.read_image(index, std::as_writable_bytes(std::span(image)));
    const int top = (place / options.columns) * (spec.height + options.gap);
    const int left = (place % options.columns) * (spec.width + options.gap);
    for (int row = 0; row < spec.height; ++row) {
      const auto to = (static_cast<std::size_t>(top + row) *
                           static_cast<std::size_t>(sheet.width) +
                       static_cast<std::size_t>(left)) *
                      3;
      std::copy_n(image.begin() + static_cast<std::ptrdiff_t>(
                                      static_cast<std::size_t>(row) * line),
                  line, sheet.rgb.begin() + static_cast<std::ptrdiff_t>(to));
    }
  }
  return sheet;
}

}  // namespace polytask
