#include "polytask/layers/convolution_layer.h"

#include <algorithm>

#include "polytask/kernels/elementwise.h"
#include "polytask/tensor/workspace.h"

namespace polytask {
namespace {

enum Parameter : std::size_t { kKernel, kBias };

ImageLayerSpec describe(const ConvolutionLayerOptions& o,
                        const onednn::ConvolutionOptions& c,
                        const BandedConvolution& banded) {
  const onednn::Convolution& convolution = banded.whole();
  const int rows = onednn::result_rows(c);
  const int columns = onednn::result_columns(c);
  const Shape kernel{c.kernel_height, c.kernel_width, c.channels, c.filters};
  const Shape dst{rows, columns, c.filters};
  return {
      .name = o.name,
      .implementation = convolution.implementation(),
      .src = {c.height, c.width, c.channels},
      .dst = dst,
      .parameters = {{o.name + "/kernel", kernel},
                     {o.name + "/bias", {c.filters}}},
      .prepared_count = convolution.prepared_count(),
      .gradient_count = convolution.gradient_count(),
      .scratch_count = WorkspacePlan::aligned(convolution.gradient_count()) +
                       banded.scratch_count(),
      .backward_reads_src = true,
      .backward_reads_dst = o.relu && !o.relu_masked_by_next,
      .forward_flops = 2.0 * static_cast<double>(element_count(dst)) *
                       c.kernel_height * c.kernel_width * c.channels};
}

BandedConvolution plan(const ConvolutionLayerOptions& o, const Shape& src) {
  const onednn::ConvolutionOptions c = ConvolutionLayer::geometry(o, src);
  return {o.name, c, row_bands(onednn::result_rows(c), o.bands, 1)};
}

}  // namespace

bool ConvolutionLayer::can_skip_zeros(int channels, int kernel_size,
                                      int stride) {
  constexpr int kLeastChannels = 8;  // below, most of a vector would be zeros
  return channels >= kLeastChannels && kernel_size == 3 && stride == 1 &&
         kernels::has_vector_fma();
}

ConvolutionLayer::ConvolutionLayer(const ConvolutionLayerOptions& options,
                                   const Shape& src)
    : masks_relu_(options.relu && !options.relu_masked_by_next),
      skips_zeros_(options.skip_zeros && options.with_backward),
      banded_(plan(options, src)),
      spec_(describe(options, geometry(options, src), banded_)) {
  skips_zeros_ ? plan_lists(options, src) : plan_group(options, src);
}

void ConvolutionLayer::plan_lists(const ConvolutionLayerOptions& options,
                                  const Shape& src) {
  const onednn::ConvolutionOptions c = geometry(options, src);
  sparse_ = {.height = c.height,
             .width = c.width,
             .channels = c.channels,
             .filters = c.filters,
             .pad_top = c.pad_top,
             .pad_left = c.pad_left,
             .rows = spec_.dst[0],
             .columns = spec_.dst[1]};
  const std::size_t weights =
      WorkspacePlan::aligned(kernels::block_weights_count(sparse_));
  packed_offset_ = WorkspacePlan::aligned(spec_.prepared_count);
  spec_.prepared_count = packed_offset_ + weights;
  gradient_offset_ = WorkspacePlan::aligned(spec_.gradient_count);
  bias_offset_ = gradient_offset_ + weights;
  spec_.computed_share = bias_offset_ + static_cast<std::size_t>(c.filters);
  spec_.gradient_count = *spec_.computed_share + 1;
  spec_.backward_skips_zeros = true;
  spec_.scratch_count =
      std::max(spec_.scratch_count, kernels::scratch_count(sparse_));
  spec_.implementation += ", or own lists where relu left few";
}

void ConvolutionLayer::plan_group(const ConvolutionLayerOptions& options,
                                  const Shape& src) {
  if (options.micro_batch == 1) return;
  onednn::ConvolutionOptions c = geometry(options, src);
  c.images = options.micro_batch;
  micro_batched_.emplace(options.name, c);
  const onednn::Convolution& whole = banded_.whole();
  spec_.forward_takes_micro_batches =
      micro_batched_->same_forward_layout(whole);
  spec_.backward_takes_micro_batches =
      options.with_backward && micro_batched_->same_backward_layout(whole);
  if (!spec_.forward_takes_micro_batches &&
      !spec_.backward_takes_micro_batches) {
    micro_batched_.reset();
    return;
  }
  micro_batch_ = options.micro_batch;
  spec_.scratch_count =
      std::max(spec_.scratch_count,
               WorkspacePlan::aligned(micro_batched_->gradient_count()) +
                   micro_batched_->scratch_count());
}

int ConvolutionLayer::prepare_parts() const {
  return banded_.whole().prepare_parts() + (skips_zeros_ ? 1 : 0);
}

void ConvolutionLayer::prepare_part(
    int part, std::span<const std::span<const float>> parameters,
    float* prepared) const {
  if (part == banded_.whole().prepare_parts()) {
    kernels::pack_weights(sparse_, parameters[kKernel],
                          prepared + packed_offset_);
  } else {
    banded_.prepare_part(part, parameters[kKernel], parameters[kBias],
                         prepared);
  }
}

void ConvolutionLayer::forward(const ForwardPass& pass) const {
  if (pass.images > 1) {
    forward_micro_batch(pass);
    return;
  }
  for (int band = 0; band < bands(); ++band) forward_band(band, pass);
}

void ConvolutionLayer::forward_micro_batch(const ForwardPass& pass) const {
  if (pass.images == micro_batch_) {
    micro_batched_->forward(pass.src, pass.prepared, pass.dst, pass.scratch);
    return;
  }
  ForwardPass one = pass;
  one.images = 1;
  for (int i = 0; i < pass.images; ++i) {
    forward(one);
    one.src += element_count(spec_.src);
    one.dst += element_count(spec_.dst);
  }
}

int ConvolutionLayer::bands() const {
  return static_cast<int>(banded_.bands().size());
}

void ConvolutionLayer::forward_band(int band, const ForwardPass& pass) const {
  const auto at = static_cast<std::size_t>(band);
  const std::size_t row = static_cast<std::size_t>(spec_.dst[1]) *
                          static_cast<std::size_t>(spec_.dst[2]);
  const std::size_t first =
      static_cast<std::size_t>(banded_.bands()[at].first) * row;
  banded_.forward(at, pass.src, pass.prepared, pass.dst + first, pass.scratch);
}

RowBand ConvolutionLayer::written_by(int band) const {
  return banded_.bands()[static_cast<std::size_t>(band)];
}

RowBand ConvolutionLayer::read_by(int band) const {
  return banded_.read_by(static_cast<std::size_t>(band));
}

void ConvolutionLayer::backward(const BackwardPass& pass) const {
  if (pass.images > 1 && pass.images != micro_batch_) {
    backward_one_by_one(pass);
    return;
  }
  begin_backward(pass);
  const double share = computed_share(pass);
  add_gradient(pass, share);
  find_diff_src(pass, share);
}

// A micro-batch that is not full.
void ConvolutionLayer::backward_one_by_one(const BackwardPass& pass) const {
  const std::size_t src = element_count(spec_.src);
  const std::size_t dst = element_count(spec_.dst);
  BackwardPass one = pass;
  one.images = 1;
  for (int i = 0; i < pass.images; ++i) {
    backward(one);
    one.first = false;
    one.src += src;
    one.diff_dst += dst;
    if (one.dst != nullptr) one.dst += dst;
    if (one.diff_src != nullptr) one.diff_src += src;
  }
}

const onednn::Convolution& ConvolutionLayer::backward_of(int images) const {
  return images == 1 ? banded_.whole() : *micro_batched_;
}

void ConvolutionLayer::begin_backward(const BackwardPass& pass) const {
  if (!masks_relu_) return;
  const std::size_t results =
      element_count(spec_.dst) * static_cast<std::size_t>(pass.images);
  kernels::mask_relu({pass.dst, results}, {pass.diff_dst, results});
}

void ConvolutionLayer::backward_weights(const BackwardPass& pass) const {
  add_gradient(pass, computed_share(pass));
}

void ConvolutionLayer::backward_data(const BackwardPass& pass) const {
  if (pass.diff_src != nullptr) find_diff_src(pass, computed_share(pass));
}

double ConvolutionLayer::computed_share(const BackwardPass& pass) const {
  if (!skips_zeros_) return 1.0;
  const double share =
      kernels::nonzero_share({pass.diff_dst, element_count(spec_.dst)});
  return share < kernels::kWorthSkipping ? share : 1.0;
}

void ConvolutionLayer::add_gradient(const BackwardPass& pass,
                                    double share) const {
  const std::size_t count = banded_.whole().gradient_count();
  if (skips_zeros_) {
    // Beside oneDNN's sum lie that of the lists, and of the shares.
    if (pass.first) {
      std::fill(pass.gradient + gradient_offset_,
                pass.gradient + spec_.gradient_count, 0.0f);
    }
    pass.gradient[*spec_.computed_share] += static_cast<float>(share);
  }
  if (share < 1.0) {
    if (pass.first) std::fill_n(pass.gradient, count, 0.0f);
    kernels::add_weights_gradient(sparse_, pass.src, pass.diff_dst,
                                  pass.gradient + gradient_offset_,
                                  pass.scratch);
    kernels::add_bias_gradient(sparse_, pass.diff_dst,
                               pass.gradient + bias_offset_);
    return;
  }
  // oneDNN overwrites its result.
  float* own = pass.first ? pass.gradient : pass.scratch;
  backward_of(pass.images)
      .backward_weights(pass.src, pass.diff_dst, own,
                        pass.scratch + WorkspacePlan::aligned(count));
  if (!pass.first) kernels::add_to({pass.gradient, count}, {own, count});
}

void ConvolutionLayer::find_diff_src(const BackwardPass& pass,
                                     double share) const {
  if (pass.diff_src == nullptr) return;
  if (share < 1.0) {
    kernels::data_gradient(sparse_, pass.diff_dst,
                           pass.prepared + packed_offset_, nullptr,
                           pass.diff_src, pass.scratch);
    return;
  }
  backward_of(pass.images)
      .backward_data(pass.diff_dst, pass.prepared, pass.diff_src, pass.scratch);
}

// The images that oneDNN computed, and those that the lists did.
void ConvolutionLayer::unpack_gradient(
    const float* gradient,
    std::span<const std::span<float>> diff_parameters) const {
  banded_.unpack_gradient(gradient, diff_parameters[kKernel],
                          diff_parameters[kBias]);
  if (!skips_zeros_) return;
  kernels::add_unpacked_weights(sparse_, gradient + gradient_offset_,
                                diff_parameters[kKernel]);
  const std::span<float> bias = diff_parameters[kBias];
  kernels::add_to(bias, {gradient + bias_offset_, bias.size()});
}

}  // namespace polytask
