#include "polytask/onednn/convolution.h"

#include <algorithm>
#include <array>
#include <optional>

#include "polytask/base/text.h"
#include "polytask/onednn/call.h"
#include "polytask/onednn/session.h"
#include "polytask/onednn/versions.h"
#include "polytask/onednn/weight_layout.h"

namespace polytask::onednn {
namespace {

using Desc = dnnl::memory::desc;
using Dims = dnnl::memory::dims;
using Tag = dnnl::memory::format_tag;
constexpr auto kF32 = dnnl::memory::data_type::f32;
constexpr auto kDirect = dnnl::algorithm::convolution_direct;

// The three passes see the same arrays; only weights may take any layout.
struct Arrays {
  Desc src, dst, bias, any_weights, plain_weights;
  Dims strides, pad_begin, pad_end;

  explicit Arrays(const ConvolutionOptions& o) {
    const Dims weight_dims{o.filters, o.channels, o.kernel_height,
                           o.kernel_width};
    src = Desc({o.images, o.channels, o.height, o.width}, kF32, Tag::nhwc);
    dst = Desc({o.images, o.filters, result_rows(o), result_columns(o)}, kF32,
               Tag::nhwc);
    bias = Desc({o.filters}, kF32, Tag::x);
    any_weights = Desc(weight_dims, kF32, Tag::any);
    plain_weights = Desc(weight_dims, kF32, Tag::hwio);
    strides = {o.stride, o.stride};
    pad_begin = {o.pad_top, o.pad_left};
    pad_end = {o.pad_bottom, o.pad_right};
  }
};

dnnl::convolution_forward::primitive_desc describe_forward(
    const Arrays& a, const ConvolutionOptions& o) {
  const auto kind = o.with_backward ? dnnl::prop_kind::forward_training
                                    : dnnl::prop_kind::forward_inference;
  dnnl::primitive_attr attributes = user_scratchpad();
  if (o.relu) attributes.set_post_ops(then_relu());
  return describe<dnnl::convolution_forward>(
      cpu_engine(), attributes, kind, kDirect, a.src, a.any_weights, a.bias,
      a.dst, a.strides, a.pad_begin, a.pad_end);
}

std::unique_ptr<Call> reorder(const Desc& from, const Desc& to) {
  const dnnl::reorder::primitive_desc desc(cpu_engine(), from, cpu_engine(),
                                           to);
  return std::make_unique<Call>(
      dnnl::reorder(desc),
      std::vector<Call::Argument>{{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
}

std::optional<Convolution::Tiled> tiled(const Desc& weights,
                                        std::size_t offset) {
  const std::optional<WeightTiles> tiles = weight_tiles(weights);
  if (!tiles) return std::nullopt;
  return Convolution::Tiled{.offset = offset, .tiles = *tiles};
}

}  // namespace

int result_rows(const ConvolutionOptions& o) {
  return (o.height + o.pad_top + o.pad_bottom - o.kernel_height) / o.stride + 1;
}

int result_columns(const ConvolutionOptions& o) {
  return (o.width + o.pad_left + o.pad_right - o.kernel_width) / o.stride + 1;
}

struct Convolution::Primitives {
  Primitives(const Arrays& arrays, const ConvolutionOptions& o)
      : bias(arrays.bias),
        forward_desc(describe_forward(arrays, o)),
        forward(dnnl::convolution_forward(forward_desc),
                {{DNNL_ARG_SRC, forward_desc.src_desc()},
                 {DNNL_ARG_WEIGHTS, forward_desc.weights_desc()},
                 {DNNL_ARG_BIAS, arrays.bias},
                 {DNNL_ARG_DST, forward_desc.dst_desc()},
                 {DNNL_ARG_SCRATCHPAD, forward_desc.scratchpad_desc()}}),
        pack_forward(
            reorder(arrays.plain_weights, forward_desc.weights_desc())),
        bias_offset(line(floats(forward_desc.weights_desc()))),
        data_offset(bias_offset + line(floats(bias))) {
    if (!o.with_backward) return;
    if (o.with_diff_src) plan_data(arrays);
    plan_weights(arrays);
  }

  void plan_data(const Arrays& arrays) {
    data_desc = describe_backward<dnnl::convolution_backward_data>(
        cpu_engine(), user_scratchpad(), forward_desc, kDirect, arrays.src,
        arrays.any_weights, arrays.dst, arrays.strides, arrays.pad_begin,
        arrays.pad_end);
    data = std::make_unique<Call>(
        dnnl::convolution_backward_data(*data_desc),
        std::vector<Call::Argument>{
            {DNNL_ARG_DIFF_DST, data_desc->diff_dst_desc()},
            {DNNL_ARG_WEIGHTS, data_desc->weights_desc()},
            {DNNL_ARG_DIFF_SRC, data_desc->diff_src_desc()},
            {DNNL_ARG_SCRATCHPAD, data_desc->scratchpad_desc()}});
    pack_data = reorder(arrays.plain_weights, data_desc->weights_desc());
  }

  void plan_weights(const Arrays& arrays) {
    weights_desc = describe_backward<dnnl::convolution_backward_weights>(
        cpu_engine(), user_scratchpad(), forward_desc, kDirect, arrays.src,
        arrays.any_weights, arrays.bias, arrays.dst, arrays.strides,
        arrays.pad_begin, arrays.pad_end);
    weights = std::make_unique<Call>(
        dnnl::convolution_backward_weights(*weights_desc),
        std::vector<Call::Argument>{
            {DNNL_ARG_SRC, weights_desc->src_desc()},
            {DNNL_ARG_DIFF_DST, weights_desc->diff_dst_desc()},
            {DNNL_ARG_DIFF_WEIGHTS, weights_desc->diff_weights_desc()},
            {DNNL_ARG_DIFF_BIAS, arrays.bias},
            {DNNL_ARG_SCRATCHPAD, weights_desc->scratchpad_desc()}});
    unpack = reorder(weights_desc->diff_weights_desc(), arrays.plain_weights);
    diff_bias_offset = line(floats(weights_desc->diff_weights_desc()));
  }

  static std::size_t line(std::size_t count) { return (count + 15) / 16 * 16; }

  Desc bias;
  dnnl::convolution_forward::primitive_desc forward_desc;
  Call forward;
  std::unique_ptr<Call> pack_forward;
  // What is prepared lies behind one another, each on a cache line of its own:
  // forward's kernel, the bias, and, where there is one, backward data's
  // kernel. So do the gradients of kernel and bias.
  std::size_t bias_offset;
  std::size_t data_offset;
  std::size_t diff_bias_offset = 0;
  std::optional<dnnl::convolution_backward_data::primitive_desc> data_desc;
  std::unique_ptr<Call> data;
  std::unique_ptr<Call> pack_data;
  std::optional<dnnl::convolution_backward_weights::primitive_desc>
      weights_desc;
  std::unique_ptr<Call> weights;
  std::unique_ptr<Call> unpack;
};

Convolution::Convolution(std::string_view owner,
                         const ConvolutionOptions& options)
    : primitives_(create_primitive(owner, [&] {
        return std::make_unique<const Primitives>(Arrays(options), options);
      })) {}

Convolution::~Convolution() = default;
Convolution::Convolution(Convolution&&) noexcept = default;
Convolution& Convolution::operator=(Convolution&&) noexcept = default;

std::size_t Convolution::prepared_count() const {
  const Primitives& p = *primitives_;
  if (!p.data) return p.bias_offset + floats(p.bias);
  return p.data_offset + floats(p.data_desc->weights_desc());
}

std::size_t Convolution::gradient_count() const {
  const Primitives& p = *primitives_;
  return p.weights ? p.diff_bias_offset + floats(p.bias) : 0;
}

std::size_t Convolution::scratch_count() const {
  const Primitives& p = *primitives_;
  std::size_t count = floats(p.forward_desc.scratchpad_desc());
  if (p.data) {
    count = std::max(count, floats(p.data_desc->scratchpad_desc()));
  }
  if (p.weights) {
    count = std::max(count, floats(p.weights_desc->scratchpad_desc()));
  }
  return count;
}

std::string Convolution::implementation() const {
  const Primitives& p = *primitives_;
  std::string text = cat("forward ", p.forward_desc.impl_info_str());
  if (p.data) text += cat(", backward data ", p.data_desc->impl_info_str());
  if (p.weights) {
    text += cat(", backward weights ", p.weights_desc->impl_info_str());
  }
  return text;
}

bool Convolution::same_forward_layout(const Convolution& other) const {
  return primitives_->forward_desc.weights_desc() ==
         other.primitives_->forward_desc.weights_desc();
}

bool Convolution::same_backward_layout(const Convolution& other) const {
  const Primitives& a = *primitives_;
  const Primitives& b = *other.primitives_;
  const bool data = a.data.operator bool();
  return same_forward_layout(other) && data == b.data.operator bool() &&
         (!data ||
          a.data_desc->weights_desc() == b.data_desc->weights_desc()) &&
         a.weights_desc->diff_weights_desc() ==
             b.weights_desc->diff_weights_desc();
}

void Convolution::prepare(std::span<const float> kernel,
                          std::span<const float> bias, float* prepared) const {
  for (int part = 0; part < prepare_parts(); ++part) {
    prepare_part(part, kernel, bias, prepared);
  }
}

int Convolution::prepare_parts() const {
  return primitives_->pack_data ? 2 : 1;
}

std::optional<Convolution::Tiled> Convolution::prepared_tiles(int part) const {
  const Primitives& p = *primitives_;
  return part == 0 ? tiled(p.forward_desc.weights_desc(), 0)
                   : tiled(p.data_desc->weights_desc(), p.data_offset);
}

std::optional<Convolution::Tiled> Convolution::gradient_tiles() const {
  const Primitives& p = *primitives_;
  if (!p.weights) return std::nullopt;
  return tiled(p.weights_desc->diff_weights_desc(), 0);
}

// What forward reads, and what backward data does.
void Convolution::prepare_part(int part, std::span<const float> kernel,
                               std::span<const float> bias,
                               float* prepared) const {
  const Primitives& p = *primitives_;
  if (part == 0) {
    p.pack_forward->run(std::to_array<const float*>({kernel.data(), prepared}));
    prepare_bias(bias, prepared);
  } else {
    p.pack_data->run(
        std::to_array<const float*>({kernel.data(), prepared + p.data_offset}));
  }
}

void Convolution::prepare_bias(std::span<const float> bias,
                               float* prepared) const {
  std::ranges::copy(bias, prepared + primitives_->bias_offset);
}

void Convolution::forward(const float* src, const float* prepared, float* dst,
                          float* scratch) const {
  const Primitives& p = *primitives_;
  p.forward.run(std::to_array<const float*>(
      {src, prepared, prepared + p.bias_offset, dst, scratch}));
}

void Convolution::backward_data(const float* diff_dst, const float* prepared,
                                float* diff_src, float* scratch) const {
  const Primitives& p = *primitives_;
  p.data->run(std::to_array<const float*>(
      {diff_dst, prepared + p.data_offset, diff_src, scratch}));
}

void Convolution::backward_weights(const float* src, const float* diff_dst,
                                   float* gradient, float* scratch) const {
  const Primitives& p = *primitives_;
  p.weights->run(std::to_array<const float*>(
      {src, diff_dst, gradient, gradient + p.diff_bias_offset, scratch}));
}

void Convolution::unpack_gradient(const float* gradient,
                                  std::span<float> diff_kernel,
                                  std::span<float> diff_bias) const {
  const Primitives& p = *primitives_;
  p.unpack->run(std::to_array<const float*>({gradient, diff_kernel.data()}));
  unpack_bias(gradient, diff_bias);
}

void Convolution::unpack_bias(const float* gradient,
                              std::span<float> diff_bias) const {
  const float* bias = gradient + primitives_->diff_bias_offset;
  std::copy(bias, bias + diff_bias.size(), diff_bias.begin());
}

}  // namespace polytask::onednn
