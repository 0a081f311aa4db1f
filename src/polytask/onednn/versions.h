// Versions 2.6 and 3 of oneDNN behind one set of names: nothing else here asks
// for the version.
//
// Version 2 describes an operation first, and then how it is computed; version
// 3 does both at once. What a description holds is a field in one, a question
// in the other.
//
// Private to this folder and to benchmarks: it includes dnnl.hpp.

#pragma once

#include <oneapi/dnnl/dnnl.hpp>
#include <utility>

namespace polytask::onednn {

// How a Primitive computes: `operation` is what version 2's Primitive::desc
// takes. Throws dnnl::error where there is no implementation.
template <class Primitive, class... Operation>
typename Primitive::primitive_desc describe(
    const dnnl::engine& engine, const dnnl::primitive_attr& attributes,
    Operation&&... operation) {
#if DNNL_VERSION_MAJOR >= 3
  return {engine, std::forward<Operation>(operation)..., attributes};
#else
  return {typename Primitive::desc(std::forward<Operation>(operation)...),
          attributes, engine};
#endif
}

// Of a backward primitive; `forward` describes the pass it belongs to.
template <class Primitive, class Forward, class... Operation>
typename Primitive::primitive_desc describe_backward(
    const dnnl::engine& engine, const dnnl::primitive_attr& attributes,
    const Forward& forward, Operation&&... operation) {
#if DNNL_VERSION_MAJOR >= 3
  return {engine, std::forward<Operation>(operation)..., forward, attributes};
#else
  return {typename Primitive::desc(std::forward<Operation>(operation)...),
          attributes, engine, forward};
#endif
}

[[nodiscard]] inline dnnl::post_ops then_relu() {
  dnnl::post_ops operations;
  constexpr auto kRelu = dnnl::algorithm::eltwise_relu;
#if DNNL_VERSION_MAJOR >= 3
  operations.append_eltwise(kRelu, 0.0f, 0.0f);
#else
  operations.append_eltwise(1.0f, kRelu, 0.0f, 0.0f);
#endif
  return operations;
}

// How an array lies in memory: axes are cut into blocks. Inside, those that
// `axes` names, from the outermost to the innermost, have `sizes`; `strides`,
// one for each axis, are the floats from one block to the next.
struct Blocks {
  dnnl::memory::dims dims;
  dnnl::memory::dims strides;
  dnnl::memory::dims sizes;
  dnnl::memory::dims axes;
};

[[nodiscard]] inline Blocks blocks_of(const dnnl::memory::desc& desc) {
#if DNNL_VERSION_MAJOR >= 3
  return {.dims = desc.get_dims(),
          .strides = desc.get_strides(),
          .sizes = desc.get_inner_blks(),
          .axes = desc.get_inner_idxs()};
#else
  const dnnl_blocking_desc_t& blocks = desc.data.format_desc.blocking;
  const auto first = [](const auto* values, int count) {
    return dnnl::memory::dims(values, values + count);
  };
  return {.dims = desc.dims(),
          .strides = first(blocks.strides, desc.data.ndims),
          .sizes = first(blocks.inner_blks, blocks.inner_nblks),
          .axes = first(blocks.inner_idxs, blocks.inner_nblks)};
#endif
}

}  // namespace polytask::onednn
