#include "polytask/layers/dropout_layer.h"

#include <algorithm>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

ImageLayerSpec checked_spec(const DropoutLayerOptions& o, const Shape& src) {
  if (!(o.rate >= 0.0 && o.rate < 1.0)) {  // false for NaN, too
    throw Error(Fault::config,
                cat(o.name, ": rate: expected 0 <= rate < 1, got ", o.rate));
  }
  return {.name = o.name,
          .implementation = "own",
          .src = src,
          .dst = src,
          .state_bytes = kernels::bit_bytes(element_count(src))};
}

}  // namespace

DropoutLayer::DropoutLayer(const DropoutLayerOptions& options, const Shape& src)
    : options_(options), spec_(checked_spec(options, src)) {}

void DropoutLayer::forward(const ForwardPass& pass) const {
  const std::size_t count = element_count(spec_.src);
  if (pass.state == nullptr) {
    std::copy(pass.src, pass.src + count, pass.dst);
    return;
  }
  kernels::dropout(pass.key, options_.address, options_.rate, {pass.src, count},
                   {pass.dst, count}, {pass.state, spec_.state_bytes});
}

void DropoutLayer::backward(const BackwardPass& pass) const {
  const std::size_t count = element_count(spec_.src);
  kernels::dropout_backward(options_.rate, {pass.diff_dst, count},
                            {pass.state, spec_.state_bytes},
                            {pass.diff_src, count});
}

}  // namespace polytask
