#include "polytask/onednn/convolution.h"

#include <algorithm>
#include <optional>

#include "polytask/onednn/session.h"

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
    src = Desc({1, o.channels, o.height, o.width}, kF32, Tag::nhwc);
    dst = Desc({1, o.filters, result_rows(o), result_columns(o)}, kF32,
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
  if (o.relu) {
    dnnl::post_ops after;
    after.append_eltwise(1.0f, dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
    attributes.set_post_ops(after);
  }
  return {{kind, kDirect, a.src, a.any_weights, a.bias, a.dst, a.strides,
           a.pad_begin, a.pad_end},
          attributes,
          cpu_engine()};
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
        forward(forward_desc),
        pack_forward({cpu_engine(), arrays.plain_weights, cpu_engine(),
                      forward_desc.weights_desc()}),
        plain_weights(arrays.plain_weights) {
    if (!o.with_backward) return;
    if (o.with_diff_src) {
      data_desc.emplace(dnnl::convolution_backward_data::desc(
                            kDirect, arrays.src, arrays.any_weights, arrays.dst,
                            arrays.strides, arrays.pad_begin, arrays.pad_end),
                        user_scratchpad(), cpu_engine(), forward_desc);
      data.emplace(*data_desc);
      pack_data.emplace(dnnl::reorder::primitive_desc(
          cpu_engine(), arrays.plain_weights, cpu_engine(),
          data_desc->weights_desc()));
    }
    weights_desc.emplace(
        dnnl::convolution_backward_weights::desc(
            kDirect, arrays.src, arrays.any_weights, arrays.bias, arrays.dst,
            arrays.strides, arrays.pad_begin, arrays.pad_end),
        user_scratchpad(), cpu_engine(), forward_desc);
    weights.emplace(*weights_desc);
    unpack.emplace(dnnl::reorder::primitive_desc(
        cpu_engine(), weights_desc->diff_weights_desc(), cpu_engine(),
        arrays.plain_weights));
  }

  // The packed kernels lie behind one another: forward's, backward data's, and
  // the bias, each on a cache line of its own.
  [[nodiscard]] std::size_t data_offset() const {
    return line(floats(forward_desc.weights_desc()));
  }
  [[nodiscard]] std::size_t bias_offset() const {
    return data_offset() +
           (data_desc ? line(floats(data_desc->weights_desc())) : 0);
  }
  [[nodiscard]] std::size_t diff_bias_offset() const {
    return line(floats(weights_desc->diff_weights_desc()));
  }
  static std::size_t line(std::size_t count) { return (count + 15) / 16 * 16; }

  Desc bias;
  dnnl::convolution_forward::primitive_desc forward_desc;
  dnnl::convolution_forward forward;
  dnnl::reorder pack_forward;
  Desc plain_weights;
  std::optional<dnnl::convolution_backward_data::primitive_desc> data_desc;
  std::optional<dnnl::convolution_backward_data> data;
  std::optional<dnnl::reorder> pack_data;
  std::optional<dnnl::convolution_backward_weights::primitive_desc>
      weights_desc;
  std::optional<dnnl::convolution_backward_weights> weights;
  std::optional<dnnl::reorder> unpack;
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
  return p.bias_offset() + floats(p.bias);
}

std::size_t Convolution::gradient_count() const {
  const Primitives& p = *primitives_;
  return p.weights ? p.diff_bias_offset() + floats(p.bias) : 0;
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

bool Convolution::prepares_like(const Convolution& other) const {
  return primitives_->forward_desc.weights_desc() ==
             other.primitives_->forward_desc.weights_desc() &&
         primitives_->bias_offset() == other.primitives_->bias_offset();
}

void Convolution::prepare(std::span<const float> kernel,
                          std::span<const float> bias, float* prepared) const {
  const Primitives& p = *primitives_;
  dnnl::memory plain = view(p.plain_weights, kernel.data());
  dnnl::memory forward = view(p.forward_desc.weights_desc(), prepared);
  execute(p.pack_forward, {{DNNL_ARG_FROM, plain}, {DNNL_ARG_TO, forward}});
  if (p.pack_data) {
    dnnl::memory data =
        view(p.data_desc->weights_desc(), prepared + p.data_offset());
    execute(*p.pack_data, {{DNNL_ARG_FROM, plain}, {DNNL_ARG_TO, data}});
  }
  std::ranges::copy(bias, prepared + p.bias_offset());
}

void Convolution::forward(const float* src, const float* prepared, float* dst,
                          float* scratch) const {
  const Primitives& p = *primitives_;
  execute(
      p.forward,
      {{DNNL_ARG_SRC, view(p.forward_desc.src_desc(), src)},
       {DNNL_ARG_WEIGHTS, view(p.forward_desc.weights_desc(), prepared)},
       {DNNL_ARG_BIAS, view(p.bias, prepared + p.bias_offset())},
       {DNNL_ARG_DST, view(p.forward_desc.dst_desc(), dst)},
       {DNNL_ARG_SCRATCHPAD, view(p.forward_desc.scratchpad_desc(), scratch)}});
}

void Convolution::backward_data(const float* diff_dst, const float* prepared,
                                float* diff_src, float* scratch) const {
  const Primitives& p = *primitives_;
  execute(
      *p.data,
      {{DNNL_ARG_DIFF_DST, view(p.data_desc->diff_dst_desc(), diff_dst)},
       {DNNL_ARG_WEIGHTS,
        view(p.data_desc->weights_desc(), prepared + p.data_offset())},
       {DNNL_ARG_DIFF_SRC, view(p.data_desc->diff_src_desc(), diff_src)},
       {DNNL_ARG_SCRATCHPAD, view(p.data_desc->scratchpad_desc(), scratch)}});
}

void Convolution::backward_weights(const float* src, const float* diff_dst,
                                   float* gradient, float* scratch) const {
  const Primitives& p = *primitives_;
  execute(*p.weights,
          {{DNNL_ARG_SRC, view(p.weights_desc->src_desc(), src)},
           {DNNL_ARG_DIFF_DST, view(p.weights_desc->diff_dst_desc(), diff_dst)},
           {DNNL_ARG_DIFF_WEIGHTS,
            view(p.weights_desc->diff_weights_desc(), gradient)},
           {DNNL_ARG_DIFF_BIAS, view(p.bias, gradient + p.diff_bias_offset())},
           {DNNL_ARG_SCRATCHPAD,
            view(p.weights_desc->scratchpad_desc(), scratch)}});
}

void Convolution::unpack_gradient(const float* gradient,
                                  std::span<float> diff_kernel,
                                  std::span<float> diff_bias) const {
  const Primitives& p = *primitives_;
  dnnl::memory packed = view(p.weights_desc->diff_weights_desc(), gradient);
  dnnl::memory plain = view(p.plain_weights, diff_kernel.data());
  execute(*p.unpack, {{DNNL_ARG_FROM, packed}, {DNNL_ARG_TO, plain}});
  const float* bias = gradient + p.diff_bias_offset();
  std::copy(bias, bias + diff_bias.size(), diff_bias.begin());
}

}  // namespace polytask::onednn
