// A convolution whose forward pass may be cut into bands of rows.
//
// Several threads can then work on one image, or one thread on what fits into
// its cache. The bands are fixed when the convolution is planned, so the bits
// do not depend on the threads.

#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "polytask/layers/row_bands.h"
#include "polytask/onednn/convolution.h"

namespace polytask {

class BandedConvolution {
 public:
  // Throws as onednn::Convolution.
  //   bands   of the rows of dst, all of them, in order
  BandedConvolution(std::string_view owner,
                    const onednn::ConvolutionOptions& options,
                    std::vector<RowBand> bands);

  [[nodiscard]] const std::vector<RowBand>& bands() const { return bands_; }

  // What is said and prepared once for all bands, and computes backward.
  [[nodiscard]] const onednn::Convolution& whole() const {
    return whole_ ? *whole_ : convolutions_.front();
  }
  // The rows of src that a band reads.
  [[nodiscard]] RowBand read_by(std::size_t band) const { return reads_[band]; }
  [[nodiscard]] std::size_t scratch_count() const;

  // As those of whole(), and sooner done where the processor has AVX2.
  void prepare_part(int part, std::span<const float> kernel,
                    std::span<const float> bias, float* prepared) const;
  void unpack_gradient(const float* gradient, std::span<float> diff_kernel,
                       std::span<float> diff_bias) const;

  // Overwrites the band's rows of the result.
  //   src    the whole image
  //   rows   the first of the band's rows
  void forward(std::size_t band, const float* src, const float* prepared,
               float* rows, float* scratch) const;

 private:
  void plan_bands(std::string_view owner,
                  const onednn::ConvolutionOptions& options);
  void plan_packing();

  std::vector<RowBand> bands_;
  std::size_t src_row_ = 0;                   // floats
  std::optional<onednn::Convolution> whole_;  // where no band is all there is
  std::vector<onednn::Convolution> convolutions_;  // forward, one per band
  std::vector<RowBand> reads_;                     // rows of src, one per band
  // Those that we pack and unpack: a part each, and the gradient.
  std::vector<std::optional<onednn::Convolution::Tiled>> prepared_tiles_;
  std::optional<onednn::Convolution::Tiled> gradient_tiles_;
};

}  // namespace polytask
