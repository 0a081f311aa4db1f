#include "polytask/layers/convolution_layer.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/kernels/elementwise.h"
#include "polytask/tensor/workspace.h"

namespace polytask {
namespace {

enum Parameter : std::size_t { kKernel, kBias };

void require_at_least_one(const std::string& layer, const char* key,
                          int value) {
  if (value >= 1) return;
  throw Error(Fault::config,
              cat(layer, ": ", key, ": expected >= 1, got ", value));
}

// Zeros before and after one axis so that ceil(size / stride) results fit.
std::pair<int, int> same_padding(int size, int kernel, int stride) {
  const int results = (size - 1) / stride + 1;
  const int total = std::max(0, (results - 1) * stride + (kernel - size));
  return {total / 2, total - total / 2};
}

onednn::ConvolutionOptions checked(const ConvolutionLayerOptions& o,
                                   const Shape& src) {
  require_at_least_one(o.name, "filters", o.filters);
  require_at_least_one(o.name, "kernel_size", o.kernel_size);
  require_at_least_one(o.name, "strides", o.stride);
  if (src.size() != 3) {
    throw Error(
        Fault::shape,
        cat(o.name, ": expected an image [height, width, channels], ", "got ",
            to_text(src), "; convolutions come before flatten and dense"));
  }
  onednn::ConvolutionOptions c{.height = src[0],
                               .width = src[1],
                               .channels = src[2],
                               .filters = o.filters,
                               .kernel_height = o.kernel_size,
                               .kernel_width = o.kernel_size,
                               .stride = o.stride,
                               .relu = o.relu,
                               .with_backward = o.with_backward,
                               .with_diff_src = o.with_diff_src};
  if (o.same_padding) {
    std::tie(c.pad_top, c.pad_bottom) =
        same_padding(c.height, o.kernel_size, o.stride);
    std::tie(c.pad_left, c.pad_right) =
        same_padding(c.width, o.kernel_size, o.stride);
  } else if (c.height < o.kernel_size || c.width < o.kernel_size) {
    throw Error(Fault::shape, cat(o.name, ": a kernel of ", o.kernel_size,
                                  " x ", o.kernel_size,
                                  " does not fit into its input ", to_text(src),
                                  "; use padding: same, a smaller kernel, "
                                  "less pooling before, or larger images"));
  }
  return c;
}

ImageLayerSpec describe(const ConvolutionLayerOptions& o,
                        const onednn::ConvolutionOptions& c,
                        const onednn::Convolution& convolution) {
  const int rows =
      (c.height + c.pad_top + c.pad_bottom - c.kernel_height) / c.stride + 1;
  const int columns =
      (c.width + c.pad_left + c.pad_right - c.kernel_width) / c.stride + 1;
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
                       convolution.scratch_count(),
      .backward_reads_src = true,
      .backward_reads_dst = o.relu && !o.relu_masked_by_next,
      .forward_flops = 2.0 * static_cast<double>(element_count(dst)) *
                       c.kernel_height * c.kernel_width * c.channels};
}

}  // namespace

ConvolutionLayer::ConvolutionLayer(const ConvolutionLayerOptions& options,
                                   const Shape& src)
    : masks_relu_(options.relu && !options.relu_masked_by_next),
      convolution_(options.name, checked(options, src)),
      spec_(describe(options, checked(options, src), convolution_)) {}

void ConvolutionLayer::prepare(
    std::span<const std::span<const float>> parameters, float* prepared) const {
  convolution_.prepare(parameters[kKernel], parameters[kBias], prepared);
}

void ConvolutionLayer::forward(const ForwardPass& pass) const {
  convolution_.forward(pass.src, pass.prepared, pass.dst, pass.scratch);
}

void ConvolutionLayer::backward(const BackwardPass& pass) const {
  if (masks_relu_) {
    const std::size_t count = element_count(spec_.dst);
    kernels::mask_relu({pass.dst, count}, {pass.diff_dst, count});
  }
  const std::size_t count = convolution_.gradient_count();
  float* own = pass.scratch;  // oneDNN overwrites its result
  float* scratch = pass.scratch + WorkspacePlan::aligned(count);
  convolution_.backward_weights(pass.src, pass.diff_dst, own, scratch);
  kernels::add_to({pass.gradient, count}, {own, count});
  if (pass.diff_src == nullptr) return;
  convolution_.backward_data(pass.diff_dst, pass.prepared, pass.diff_src,
                             scratch);
}

void ConvolutionLayer::unpack_gradient(
    const float* gradient,
    std::span<const std::span<float>> diff_parameters) const {
  convolution_.unpack_gradient(gradient, diff_parameters[kKernel],
                               diff_parameters[kBias]);
}

}  // namespace polytask
