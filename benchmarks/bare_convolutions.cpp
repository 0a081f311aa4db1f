#include "benchmarks/bare_convolutions.h"

#include <omp.h>

#include <algorithm>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>
#include <vector>

namespace polytask::benchmark {
namespace {

using Desc = dnnl::memory::desc;
using Tag = dnnl::memory::format_tag;
constexpr auto kF32 = dnnl::memory::data_type::f32;
constexpr auto kDirect = dnnl::algorithm::convolution_direct;

struct Layer {
  int size;  // height and width of src
  int channels;
  int filters;
  int pad;
};

// conv2d_1 to conv2d_4 of the post's network; kernels are 3 x 3.
constexpr Layer kLayers[] = {
    {100, 3, 32, 1}, {100, 32, 32, 0}, {49, 32, 64, 1}, {49, 64, 64, 0}};

struct Call {
  dnnl::primitive primitive;
  std::unordered_map<int, dnnl::memory> arguments;
};

}  // namespace

struct BareConvolutions::Work {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  std::vector<Call> calls;
  int threads = 1;

  dnnl::memory filled(const Desc& desc) {
    dnnl::memory memory(desc, engine);
    auto* values = static_cast<float*>(memory.get_data_handle());
    const std::size_t count = desc.get_size() / sizeof(float);
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = static_cast<float>(i * 7919 % 1000) / 1000.0f - 0.5f;
    }
    return memory;
  }

  void add(const Layer& layer, int batch);
};

void BareConvolutions::Work::add(const Layer& l, int batch) {
  const int out = l.size + 2 * l.pad - 2;
  const Desc src({batch, l.channels, l.size, l.size}, kF32, Tag::any);
  const Desc weights({l.filters, l.channels, 3, 3}, kF32, Tag::any);
  const Desc bias({l.filters}, kF32, Tag::x);
  const Desc dst({batch, l.filters, out, out}, kF32, Tag::any);
  const dnnl::memory::dims one{1, 1};
  const dnnl::memory::dims pad{l.pad, l.pad};
  dnnl::post_ops relu;
  relu.append_eltwise(1.0f, dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
  dnnl::primitive_attr with_relu;
  with_relu.set_post_ops(relu);
  const dnnl::convolution_forward::primitive_desc forward(
      {dnnl::prop_kind::forward_training, kDirect, src, weights, bias, dst, one,
       pad, pad},
      with_relu, engine);
  calls.push_back({dnnl::convolution_forward(forward),
                   {{DNNL_ARG_SRC, filled(forward.src_desc())},
                    {DNNL_ARG_WEIGHTS, filled(forward.weights_desc())},
                    {DNNL_ARG_BIAS, filled(forward.bias_desc())},
                    {DNNL_ARG_DST, filled(forward.dst_desc())}}});
  const dnnl::convolution_backward_weights::primitive_desc back_weights(
      {kDirect, src, weights, bias, dst, one, pad, pad}, engine, forward);
  calls.push_back(
      {dnnl::convolution_backward_weights(back_weights),
       {{DNNL_ARG_SRC, filled(back_weights.src_desc())},
        {DNNL_ARG_DIFF_DST, filled(back_weights.diff_dst_desc())},
        {DNNL_ARG_DIFF_WEIGHTS, filled(back_weights.diff_weights_desc())},
        {DNNL_ARG_DIFF_BIAS, filled(back_weights.diff_bias_desc())}}});
  if (l.channels == 3) return;  // Nobody needs the gradient of the images.
  const dnnl::convolution_backward_data::primitive_desc back_data(
      {kDirect, src, weights, dst, one, pad, pad}, engine, forward);
  calls.push_back({dnnl::convolution_backward_data(back_data),
                   {{DNNL_ARG_DIFF_DST, filled(back_data.diff_dst_desc())},
                    {DNNL_ARG_WEIGHTS, filled(back_data.weights_desc())},
                    {DNNL_ARG_DIFF_SRC, filled(back_data.diff_src_desc())}}});
}

BareConvolutions::BareConvolutions(int batch, int threads)
    : work_(std::make_unique<Work>()) {
  omp_set_num_threads(threads);
  work_->threads = threads;
  for (const Layer& layer : kLayers) work_->add(layer, batch);
}

BareConvolutions::~BareConvolutions() = default;

void BareConvolutions::run() {
  omp_set_num_threads(work_->threads);
  for (const Call& call : work_->calls) {
    call.primitive.execute(work_->stream, call.arguments);
  }
  work_->stream.wait();
}

}  // namespace polytask::benchmark
