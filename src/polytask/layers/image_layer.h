// One step of the image pipeline: it maps one image's activation to the next.
//
// Constructing a layer checks its shapes and creates its primitives; that is
// the only moment it may throw or allocate. Afterwards it is immutable: inputs,
// outputs and scratch all arrive as arguments, so one layer serves any number
// of threads. It sees one image at a time, so the batch size is no part of it
// and activations stay in the cache of the core that computes them.
//
//   prepare    once after each change of the parameters: brings them into the
//              form that forward and backward read; in parts that several
//              threads may do at once, the first for forward, the others for
//              backward
//   forward    writes all of dst and, in training, all of state
//   forward_band   a part of dst, where one image is shared out to threads
//   backward   writes all of diff_src and adds to gradient, or overwrites it
//              for the first image; may overwrite diff_dst
//   backward_weights, backward_data   the same in halves, where one image is
//              shared out to threads
//   unpack     once a step: turns a sum of gradients back into arrays shaped
//              like the parameters

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "polytask/kernels/dropout.h"
#include "polytask/layers/row_bands.h"
#include "polytask/tensor/parameter_store.h"
#include "polytask/tensor/shape.h"

namespace polytask {

using kernels::ImageKey;

// The upper left part of an image, where the rest is not computed because no
// later layer reads it. 0: all rows, all columns.
struct Extent {
  int rows = 0;
  int columns = 0;
};

struct ImageLayerSpec {
  std::string name;            // unique within the network: "conv2d_1"
  std::string implementation;  // who computes it, for people
  Shape src;                   // of one image: [H, W, C] or [F]
  Shape dst;
  std::vector<ParameterSpec> parameters;

  // Sizes of the caller's buffers; 0 where there is none.
  std::size_t prepared_count = 0;  // floats, one for the network
  std::size_t gradient_count = 0;  // floats, one per shard
  std::size_t scratch_count = 0;   // floats, one per worker
  std::size_t state_bytes = 0;     // one per image: what forward tells backward

  // What backward reads, so that the network keeps nothing else.
  bool backward_reads_src = false;
  bool backward_reads_dst = false;
  // See ForwardPass::images and BackwardPass::images.
  bool forward_takes_micro_batches = false;
  bool backward_takes_micro_batches = false;

  double forward_flops = 0.0;  // multiplications and additions, one image
  // Backward computes for the survivors alone; see ImageLayer::survivors().
  bool backward_skips_zeros = false;
  // Where in `gradient` backward adds the share of the products it computes,
  // for a layer that decides for each image whether to skip zeros.
  std::optional<std::size_t> computed_share;
};

// How much is left of a gradient on its way back: below a pool one element a
// window that is alive, below a relu what its derivative lets through.
struct Survivors {
  std::size_t alive = 0;
  std::size_t windows = 0;   // behind a relu alone: elements
  std::size_t elements = 0;  // of the gradient of the convolution's result
};

struct ForwardPass {
  // More than 1 only for a layer that takes micro-batches. The images are
  // contiguous in src and dst, and each gets the bits it would get alone.
  int images = 1;
  const float* src = nullptr;
  const float* prepared = nullptr;
  float* dst = nullptr;
  std::uint8_t* state = nullptr;  // null outside training
  float* scratch = nullptr;
  ImageKey key;  // read in training only
};

struct BackwardPass {
  // Likewise in src, dst, diff_dst and diff_src, but for the bits.
  int images = 1;
  const float* src = nullptr;  // null unless backward_reads_src
  const float* dst = nullptr;  // null unless backward_reads_dst
  const std::uint8_t* state = nullptr;
  const float* prepared = nullptr;
  float* diff_dst = nullptr;
  float* diff_src = nullptr;  // null when no one needs it
  float* gradient = nullptr;
  bool first = false;  // nothing is in gradient yet
  float* scratch = nullptr;
};

class ImageLayer {
 public:
  virtual ~ImageLayer() = default;

  [[nodiscard]] virtual const ImageLayerSpec& spec() const = 0;
  [[nodiscard]] virtual int prepare_parts() const { return 0; }
  virtual void prepare_part(
      int /*part*/, std::span<const std::span<const float>> /*parameters*/,
      float* /*prepared*/) const {}
  void prepare(std::span<const std::span<const float>> parameters,
               float* prepared) const {
    for (int part = 0; part < prepare_parts(); ++part) {
      prepare_part(part, parameters, prepared);
    }
  }
  virtual void forward(const ForwardPass& pass) const = 0;
  virtual void backward(const BackwardPass& pass) const = 0;

  // forward in pieces that several threads may compute at once, each with
  // scratch of its own: for when there is only one image to do.
  [[nodiscard]] virtual int bands() const { return 1; }
  virtual void forward_band(int /*band*/, const ForwardPass& pass) const {
    forward(pass);
  }
  // The rows of dst that a band writes, and those of src that it reads.
  [[nodiscard]] virtual RowBand written_by(int /*band*/) const {
    return {.first = 0, .count = spec().dst[0]};
  }
  [[nodiscard]] virtual RowBand read_by(int /*band*/) const {
    return {.first = 0, .count = spec().src[0]};
  }
  // backward likewise: after begin_backward, which may overwrite diff_dst, one
  // thread may add to gradient while another writes diff_src. Gives the same
  // bits.
  virtual void begin_backward(const BackwardPass& /*pass*/) const {}
  virtual void backward_weights(const BackwardPass& /*pass*/) const {}
  virtual void backward_data(const BackwardPass& pass) const { backward(pass); }
  virtual void unpack_gradient(
      const float* /*gradient*/,
      std::span<const std::span<float>> /*diff_parameters*/) const {}

  // Of the image whose forward pass left this state; none where no pool is.
  [[nodiscard]] virtual std::optional<Survivors> survivors(
      const std::uint8_t* /*state*/) const {
    return std::nullopt;
  }
};

}  // namespace polytask
