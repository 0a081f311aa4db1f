#include "polytask/layers/dense_layer.h"

#include <algorithm>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/kernels/elementwise.h"
#include "polytask/kernels/row_product.h"
#include "polytask/kernels/sparse_convolution.h"
#include "polytask/layers/dense_parameters.h"

namespace polytask {
namespace {

constexpr int kParts = 8;  // the same for any number of threads
constexpr int kFeaturesWorthAPart = 256;
constexpr int kGradientFloats = 32768;  // of a block: 128 KiB

}  // namespace

DenseLayer::DenseLayer(const DenseLayerOptions& options, const Shape& src)
    : options_(options),
      features_(
          dense_parameters(options.name, options.units, src).front().shape[0]),
      one_row_(options.batch == 1 && !options.with_backward &&
               kernels::has_vector_fma()) {
  const int parts = features_ >= kParts * kFeaturesWorthAPart ? kParts : 1;
  for (int part = 0; part < parts; ++part) {
    // Whole cache lines, so that no two parts write to the same one.
    const auto edge = [&](int p) {
      return p == parts ? features_ : features_ / 16 * p / parts * 16;
    };
    blocks_.push_back(plan_block(edge(part), edge(part + 1) - edge(part)));
  }
  if (!options.with_backward) return;
  gradient_rows_ = std::min(
      features_, std::max(16, kGradientFloats / options.units / 16 * 16));
  gradient_.emplace(plan_gradient(gradient_rows_));
  const int rest = features_ % gradient_rows_;
  if (rest > 0) last_gradient_.emplace(plan_gradient(rest));
}

onednn::Matmul DenseLayer::plan_gradient(int rows) const {
  const auto& [name, units, relu, batch, with_backward] = options_;
  return onednn::Matmul(name, {.m = rows,
                               .k = batch,
                               .n = units,
                               .a = {.row = 1, .column = features_},
                               .b = {.row = units},
                               .c = {.row = units}});
}

DenseLayer::Block DenseLayer::plan_block(int first, int count) const {
  const auto& [name, units, relu, batch, with_backward] = options_;
  Block block{.first = first, .count = count};
  if (one_row_) return block;
  const onednn::MatrixStrides kernel{.row = units};
  const onednn::MatrixStrides images{.row = features_};
  const onednn::MatrixStrides results{.row = units};
  block.forward.emplace(name, onednn::MatmulOptions{.m = batch,
                                                    .k = count,
                                                    .n = units,
                                                    .a = images,
                                                    .b = kernel,
                                                    .c = results});
  if (!with_backward) return block;
  block.backward_data.emplace(
      name, onednn::MatmulOptions{.m = batch,
                                  .k = units,
                                  .n = count,
                                  .a = results,
                                  .b = {.row = 1, .column = units},
                                  .c = images});
  return block;
}

std::vector<ParameterSpec> DenseLayer::parameters() const {
  return dense_parameters(options_.name, options_.units, {features_});
}

std::string DenseLayer::implementation() const {
  if (one_row_) return "forward own, zeros of its input skipped";
  const Block& block = blocks_.front();
  std::string text = cat("forward ", block.forward->implementation());
  if (!options_.with_backward) return text;
  return cat(text, ", backward data ", block.backward_data->implementation(),
             ", backward weights ", gradient_->implementation());
}

double DenseLayer::forward_flops() const {
  return 2.0 * features_ * options_.units;
}

std::size_t DenseLayer::sums() const {
  return static_cast<std::size_t>(options_.batch) *
         static_cast<std::size_t>(options_.units);
}

std::size_t DenseLayer::partial_count() const {
  return sums() * blocks_.size();
}

std::size_t DenseLayer::scratch_count() const {
  std::size_t count = 1;
  for (const Block& block : blocks_) {
    for (const auto* product : {&block.forward, &block.backward_data}) {
      if (*product) count = std::max(count, (*product)->scratch_count());
    }
  }
  for (const auto* product : {&gradient_, &last_gradient_}) {
    if (*product) count = std::max(count, (*product)->scratch_count());
  }
  return count;
}

void DenseLayer::forward_part(int part, const float* src,
                              std::span<const float> kernel, float* partial,
                              float* scratch) const {
  const Block& block = blocks_[static_cast<std::size_t>(part)];
  const auto first = static_cast<std::size_t>(block.first);
  const auto units = static_cast<std::size_t>(options_.units);
  float* sum = partial + static_cast<std::size_t>(part) * sums();
  if (one_row_) {
    const auto count = static_cast<std::size_t>(block.count);
    kernels::row_product({src + first, count},
                         kernel.subspan(first * units, count * units),
                         {sum, units});
    return;
  }
  block.forward->execute(src + first, kernel.data() + first * units, sum,
                         scratch);
}

void DenseLayer::forward_finish(int first_row, int last_row, float* partial,
                                std::span<const float> bias, float* dst) const {
  const auto units = static_cast<std::size_t>(options_.units);
  const std::size_t begin = static_cast<std::size_t>(first_row) * units;
  const std::size_t count =
      static_cast<std::size_t>(last_row - first_row) * units;
  // The tree: neighbours first, then pairs, then fours.
  for (std::size_t step = 1; step < blocks_.size(); step *= 2) {
    for (std::size_t i = 0; i + step < blocks_.size(); i += 2 * step) {
      kernels::add_to({partial + i * sums() + begin, count},
                      {partial + (i + step) * sums() + begin, count});
    }
  }
  for (std::size_t row = begin; row < begin + count; row += units) {
    for (std::size_t i = 0; i < units; ++i) {
      const float sum = partial[row + i] + bias[i];
      dst[row + i] = options_.relu ? std::max(sum, 0.0f) : sum;
    }
  }
}

void DenseLayer::backward_data_part(int part, const float* diff_dst,
                                    std::span<const float> kernel,
                                    float* diff_src, float* scratch) const {
  const Block& block = blocks_[static_cast<std::size_t>(part)];
  const std::size_t first = static_cast<std::size_t>(block.first);
  block.backward_data->execute(
      diff_dst,
      kernel.data() + first * static_cast<std::size_t>(options_.units),
      diff_src + first, scratch);
}

int DenseLayer::gradient_blocks() const {
  return (features_ + gradient_rows_ - 1) / gradient_rows_;
}

std::size_t DenseLayer::gradient_block_count() const {
  return static_cast<std::size_t>(gradient_rows_) *
         static_cast<std::size_t>(options_.units);
}

DenseLayer::Rows DenseLayer::kernel_gradient_block(int block, const float* src,
                                                   const float* diff_dst,
                                                   float* gradient,
                                                   float* scratch) const {
  const int first = block * gradient_rows_;
  const int count = std::min(gradient_rows_, features_ - first);
  const auto& product = count == gradient_rows_ ? gradient_ : last_gradient_;
  product->execute(src + first, diff_dst, gradient, scratch);
  return {.first = first, .count = count};
}

void DenseLayer::bias_gradient(const float* diff_dst,
                               std::span<float> diff_bias) const {
  const auto units = static_cast<std::size_t>(options_.units);
  std::ranges::fill(diff_bias, 0.0f);
  for (int row = 0; row < options_.batch; ++row) {
    kernels::add_to(diff_bias,
                    {diff_dst + static_cast<std::size_t>(row) * units, units});
  }
}

}  // namespace polytask
