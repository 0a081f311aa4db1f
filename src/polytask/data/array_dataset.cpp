#include "polytask/data/array_dataset.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {

ArrayDataset::ArrayDataset(ArrayContent content)
    : content_(std::move(content)) {
  const auto n = static_cast<std::size_t>(content_.size);
  const std::size_t labels = content_.spec.labels.size();
  const bool targets_ok =
      content_.targets.empty() || content_.targets.size() == n * labels;
  const bool names_ok = content_.names.empty() || content_.names.size() == n;
  if (content_.size >= 0 && targets_ok && names_ok) return;
  throw Error(Fault::shape,
              cat("data set ", content_.source, ": expected ", n,
                  " images to have ", n, " x ", labels, " targets and ", n,
                  " names (or none), got ", content_.targets.size(),
                  " targets and ", content_.names.size(), " names"));
}

const DatasetSpec& ArrayDataset::spec() const { return content_.spec; }

std::int64_t ArrayDataset::size() const { return content_.size; }

void ArrayDataset::read_image(std::int64_t index,
                              std::span<std::byte> image) const {
  const std::size_t bytes = content_.spec.bytes_per_image();
  const auto offset = static_cast<std::size_t>(index) * bytes;
  std::memcpy(image.data(), content_.images.get() + offset, bytes);
}

void ArrayDataset::read_targets(std::int64_t index,
                                std::span<float> targets) const {
  if (content_.targets.empty()) {
    std::ranges::fill(targets, std::numeric_limits<float>::quiet_NaN());
    return;
  }
  const std::size_t labels = content_.spec.labels.size();
  const auto row =
      std::span(content_.targets)
          .subspan(static_cast<std::size_t>(index) * labels, labels);
  std::ranges::copy(row, targets.begin());
}

std::string ArrayDataset::image_name(std::int64_t index) const {
  if (content_.names.empty()) return cat(content_.source, '[', index, ']');
  return content_.names[static_cast<std::size_t>(index)];
}

std::shared_ptr<std::byte> allocate_images(std::size_t bytes) {
  auto* memory = static_cast<std::byte*>(
      ::operator new (bytes, std::align_val_t{64}, std::nothrow));
  if (memory == nullptr) {
    throw Error(Fault::resource,
                cat("no memory for ", bytes >> 20, " MiB of images; smaller ",
                    "images or a part of the file need less"));
  }
  return {memory,
          [](std::byte* p) { ::operator delete (p, std::align_val_t{64}); }};
}

}  // namespace polytask
