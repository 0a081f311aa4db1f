#include "polytask/data/hdf5/hdf5_images.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/hdf5/hdf5_storage.h"

namespace polytask {
namespace {

constexpr std::uint64_t kSlabBytes = std::uint64_t{4} << 20;
constexpr std::size_t kListedRows = 5;

[[noreturn]] void refuse(const Hdf5Dataset& dataset, const std::string& what) {
  throw Error(Fault::data, cat(dataset.place, ": ", what));
}

// Bytes keep the values 0 to 255 alone: uint16 needs a scale.
std::string conversion_of(hid_t type) {
  const H5T_class_t kind = H5Tget_class(type);
  if (kind == H5T_ENUM) {
    return "; convert them, in Python with x.astype(\"uint8\") * 255";
  }
  if (kind != H5T_INTEGER) return "; store the pixels as numbers";
  const bool wide = H5Tget_size(type) == 2 && H5Tget_sign(type) == H5T_SGN_NONE;
  return cat(
      "; convert them, in Python: x.astype(\"uint8\") keeps values of "
      "0 to 255 and no others, larger ones take ",
      wide ? "(x / 65535)" : "(x / largest)",
      ".astype(\"float32\"), divided by the largest value that can "
      "occur");
}

PixelType pixel_type(const Hdf5Dataset& dataset) {
  const hid_t type = dataset.type.get();
  if (H5Tget_class(type) == H5T_FLOAT) return PixelType::float32;
  const bool is_uint8 = H5Tget_class(type) == H5T_INTEGER &&
                        H5Tget_size(type) == 1 &&
                        H5Tget_sign(type) == H5T_SGN_NONE;
  if (is_uint8) return PixelType::uint8;
  refuse(dataset, cat("expected images of uint8 or a float type, found ",
                      hdf5_type_name(type), conversion_of(type)));
}

bool is_channel_count(std::uint64_t d) { return d == 1 || d == 3; }

bool channels_first(const Hdf5Dataset& dataset, ImageLayout layout) {
  const bool nchw = is_channel_count(dataset.shape[1]);
  const bool nhwc = is_channel_count(dataset.shape[3]);
  const std::string shape = shape_text(dataset.shape);
  switch (layout) {
    case ImageLayout::nchw:
      if (nchw) return true;
      refuse(dataset, cat("layout is nchw: expected 1 or 3 channels on the "
                          "second axis, found shape ",
                          shape));
    case ImageLayout::nhwc:
      if (nhwc) return false;
      refuse(dataset, cat("layout is nhwc: expected 1 or 3 channels on the "
                          "last axis, found shape ",
                          shape));
    case ImageLayout::automatic:
      break;
  }
  if (nchw != nhwc) return nchw;
  if (nchw) {
    refuse(dataset, cat("shape ", shape,
                        " can be read both as (N, C, H, W) "
                        "and as (N, H, W, C); say which with the option "
                        "layout: nchw or nhwc"));
  }
  refuse(dataset, cat("expected 1 or 3 channels on the second or on the last "
                      "axis, found shape ",
                      shape));
}

void require_rank_4(const Hdf5Dataset& dataset) {
  if (dataset.shape.size() == 4) return;
  const char* advice =
      dataset.shape.size() == 3
          ? "; give grey images a channel axis: reshape to (N, 1, H, W)"
          : "";
  refuse(dataset, cat("expected images of shape (N, C, H, W) or (N, H, W, C), "
                      "found ",
                      shape_text(dataset.shape), advice));
}

void require_sizes(const Hdf5Dataset& dataset) {
  const auto too_long = [](std::uint64_t d) { return d > 65535; };
  if (std::ranges::find(dataset.shape, 0u) != dataset.shape.end()) {
    refuse(dataset, cat("expected at least one image of at least one pixel, "
                        "found shape ",
                        shape_text(dataset.shape)));
  }
  if (std::any_of(dataset.shape.begin() + 1, dataset.shape.end(), too_long)) {
    refuse(dataset, cat("expected images of at most 65535 pixels a side, "
                        "found shape ",
                        shape_text(dataset.shape)));
  }
}

std::uint64_t rows_per_slab(const Hdf5Dataset& dataset,
                            const Hdf5ImagePlan& plan) {
  // A chunk is unpacked as a whole, so it is read as a whole: once.
  std::uint64_t unit = 1;
  if (!dataset.chunk.empty()) unit = std::max(unit, dataset.chunk[0]);
  unit = std::min(unit, plan.images);
  const std::uint64_t unit_bytes = unit * plan.spec.bytes_per_image();
  const std::uint64_t units =
      std::max<std::uint64_t>(1, kSlabBytes / unit_bytes);
  return std::min(plan.images, units * unit);
}

// [C, H, W] to [H, W, C].
template <class Value>
void move_channels_last(const Value* src, const DatasetSpec& spec, Value* dst) {
  const std::size_t area =
      spec.values_per_image() / static_cast<std::size_t>(spec.channels);
  if (spec.channels == 3) {
    for (std::size_t i = 0; i < area; ++i) {
      dst[3 * i] = src[i];
      dst[3 * i + 1] = src[area + i];
      dst[3 * i + 2] = src[2 * area + i];
    }
    return;
  }
  std::memcpy(dst, src, area * sizeof(Value));
}

// [C, W, H] to [H, W, C].
template <class Value>
void turn_planes(const Value* src, const DatasetSpec& spec, Value* dst) {
  const auto height = static_cast<std::size_t>(spec.height);
  const auto width = static_cast<std::size_t>(spec.width);
  const auto channels = static_cast<std::size_t>(spec.channels);
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      for (std::size_t c = 0; c < channels; ++c) {
        *dst++ = src[(c * width + x) * height + y];
      }
    }
  }
}

