#include "benchmarks/bare_network.h"

#include <omp.h>

#include <algorithm>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>
#include <vector>

#include "polytask/onednn/versions.h"

namespace polytask::benchmark {
namespace {

using onednn::describe;
using onednn::describe_backward;

using Desc = dnnl::memory::desc;
using Dims = dnnl::memory::dims;
using Tag = dnnl::memory::format_tag;
constexpr auto kF32 = dnnl::memory::data_type::f32;
constexpr auto kDirect = dnnl::algorithm::convolution_direct;
constexpr auto kMax = dnnl::algorithm::pooling_max;

struct Call {
  dnnl::primitive primitive;
  std::unordered_map<int, dnnl::memory> arguments;
};

dnnl::primitive_attr with_relu(Activation activation) {
  dnnl::primitive_attr attributes;
  if (activation != Activation::relu) return attributes;
  attributes.set_post_ops(onednn::then_relu());
  return attributes;
}

Desc any(const Dims& dims) { return {dims, kF32, Tag::any}; }

}  // namespace

struct BareNetwork::Work {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  std::vector<Call> calls;
  BareNetworkOptions options;
  Dims shape;  // [N, C, H, W] in front of the next layer, or [N, F]

  dnnl::memory filled(const Desc& desc) {
    dnnl::memory memory(desc, engine);
    auto* values = static_cast<float*>(memory.get_data_handle());
    const std::size_t count = desc.get_size() / sizeof(float);
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = static_cast<float>(i * 7919 % 1000) / 1000.0f - 0.5f;
    }
    return memory;
  }
  [[nodiscard]] dnnl::prop_kind forward_kind() const {
    return options.training ? dnnl::prop_kind::forward_training
                            : dnnl::prop_kind::forward_inference;
  }
  [[nodiscard]] bool first() const { return calls.empty(); }

  void add_scaling();
  void add_relu_backward(const Desc& dst);
  void add(const Conv2D& layer);
  void add(const MaxPooling2D& layer);
  void add(const Dense& layer);
  void add(const Dropout&) {}
  void add(const Flatten&) {
    shape = {shape[0], shape[1] * shape[2] * shape[3]};
  }
};

// From bytes to fractions, as oneDNN does it: a reorder.
void BareNetwork::Work::add_scaling() {
  const Desc bytes(shape, dnnl::memory::data_type::u8, Tag::nhwc);
  const Desc floats(shape, kF32, Tag::nhwc);
  std::unordered_map<int, dnnl::memory> arguments{
      {DNNL_ARG_FROM, dnnl::memory(bytes, engine)},
      {DNNL_ARG_TO, filled(floats)}};
  dnnl::primitive_attr attributes;
#if DNNL_VERSION_MAJOR >= 3
  attributes.set_scales_mask(DNNL_ARG_FROM, 0);
  dnnl::memory factor({{1}, kF32, Tag::x}, engine);
  *static_cast<float*>(factor.get_data_handle()) = 1.0f / 255.0f;
  arguments.emplace(DNNL_ARG_ATTR_SCALES | DNNL_ARG_FROM, factor);
#else
  attributes.set_output_scales(0, {1.0f / 255.0f});
#endif
  const dnnl::reorder::primitive_desc scale(engine, bytes, engine, floats,
                                            attributes);
  calls.push_back({dnnl::reorder(scale), std::move(arguments)});
}

// In place: what the relu of a layer that ends in `dst` lets through.
void BareNetwork::Work::add_relu_backward(const Desc& dst) {
  if (options.only_convolutions) return;
  constexpr auto kRelu = dnnl::algorithm::eltwise_relu_use_dst_for_bwd;
  constexpr auto kTraining = dnnl::prop_kind::forward_training;
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::eltwise_forward::primitive_desc forward(engine, kTraining, kRelu,
                                                      dst, dst, 0.0f, 0.0f);
  const dnnl::eltwise_backward::primitive_desc backward(
      engine, kRelu, dst, dst, dst, 0.0f, 0.0f, forward);
#else
  const dnnl::eltwise_forward::primitive_desc forward(
      {kTraining, kRelu, dst, 0.0f, 0.0f}, engine);
  const dnnl::eltwise_backward::primitive_desc backward(
      {kRelu, dst, dst, 0.0f, 0.0f}, engine, forward);
#endif
  const dnnl::memory diff = filled(dst);
  calls.push_back({dnnl::eltwise_backward(backward),
                   {{DNNL_ARG_DST, filled(dst)},
                    {DNNL_ARG_DIFF_DST, diff},
                    {DNNL_ARG_DIFF_SRC, diff}}});
}

