#include "polytask/layers/banded_convolution.h"

#include <algorithm>

namespace polytask {
namespace {

// The rows of src that a band of dst reads, as a convolution of their own.
onednn::ConvolutionOptions of_band(const onednn::ConvolutionOptions& whole,
                                   const RowBand& band, int& first_row) {
  const int begin = band.first * whole.stride - whole.pad_top;
  const int end = begin + (band.count - 1) * whole.stride + whole.kernel_height;
  first_row = std::max(begin, 0);
  onednn::ConvolutionOptions part = whole;
  part.with_backward = false;
  part.height = std::min(end, whole.height) - first_row;
  part.pad_top = first_row - begin;
  part.pad_bottom = std::max(end - whole.height, 0);
  return part;
}

}  // namespace

std::vector<RowBand> row_bands(int rows, int most, int multiple) {
  constexpr int kFewestRows = 2;
  const int count = std::clamp(rows / kFewestRows, 1, most);
  const int even = (rows + count - 1) / count;
  const int height = (even + multiple - 1) / multiple * multiple;
  std::vector<RowBand> bands;
  for (int first = 0; first < rows; first += height) {
    bands.push_back({.first = first, .count = std::min(height, rows - first)});
  }
  return bands;
}

BandedConvolution::BandedConvolution(std::string_view owner,
                                     const onednn::ConvolutionOptions& options,
                                     std::vector<RowBand> bands)
    : bands_(std::move(bands)) {
  if (bands_.size() > 1) plan_bands(owner, options);
  if (bands_.size() > 1) return;
  convolutions_.clear();
  convolutions_.emplace_back(owner, options);
  src_offsets_ = {0};
}

// Leaves one band where oneDNN wants other weights for some of them.
void BandedConvolution::plan_bands(std::string_view owner,
                                   const onednn::ConvolutionOptions& options) {
  if (options.with_backward) whole_.emplace(owner, options);
  for (const RowBand& band : bands_) {
    int first_row = 0;
    convolutions_.emplace_back(owner, of_band(options, band, first_row));
    src_offsets_.push_back(static_cast<std::size_t>(first_row) *
                           static_cast<std::size_t>(options.width) *
                           static_cast<std::size_t>(options.channels));
    if (convolutions_.back().prepares_like(whole())) continue;
    bands_ = {{.first = 0, .count = bands_.back().first + bands_.back().count}};
    whole_.reset();
    return;
  }
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
  convolutions_[band].forward(src + src_offsets_[band], prepared, rows,
                              scratch);
}

}  // namespace polytask