template <class Value>
void reorder(const std::byte* slab, std::uint64_t rows,
             const Hdf5ImagePlan& plan, std::byte* out) {
  const std::size_t bytes = plan.spec.bytes_per_image();
  for (std::uint64_t row = 0; row < rows; ++row) {
    const auto* src = reinterpret_cast<const Value*>(slab + row * bytes);
    auto* dst = reinterpret_cast<Value*>(out + row * bytes);
    if (plan.planes_turned) {
      turn_planes(src, plan.spec, dst);
    } else {
      move_channels_last(src, plan.spec, dst);
    }
  }
}

// MATLAB's own order of images is H x W x C x N, in the file [N, C, W, H].
// Other orders could only be guessed, and would come out mirrored.
Hdf5ImagePlan plan_matlab_images(const Hdf5Dataset& dataset) {
  const std::vector<std::uint64_t> size(dataset.shape.rbegin(),
                                        dataset.shape.rend());
  if (size.size() == 4 && is_channel_count(size[2])) {
    Hdf5ImagePlan plan{.images = size[3], .planes_turned = true};
    plan.spec.height = static_cast<int>(size[0]);
    plan.spec.width = static_cast<int>(size[1]);
    plan.spec.channels = static_cast<int>(size[2]);
    return plan;
  }
  const char* cure = "";
  if (size.size() == 3) {
    cure = "; in MATLAB: x = reshape(x, size(x, 1), size(x, 2), 1, [])";
  } else if (size.size() == 4 && is_channel_count(size[3])) {
    cure = "; from N x H x W x C in MATLAB: x = permute(x, [2 3 4 1])";
  } else if (size.size() == 4 && is_channel_count(size[1])) {
    cure = "; from N x C x H x W in MATLAB: x = permute(x, [3 4 2 1])";
  } else if (size.size() == 4 && is_channel_count(size[0])) {
    cure = "; from C x H x W x N in MATLAB: x = permute(x, [2 3 1 4])";
  }
  std::vector<std::string> sizes;
  for (const std::uint64_t d : size) sizes.push_back(cat(d));
  refuse(dataset, cat("expected images of MATLAB as H x W x C x N, C = 1 or 3, "
                      "found ",
                      join(sizes, " x "), cure));
}