void BareNetwork::Work::add(const Conv2D& l) {
  const bool is_first = first();
  if (is_first && !options.only_convolutions) add_scaling();
  Dims begin(2), end(2), out(2);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const auto size = shape[2 + axis];
    out[axis] = l.padding == Padding::same
                    ? (size - 1) / l.strides + 1
                    : (size - l.kernel_size) / l.strides + 1;
    const auto padding =
        l.padding == Padding::same
            ? std::max<std::int64_t>(
                  0, (out[axis] - 1) * l.strides + l.kernel_size - size)
            : 0;
    begin[axis] = padding / 2;
    end[axis] = padding - padding / 2;
  }
  const Desc src = any(shape);
  const Desc weights = any({l.filters, shape[1], l.kernel_size, l.kernel_size});
  const Desc bias({l.filters}, kF32, Tag::x);
  const Desc dst = any({shape[0], l.filters, out[0], out[1]});
  const Dims strides{l.strides, l.strides};
  const auto forward = describe<dnnl::convolution_forward>(
      engine, with_relu(l.activation), forward_kind(), kDirect, src, weights,
      bias, dst, strides, begin, end);
  calls.push_back({dnnl::convolution_forward(forward),
                   {{DNNL_ARG_SRC, filled(forward.src_desc())},
                    {DNNL_ARG_WEIGHTS, filled(forward.weights_desc())},
                    {DNNL_ARG_BIAS, filled(forward.bias_desc())},
                    {DNNL_ARG_DST, filled(forward.dst_desc())}}});
  shape = {shape[0], l.filters, out[0], out[1]};
  if (!options.training) return;
  if (l.activation == Activation::relu) add_relu_backward(forward.dst_desc());
  const auto back_weights =
      describe_backward<dnnl::convolution_backward_weights>(
          engine, {}, forward, kDirect, src, weights, bias, dst, strides, begin,
          end);
  calls.push_back(
      {dnnl::convolution_backward_weights(back_weights),
       {{DNNL_ARG_SRC, filled(back_weights.src_desc())},
        {DNNL_ARG_DIFF_DST, filled(back_weights.diff_dst_desc())},
        {DNNL_ARG_DIFF_WEIGHTS, filled(back_weights.diff_weights_desc())},
        {DNNL_ARG_DIFF_BIAS, filled(back_weights.diff_bias_desc())}}});
  if (is_first) return;  // No one needs the gradient of the images.
  const auto back_data = describe_backward<dnnl::convolution_backward_data>(
      engine, {}, forward, kDirect, src, weights, dst, strides, begin, end);
  calls.push_back({dnnl::convolution_backward_data(back_data),
                   {{DNNL_ARG_DIFF_DST, filled(back_data.diff_dst_desc())},
                    {DNNL_ARG_WEIGHTS, filled(back_data.weights_desc())},
                    {DNNL_ARG_DIFF_SRC, filled(back_data.diff_src_desc())}}});
}

