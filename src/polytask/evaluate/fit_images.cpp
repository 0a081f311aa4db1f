#include "polytask/evaluate/fit_images.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/resized_dataset.h"

namespace polytask {
namespace {

constexpr double kWhite = 255.0;  // of whole numbers

// ITU-R 601, in 16 bits as Pillow has it.
std::uint8_t luma(const std::uint8_t* rgb) {
  return static_cast<std::uint8_t>(
      (rgb[0] * 19595u + rgb[1] * 38470u + rgb[2] * 7471u + 0x8000u) >> 16);
}

float luma(const float* rgb) {
  return 0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2];
}

// [pixels, from] -> [pixels, to]; 1 and 3 channels.
template <class Value>
void change_channels(std::span<const Value> src, int from, int to,
                     std::span<Value> dst) {
  const std::size_t pixels = src.size() / static_cast<std::size_t>(from);
  for (std::size_t i = 0; i < pixels; ++i) {
    if (from == to) {
      std::copy_n(src.data() + i * from, from, dst.data() + i * to);
    } else if (to == 1) {
      dst[i] = luma(src.data() + 3 * i);
    } else {
      std::fill_n(dst.data() + 3 * i, 3, src[i]);
    }
  }
}

class FittedDataset final : public Dataset {
 public:
  FittedDataset(DatasetPtr data, int channels, float factor)
      : data_(std::move(data)), spec_(data_->spec()), factor_(factor) {
    spec_.channels = channels;
  }

  [[nodiscard]] const DatasetSpec& spec() const override { return spec_; }
  [[nodiscard]] std::int64_t size() const override { return data_->size(); }
  void read_image(std::int64_t index,
                  std::span<std::byte> image) const override {
    if (spec_.pixels == PixelType::uint8) {
      read_bytes(index, image);
    } else {
      read_fractions(index, image);
    }
  }
  void read_targets(std::int64_t index,
                    std::span<float> targets) const override {
    data_->read_targets(index, targets);
  }
  [[nodiscard]] std::string image_name(std::int64_t index) const override {
    return data_->image_name(index);
  }

 private:
  template <class Value>
  [[nodiscard]] std::vector<Value> source(std::int64_t index) const {
    std::vector<Value> values(data_->spec().values_per_image());
    data_->read_image(index, std::as_writable_bytes(std::span(values)));
    return values;
  }

  void read_bytes(std::int64_t index, std::span<std::byte> image) const {
    change_channels<std::uint8_t>(
        source<std::uint8_t>(index), data_->spec().channels, spec_.channels,
        {reinterpret_cast<std::uint8_t*>(image.data()), image.size()});
  }

  void read_fractions(std::int64_t index, std::span<std::byte> image) const {
    const std::span<float> result(reinterpret_cast<float*>(image.data()),
                                  spec_.values_per_image());
    change_channels<float>(source<float>(index), data_->spec().channels,
                           spec_.channels, result);
    for (float& value : result) value *= factor_;
  }

  DatasetPtr data_;
  DatasetSpec spec_;
  float factor_;  // of float32 pixels
};

struct Range {
  float least = std::numeric_limits<float>::infinity();
  float largest = -std::numeric_limits<float>::infinity();
};

Range range_of(const Dataset& data) {
  Range range;
  std::vector<float> image(data.spec().values_per_image());
  for (std::int64_t i = 0; i < data.size(); ++i) {
    data.read_image(i, std::as_writable_bytes(std::span(image)));
    for (const float value : image) {
      range.least = std::min(range.least, value);
      range.largest = std::max(range.largest, value);
    }
  }
  return range;
}

// What fractions have to be multiplied by.
float factor_for(const Dataset& data, const Preprocessing& scales,
                 std::vector<std::string>& notes) {
  if (data.spec().pixels == PixelType::uint8 || data.size() == 0) return 1.0f;
  const double white = kWhite * scales.uint8_scale / scales.float32_scale;
  const bool takes_bytes = std::abs(white - kWhite) < 1e-3;
  const bool takes_fractions = std::abs(white - 1.0) < 1e-6;
  if (!takes_bytes && !takes_fractions) return 1.0f;  // A scale of their own.
  const auto [least, largest] = range_of(data);
  const std::string found =
      cat("the pixels are fractions from ", least, " to ", largest);
  if (takes_fractions && least >= 0.0f && largest > 2.0f && largest <= 255.0f) {
    notes.push_back(cat(found, ", the model takes 0 to 1: divided by 255"));
    return static_cast<float>(1.0 / kWhite);
  }
  if (!takes_bytes) return 1.0f;
  if (least >= 0.0f && largest > 0.0f && largest <= 1.0f) {
    notes.push_back(
        cat(found, ", the model takes 0 to 255: multiplied by 255"));
    return static_cast<float>(kWhite);
  }
  if (least >= 0.0f && largest <= 255.0f) return 1.0f;
  throw Error(Fault::data,
              cat(data.image_name(0), " and others: ", found,
                  ", the model takes 0 to 255; store the pixels as the model's "
                  "training images are stored"));
}

}  // namespace

FittedImages fit_images(const DatasetPtr& data, const ModelSpec& model) {
  FittedImages fitted{.data = data, .notes = {}};
  const float factor = factor_for(*data, model.preprocessing, fitted.notes);
  const int channels = model.image[2];
  fitted.data = resized(data, model.image[0], model.image[1]);
  if (factor != 1.0f || data->spec().channels != channels) {
    fitted.data =
        std::make_shared<FittedDataset>(fitted.data, channels, factor);
  }
  return fitted;
}

}  // namespace polytask