// The rows that hold a NaN or an infinity.
class NonFiniteRows {
 public:
  void check(std::uint64_t row, const float* image, std::size_t values) {
    // One sum instead of a branch a pixel: it is finite only if all are
    // (float values cannot overflow a double sum).
    double sum = 0.0;
    for (std::size_t i = 0; i < values; ++i) sum += double{image[i]} * 0.0;
    if (sum == 0.0) return;
    if (rows_.size() < kListedRows) rows_.push_back(cat("row ", row));
    ++count_;
  }

  void refuse_any(const Hdf5Dataset& dataset) const {
    if (count_ == 0) return;
    std::string text = join(rows_);
    if (count_ > rows_.size())
      text += cat(" and ", count_ - rows_.size(), " more");
    refuse(dataset, cat("expected pixels that are finite float32 numbers, "
                        "found NaN or infinity in ",
                        text, "; leave these images out or repair them"));
  }

 private:
  std::vector<std::string> rows_;
  std::size_t count_ = 0;
};

}  // namespace

Hdf5ImagePlan plan_images(const Hdf5Dataset& dataset, ImageLayout layout) {
  if (dataset.matlab) {
    Hdf5ImagePlan plan = plan_matlab_images(dataset);
    require_sizes(dataset);
    plan.spec.pixels = pixel_type(dataset);
    return plan;
  }
  require_rank_4(dataset);
  require_sizes(dataset);
  Hdf5ImagePlan plan;
  plan.spec.pixels = pixel_type(dataset);
  plan.channels_first = channels_first(dataset, layout);
  plan.images = dataset.shape[0];
  const std::size_t height = plan.channels_first ? 2 : 1;
  const std::size_t channels = plan.channels_first ? 1 : 3;
  plan.spec.height = static_cast<int>(dataset.shape[height]);
  plan.spec.width = static_cast<int>(dataset.shape[height + 1]);
  plan.spec.channels = static_cast<int>(dataset.shape[channels]);
  return plan;
}

void read_images(const Hdf5Dataset& dataset, const Hdf5ImagePlan& plan,
                 std::byte* out) {
  const bool is_float = plan.spec.pixels == PixelType::float32;
  const hid_t type = is_float ? H5T_NATIVE_FLOAT : H5T_NATIVE_UINT8;
  const std::size_t image = plan.spec.bytes_per_image();
  const std::uint64_t step = rows_per_slab(dataset, plan);
  const bool reorders =
      plan.planes_turned || (plan.channels_first && plan.spec.channels == 3);
  std::vector<std::byte> slab(reorders ? step * image : 0);
  NonFiniteRows non_finite;
  for (std::uint64_t row = 0; row < plan.images; row += step) {
    const std::uint64_t rows = std::min(step, plan.images - row);
    std::byte* dst = out + row * image;
    read_rows(dataset, row, rows, type, reorders ? slab.data() : dst);
    if (reorders && is_float) {
      reorder<float>(slab.data(), rows, plan, dst);
    } else if (reorders) {
      reorder<std::uint8_t>(slab.data(), rows, plan, dst);
    }
    for (std::uint64_t i = 0; is_float && i < rows; ++i) {
      non_finite.check(row + i, reinterpret_cast<float*>(dst + i * image),
                       plan.spec.values_per_image());
    }
  }
  non_finite.refuse_any(dataset);
}

std::size_t scratch_bytes(const Hdf5Dataset& dataset,
                          const Hdf5ImagePlan& plan) {
  return rows_per_slab(dataset, plan) * plan.spec.bytes_per_image() +
         3 * chunk_bytes(dataset);
}

}  // namespace polytask