void BareNetwork::Work::add(const MaxPooling2D& l) {
  const Dims in = shape;
  shape = {in[0], in[1], in[2] / l.pool_size, in[3] / l.pool_size};
  if (options.only_convolutions) return;
  const Dims window{l.pool_size, l.pool_size};
  const Dims none{0, 0};
  const Desc src(in, kF32, Tag::nhwc);  // It takes what the convolutions give.
  const Desc dst(shape, kF32, Tag::nhwc);
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::pooling_forward::primitive_desc forward(
      engine, forward_kind(), kMax, src, dst, window, window, none, none, none);
#else
  const dnnl::pooling_forward::primitive_desc forward(
      {forward_kind(), kMax, src, dst, window, window, none, none}, engine);
#endif
  std::unordered_map<int, dnnl::memory> arguments{{DNNL_ARG_SRC, filled(src)},
                                                  {DNNL_ARG_DST, filled(dst)}};
  const dnnl::memory workspace(forward.workspace_desc(), engine);
  if (options.training) arguments[DNNL_ARG_WORKSPACE] = workspace;
  calls.push_back({dnnl::pooling_forward(forward), std::move(arguments)});
  if (!options.training) return;
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::pooling_backward::primitive_desc backward(
      engine, kMax, src, dst, window, window, none, none, none, forward);
#else
  const dnnl::pooling_backward::primitive_desc backward(
      {kMax, src, dst, window, window, none, none}, engine, forward);
#endif
  calls.push_back({dnnl::pooling_backward(backward),
                   {{DNNL_ARG_DIFF_DST, filled(dst)},
                    {DNNL_ARG_WORKSPACE, workspace},
                    {DNNL_ARG_DIFF_SRC, filled(src)}}});
}

void BareNetwork::Work::add(const Dense& l) {
  const Dims in = shape;
  shape = {in[0], l.units};
  if (options.only_convolutions) return;
  const Desc src = any(in);
  const Desc weights = any({l.units, in[1]});
  const Desc bias({l.units}, kF32, Tag::x);
  const Desc dst = any(shape);
  const auto forward = describe<dnnl::inner_product_forward>(
      engine, with_relu(l.activation), forward_kind(), src, weights, bias, dst);
  calls.push_back({dnnl::inner_product_forward(forward),
                   {{DNNL_ARG_SRC, filled(forward.src_desc())},
                    {DNNL_ARG_WEIGHTS, filled(forward.weights_desc())},
                    {DNNL_ARG_BIAS, filled(forward.bias_desc())},
                    {DNNL_ARG_DST, filled(forward.dst_desc())}}});
  if (!options.training) return;
  if (l.activation == Activation::relu) add_relu_backward(forward.dst_desc());
  const auto back_weights =
      describe_backward<dnnl::inner_product_backward_weights>(
          engine, {}, forward, src, weights, bias, dst);
  calls.push_back(
      {dnnl::inner_product_backward_weights(back_weights),
       {{DNNL_ARG_SRC, filled(back_weights.src_desc())},
        {DNNL_ARG_DIFF_DST, filled(back_weights.diff_dst_desc())},
        {DNNL_ARG_DIFF_WEIGHTS, filled(back_weights.diff_weights_desc())},
        {DNNL_ARG_DIFF_BIAS, filled(back_weights.diff_bias_desc())}}});
  const auto back_data = describe_backward<dnnl::inner_product_backward_data>(
      engine, {}, forward, src, weights, dst);
  calls.push_back({dnnl::inner_product_backward_data(back_data),
                   {{DNNL_ARG_DIFF_DST, filled(back_data.diff_dst_desc())},
                    {DNNL_ARG_WEIGHTS, filled(back_data.weights_desc())},
                    {DNNL_ARG_DIFF_SRC, filled(back_data.diff_src_desc())}}});
}

BareNetwork::BareNetwork(const NetworkOptions& network,
                         const BareNetworkOptions& options)
    : work_(std::make_unique<Work>()) {
  omp_set_num_threads(options.threads);
  work_->options = options;
  work_->shape = {options.batch, options.input[2], options.input[0],
                  options.input[1]};
  for (const LayerOptions& layer : network.trunk) {
    std::visit([&](const auto& one) { work_->add(one); }, layer);
  }
}

BareNetwork::~BareNetwork() = default;

void BareNetwork::run() {
  omp_set_num_threads(work_->options.threads);
  for (const Call& call : work_->calls) {
    call.primitive.execute(work_->stream, call.arguments);
  }
  work_->stream.wait();
}

}  // namespace polytask::benchmark
