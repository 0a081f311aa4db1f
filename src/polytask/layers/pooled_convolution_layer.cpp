#include "polytask/layers/pooled_convolution_layer.h"

#include <algorithm>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/layers/convolution_layer.h"
#include "polytask/layers/max_pooling_layer.h"
#include "polytask/tensor/workspace.h"

namespace polytask {
namespace {

enum Parameter : std::size_t { kKernel, kBias };

constexpr int kKernelSize = 3;
constexpr int kWindow = 2;
constexpr int kLeastChannels = 8;  // below, most of a vector would be zeros

ConvolutionLayerOptions convolution_of(const PooledConvolutionLayerOptions& o) {
  return {.name = o.name,
          .filters = o.filters,
          .kernel_size = kKernelSize,
          .same_padding = o.same_padding,
          .relu = o.relu,
          .with_backward = false,
          .whole_src = o.whole_src,
          .read = {.rows = kWindow * o.read.rows,
                   .columns = kWindow * o.read.columns}};
}

// Of the convolution's result, rows of the pool's windows together.
std::vector<RowBand> bands_of(const onednn::ConvolutionOptions& c, int wanted) {
  constexpr int kBandBytes = 256 << 10;  // a part of the second cache
  const int rows = onednn::result_rows(c);
  if (wanted > 0) return row_bands(rows, wanted, kWindow);
  const auto bytes = sizeof(float) * static_cast<std::size_t>(rows) *
                     static_cast<std::size_t>(onednn::result_columns(c)) *
                     static_cast<std::size_t>(c.filters);
  const std::size_t most = (bytes + kBandBytes - 1) / kBandBytes;
  return row_bands(rows, static_cast<int>(most), kWindow);
}

}  // namespace

bool PooledConvolutionLayer::pays(int channels, int kernel_size, int stride,
                                  int pool_size) {
  return obstacle(channels, kernel_size, stride, pool_size).empty();
}

std::string PooledConvolutionLayer::obstacle(int channels, int kernel_size,
                                             int stride, int pool_size) {
  if (!kernels::has_vector_fma()) return "no AVX2";
  if (kernel_size != kKernelSize) {
    return cat("kernel ", kernel_size, " x ", kernel_size);
  }
  if (stride != 1) return cat("stride ", stride);
  if (pool_size != kWindow) return cat("pool ", pool_size, " x ", pool_size);
  if (channels < kLeastChannels) {
    return cat(channels, channels == 1 ? " channel only" : " channels only");
  }
  return "";
}

PooledConvolutionLayer::PooledConvolutionLayer(
    const PooledConvolutionLayerOptions& options, const Shape& src)
    : options_(options),
      geometry_(ConvolutionLayer::geometry(convolution_of(options), src)),
      banded_(options.name, geometry_, bands_of(geometry_, options.bands)) {
  const Shape result{onednn::result_rows(geometry_),
                     onednn::result_columns(geometry_), options.filters};
  const ImageLayerSpec pooled =
      MaxPoolingLayer({.name = options.pool_name, .pool_size = kWindow}, result)
          .spec();
  if (options.dropout) (void)DropoutLayer(*options.dropout, pooled.dst);
  pool_ = {.height = result[0],
           .width = result[1],
           .channels = result[2],
           .window = kWindow};
  shape_ = {.height = src[0],
            .width = src[1],
            .channels = src[2],
            .filters = options.filters,
            .pad_top = geometry_.pad_top,
            .pad_left = geometry_.pad_left,
            .rows = kWindow * pooled.dst[0],
            .columns = kWindow * pooled.dst[1]};
  spec_.src = src;
  spec_.dst = pooled.dst;
  describe(result);
}

//   result   of the convolution
void PooledConvolutionLayer::describe(const Shape& result) {
  const onednn::Convolution& convolution = banded_.whole();
  const Shape kernel{kKernelSize, kKernelSize, spec_.src[2], options_.filters};
  spec_.name = cat(options_.name, " + ", options_.pool_name);
  if (options_.dropout) spec_.name += " + " + options_.dropout->name;
  spec_.parameters = {{options_.name + "/kernel", kernel},
                      {options_.name + "/bias", {options_.filters}}};
  spec_.forward_flops = 2.0 * static_cast<double>(element_count(result)) *
                        kKernelSize * kKernelSize * spec_.src[2];
  spec_.implementation = convolution.implementation();
  spec_.prepared_count = convolution.prepared_count();
  const std::size_t windows = element_count(spec_.dst);
  bits_offset_ = WorkspacePlan::aligned(element_count(result));
  inner_scratch_offset_ =
      bits_offset_ +
      WorkspacePlan::aligned(kernels::bit_bytes(windows) / sizeof(float) + 1);
  spec_.scratch_count = inner_scratch_offset_ + banded_.scratch_count();
  if (!options_.with_backward) return;
  spec_.implementation += ", backward own lists of winners";
  packed_offset_ = WorkspacePlan::aligned(spec_.prepared_count);
  spec_.prepared_count = packed_offset_ + kernels::block_weights_count(shape_);
  bias_offset_ = WorkspacePlan::aligned(kernels::block_weights_count(shape_));
  spec_.gradient_count =
      bias_offset_ + static_cast<std::size_t>(options_.filters);
  spec_.scratch_count =
      std::max(spec_.scratch_count, kernels::scratch_count(shape_));
  spec_.state_bytes = windows;
  spec_.backward_reads_src = true;
  spec_.backward_skips_zeros = true;
}

int PooledConvolutionLayer::prepare_parts() const {
  return banded_.whole().prepare_parts() + (options_.with_backward ? 1 : 0);
}

void PooledConvolutionLayer::prepare_part(
    int part, std::span<const std::span<const float>> parameters,
    float* prepared) const {
  if (part < banded_.whole().prepare_parts()) {
    banded_.prepare_part(part, parameters[kKernel], parameters[kBias],
                         prepared);
  } else {
    kernels::pack_weights(shape_, parameters[kKernel],
                          prepared + packed_offset_);
  }
}

void PooledConvolutionLayer::forward(const ForwardPass& pass) const {
  draw_dropout(pass);
  for (int band = 0; band < bands(); ++band) pool_band(band, pass);
}

// Each thread draws all of the dropout into its own scratch.
void PooledConvolutionLayer::forward_band(int band,
                                          const ForwardPass& pass) const {
  draw_dropout(pass);
  pool_band(band, pass);
}

int PooledConvolutionLayer::bands() const {
  return static_cast<int>(banded_.bands().size());
}

RowBand PooledConvolutionLayer::written_by(int band) const {
  const RowBand& rows = banded_.bands()[static_cast<std::size_t>(band)];
  return {.first = rows.first / kWindow, .count = rows.count / kWindow};
}

RowBand PooledConvolutionLayer::read_by(int band) const {
  return banded_.read_by(static_cast<std::size_t>(band));
}

std::span<std::uint8_t> PooledConvolutionLayer::dropout_bits_in(
    float* scratch) const {
  return {reinterpret_cast<std::uint8_t*>(scratch + bits_offset_),
          kernels::bit_bytes(element_count(spec_.dst))};
}

void PooledConvolutionLayer::draw_dropout(const ForwardPass& pass) const {
  if (pass.state == nullptr || !options_.dropout) return;
  kernels::dropout_bits(pass.key, options_.dropout->address,
                        options_.dropout->rate, dropout_bits_in(pass.scratch));
}

void PooledConvolutionLayer::pool_band(int band,
                                       const ForwardPass& pass) const {
  const RowBand& rows = banded_.bands()[static_cast<std::size_t>(band)];
  float* result = pass.scratch;
  banded_.forward(static_cast<std::size_t>(band), pass.src, pass.prepared,
                  result, pass.scratch + inner_scratch_offset_);
  kernels::PoolShape pool = pool_;
  pool.height = rows.count;
  const auto first = static_cast<std::size_t>(rows.first / kWindow) *
                     static_cast<std::size_t>(spec_.dst[1] * spec_.dst[2]);
  if (pass.state == nullptr) {
    kernels::max_pool(pool, result, pass.dst + first);
    return;
  }
  kernels::PoolExtras extras{.positive_only = options_.relu};
  if (options_.dropout) {
    constexpr std::size_t kBitsInByte = 8;  // and channels are a multiple of 8
    extras.kept = dropout_bits_in(pass.scratch).data() + first / kBitsInByte;
    extras.scale = kernels::kept_scale(options_.dropout->rate);
  }
  kernels::max_pool_training(pool, extras, result, pass.dst + first,
                             pass.state + first);
}

kernels::PooledGradient PooledConvolutionLayer::gradient_in(
    const BackwardPass& pass) const {
  return {.diff = pass.diff_dst,
          .winner = pass.state,
          .scale = options_.dropout
                       ? kernels::kept_scale(options_.dropout->rate)
                       : 1.0f};
}

void PooledConvolutionLayer::backward(const BackwardPass& pass) const {
  backward_weights(pass);
  backward_data(pass);
}

void PooledConvolutionLayer::backward_weights(const BackwardPass& pass) const {
  const kernels::PooledGradient from = gradient_in(pass);
  if (pass.first) std::fill_n(pass.gradient, spec_.gradient_count, 0.0f);
  kernels::add_weights_gradient(shape_, pass.src, from, pass.gradient,
                                pass.scratch);
  kernels::add_bias_gradient(shape_, from, pass.gradient + bias_offset_);
}

void PooledConvolutionLayer::backward_data(const BackwardPass& pass) const {
  if (pass.diff_src == nullptr) return;
  kernels::data_gradient(shape_, gradient_in(pass),
                         pass.prepared + packed_offset_,
                         options_.masks_src_relu ? pass.src : nullptr,
                         pass.diff_src, pass.scratch);
}

void PooledConvolutionLayer::unpack_gradient(
    const float* gradient,
    std::span<const std::span<float>> diff_parameters) const {
  std::ranges::fill(diff_parameters[kKernel], 0.0f);
  kernels::add_unpacked_weights(shape_, gradient, diff_parameters[kKernel]);
  const float* bias = gradient + bias_offset_;
  std::copy(bias, bias + options_.filters, diff_parameters[kBias].begin());
}

std::optional<Survivors> PooledConvolutionLayer::survivors(
    const std::uint8_t* state) const {
  const std::size_t windows = element_count(spec_.dst);
  const Shape result{pool_.height, pool_.width, pool_.channels};
  return Survivors{.alive = kernels::alive_windows({state, windows}),
                   .windows = windows,
                   .elements = element_count(result)};
}

}  // namespace polytask
