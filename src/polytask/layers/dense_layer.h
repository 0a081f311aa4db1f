// A fully connected layer over a whole batch, with bias and an optional relu.
//
//   dst = act(src * kernel + bias)     src [N, F], kernel [F, units], dst [N,
//   units]
//
// The weights are read once for the whole batch, so this layer is cut along the
// features F, not along the images: into parts() blocks of the same size for
// any number of threads. Each part is computed by one thread and partial sums
// are added in a fixed tree, so the bits do not depend on the threads.
//
// For one image alone, rows of the kernel that meet a zero are not read.
//
// Planned for N images; with fewer in a batch the rows behind them must be
// finite in src and zero in diff_dst. Immutable, like every layer.
// Source: docs/math/layers.md#dense

#pragma once

#include <optional>
#include <vector>

#include "polytask/onednn/matmul.h"
#include "polytask/tensor/parameter_store.h"

namespace polytask {

struct DenseLayerOptions {
  std::string name;
  int units = 0;
  bool relu = false;
  int batch = 1;  // N
  bool with_backward = true;
};

class DenseLayer {
 public:
  // Throws Fault::config when units < 1, Fault::shape when src is not [F].
  //   src   of one image
  DenseLayer(const DenseLayerOptions& options, const Shape& src);

  [[nodiscard]] const std::string& name() const { return options_.name; }
  [[nodiscard]] int units() const { return options_.units; }
  [[nodiscard]] int features() const { return features_; }
  [[nodiscard]] bool relu() const { return options_.relu; }
  [[nodiscard]] std::vector<ParameterSpec> parameters() const;
  [[nodiscard]] std::string implementation() const;
  [[nodiscard]] double forward_flops() const;  // one image

  [[nodiscard]] int parts() const { return static_cast<int>(blocks_.size()); }
  // Floats of the caller's buffers: the sums of all parts, one for the layer,
  // and scratch, one per worker.
  [[nodiscard]] std::size_t partial_count() const;
  [[nodiscard]] std::size_t scratch_count() const;

  // First every part, then finish for every range of rows [first, last).
  void forward_part(int part, const float* src, std::span<const float> kernel,
                    float* partial, float* scratch) const;
  void forward_finish(int first_row, int last_row, float* partial,
                      std::span<const float> bias, float* dst) const;

  // diff_dst is the gradient before the relu: mask_relu first. Each part
  // overwrites its columns of diff_src.
  void backward_data_part(int part, const float* diff_dst,
                          std::span<const float> kernel, float* diff_src,
                          float* scratch) const;

  // The gradient of the kernel comes in blocks of rows that fit into a core's
  // cache, so that what needs it can use it there: row first of the kernel
  // and those behind it. Overwrites `gradient`, row-major, at most
  // gradient_block_count() floats.
  struct Rows {
    int first = 0;
    int count = 0;
  };
  [[nodiscard]] int gradient_blocks() const;
  [[nodiscard]] std::size_t gradient_block_count() const;
  Rows kernel_gradient_block(int block, const float* src, const float* diff_dst,
                             float* gradient, float* scratch) const;
  // Overwrites diff_bias.
  void bias_gradient(const float* diff_dst, std::span<float> diff_bias) const;

 private:
  struct Block {
    int first = 0;  // feature
    int count = 0;
    std::optional<onednn::Matmul> forward;
    std::optional<onednn::Matmul> backward_data;
  };
  [[nodiscard]] Block plan_block(int first, int count) const;
  [[nodiscard]] onednn::Matmul plan_gradient(int rows) const;
  [[nodiscard]] std::size_t sums() const;  // floats of one partial sum

  DenseLayerOptions options_;
  int features_ = 0;
  bool one_row_ = false;  // our kernel instead of oneDNN's
  std::vector<Block> blocks_;
  int gradient_rows_ = 0;  // of a block; the last one may have fewer
  std::optional<onednn::Matmul> gradient_;
  std::optional<onednn::Matmul> last_gradient_;
};

}  // namespace polytask
