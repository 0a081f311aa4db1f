#include "polytask/layers/max_pooling_layer.h"

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/layers/limits.h"

namespace polytask {
namespace {

ImageLayerSpec checked_spec(const MaxPoolingLayerOptions& o, const Shape& src) {
  require_within(kPoolSizeLimit, o.name, o.pool_size);
  if (src.size() != 3) {
    throw Error(
        Fault::shape,
        cat(o.name, ": expected an image [height, width, channels], ", "got ",
            to_text(src), "; pooling comes before flatten and dense"));
  }
  const Shape dst{src[0] / o.pool_size, src[1] / o.pool_size, src[2]};
  if (dst[0] < 1 || dst[1] < 1) {
    throw Error(Fault::shape,
                cat(o.name, ": a window of ", o.pool_size, " x ", o.pool_size,
                    " does not fit into its input ", to_text(src),
                    "; pool less, or use larger images"));
  }
  return {.name = o.name,
          .implementation = "own",
          .src = src,
          .dst = dst,
          .state_bytes = element_count(dst)};
}

}  // namespace

MaxPoolingLayer::MaxPoolingLayer(const MaxPoolingLayerOptions& options,
                                 const Shape& src)
    : masks_relu_(options.masks_relu),
      spec_(checked_spec(options, src)),
      shape_{.height = src[0],
             .width = src[1],
             .channels = src[2],
             .window = options.pool_size},
      bands_(row_bands(spec_.dst[0], options.bands, 1)) {}

void MaxPoolingLayer::forward(const ForwardPass& pass) const {
  for (int band = 0; band < bands(); ++band) forward_band(band, pass);
}

int MaxPoolingLayer::bands() const { return static_cast<int>(bands_.size()); }

void MaxPoolingLayer::forward_band(int band, const ForwardPass& pass) const {
  const RowBand& rows = bands_[static_cast<std::size_t>(band)];
  kernels::PoolShape shape = shape_;
  shape.height = rows.count * shape.window;
  const float* src = pass.src + static_cast<std::ptrdiff_t>(rows.first) *
                                    shape.window * shape.width * shape.channels;
  const std::ptrdiff_t first =
      static_cast<std::ptrdiff_t>(rows.first) * spec_.dst[1] * spec_.dst[2];
  if (pass.state == nullptr) {
    kernels::max_pool(shape, src, pass.dst + first);
  } else {
    kernels::max_pool_training(shape, {.positive_only = masks_relu_}, src,
                               pass.dst + first, pass.state + first);
  }
}

RowBand MaxPoolingLayer::written_by(int band) const {
  return bands_[static_cast<std::size_t>(band)];
}

RowBand MaxPoolingLayer::read_by(int band) const {
  const RowBand& rows = bands_[static_cast<std::size_t>(band)];
  return {.first = rows.first * shape_.window,
          .count = rows.count * shape_.window};
}

void MaxPoolingLayer::backward(const BackwardPass& pass) const {
  kernels::max_pool_backward(shape_, pass.diff_dst, pass.state, pass.diff_src);
}

std::optional<Survivors> MaxPoolingLayer::survivors(
    const std::uint8_t* state) const {
  const std::size_t windows = element_count(spec_.dst);
  return Survivors{.alive = kernels::alive_windows({state, windows}),
                   .windows = windows,
                   .elements = element_count(spec_.src)};
}

}  // namespace polytask
