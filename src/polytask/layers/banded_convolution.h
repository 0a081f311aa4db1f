// A convolution whose forward pass may be cut into bands of rows.
//
// Several threads can then work on one image, or one thread on what fits into
// its cache. The bands are fixed when the convolution is planned, so the bits
// do not depend on the threads.

#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "polytask/onednn/convolution.h"

namespace polytask {

struct RowBand {
  int first = 0;
  int count = 0;
};

// `rows` cut into at most `most` bands, fewer where there are few rows; each
// but the last has the same number of rows, a multiple of `multiple`.
[[nodiscard]] std::vector<RowBand> row_bands(int rows, int most, int multiple);

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
  [[nodiscard]] std::size_t scratch_count() const;

  // Overwrites the band's rows of the result.
  //   src    the whole image
  //   rows   the first of the band's rows
  void forward(std::size_t band, const float* src, const float* prepared,
               float* rows, float* scratch) const;

 private:
  void plan_bands(std::string_view owner,
                  const onednn::ConvolutionOptions& options);

  std::vector<RowBand> bands_;
  std::optional<onednn::Convolution> whole_;  // where no band is all there is
  std::vector<onednn::Convolution> convolutions_;  // forward, one a band
  std::vector<std::size_t> src_offsets_;           // floats: what a band reads
};

}  // namespace polytask
