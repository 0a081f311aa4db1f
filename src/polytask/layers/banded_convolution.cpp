#include "polytask/layers/banded_convolution.h"

#include <algorithm>

#include "polytask/kernels/pack_tiles.h"
#include "polytask/kernels/sparse_convolution.h"

namespace polytask {
namespace {

// The rows of src that a band of dst reads, as a convolution of their own.
onednn::ConvolutionOptions of_band(const onednn::ConvolutionOptions& whole,
                                   const RowBand& band, RowBand& read) {
  const int begin = band.first * whole.stride - whole.pad_top;
  const int end = begin + (band.count - 1) * whole.stride + whole.kernel_height;
  read.first = std::max(begin, 0);
  read.count = std::min(end, whole.height) - read.first;
  onednn::ConvolutionOptions part = whole;
  part.with_backward = false;
  part.height = read.count;
  part.pad_top = read.first - begin;
  part.pad_bottom = std::max(end - whole.height, 0);
  return part;
}

}  // namespace

BandedConvolution::BandedConvolution(std::string_view owner,
                                     const onednn::ConvolutionOptions& options,
                                     std::vector<RowBand> bands)
    : bands_(std::move(bands)),
      src_row_(static_cast<std::size_t>(options.width) *
               static_cast<std::size_t>(options.channels)) {
  if (bands_.size() > 1) plan_bands(owner, options);
  if (bands_.size() == 1) {
    convolutions_.clear();
    convolutions_.emplace_back(owner, options);
    reads_ = {{.first = 0, .count = options.height}};
  }
  plan_packing();
}

// Leaves one band where oneDNN wants other weights for some of them.
void BandedConvolution::plan_bands(std::string_view owner,
                                   const onednn::ConvolutionOptions& options) {
  if (options.with_backward) whole_.emplace(owner, options);
  for (const RowBand& band : bands_) {
    convolutions_.emplace_back(owner,
                               of_band(options, band, reads_.emplace_back()));
    if (convolutions_.back().same_forward_layout(whole())) continue;
    bands_ = {{.first = 0, .count = bands_.back().first + bands_.back().count}};
    whole_.reset();
    return;
  }
}

void BandedConvolution::plan_packing() {
  prepared_tiles_.resize(static_cast<std::size_t>(whole().prepare_parts()));
  if (!kernels::has_vector_fma()) return;
  for (int part = 0; part < whole().prepare_parts(); ++part) {
    prepared_tiles_[static_cast<std::size_t>(part)] =
        whole().prepared_tiles(part);
  }
  gradient_tiles_ = whole().gradient_tiles();
  // Such a layout is left to oneDNN: unpack_tiles() does not know it.
  if (gradient_tiles_ && gradient_tiles_->tiles.rows_are_filters) {
    gradient_tiles_.reset();
  }
}

void BandedConvolution::prepare_part(int part, std::span<const float> kernel,
                                     std::span<const float> bias,
                                     float* prepared) const {
  const auto& own = prepared_tiles_[static_cast<std::size_t>(part)];
  if (!own) {
    whole().prepare_part(part, kernel, bias, prepared);
    return;
  }
  kernels::pack_tiles(own->tiles, kernel, prepared + own->offset);
  if (part == 0) whole().prepare_bias(bias, prepared);
}

void BandedConvolution::unpack_gradient(const float* gradient,
                                        std::span<float> diff_kernel,
                                        std::span<float> diff_bias) const {
  if (!gradient_tiles_) {
    whole().unpack_gradient(gradient, diff_kernel, diff_bias);
    return;
  }
  kernels::unpack_tiles(gradient_tiles_->tiles,
                        gradient + gradient_tiles_->offset, diff_kernel);
  whole().unpack_bias(gradient, diff_bias);
}

std::size_t BandedConvolution::scratch_count() const {
  std::size_t count = whole().scratch_count();
  for (const onednn::Convolution& convolution : convolutions_) {
    count = std::max(count, convolution.scratch_count());
  }
  return count;
}

void BandedConvolution::forward(std::size_t band, const float* src,
                                const float* prepared, float* rows,
                                float* scratch) const {
  const std::size_t first =
      static_cast<std::size_t>(reads_[band].first) * src_row_;
  convolutions_[band].forward(src + first, prepared, rows, scratch);
}

}  // namespace polytask
