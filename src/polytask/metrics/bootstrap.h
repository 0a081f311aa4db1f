// How far a number would move on other images of the same kind: a 95 %
// percentile bootstrap over images.
//
// The images are drawn with replacement, `resamples` times; the interval runs
// from the 2.5 % to the 97.5 % quantile (linearly interpolated, as NumPy does)
// of the number computed on each draw. The draws depend on the seed and the
// number of images alone: one number's interval is as repeatable as the
// number, and all numbers of one evaluation see the same draws. It says
// nothing about another training run, and it is too narrow where only a few
// images decide.
// Source: Efron, Tibshirani, An Introduction to the Bootstrap, 1993, chapter
// 13.

#pragma once

#include <span>

#include "polytask/metrics/evaluation.h"

namespace polytask {

// The mean of one value an image, with its interval; n counts the images. No
// interval for fewer than two images. Absent when there is no image or a value
// is not finite. Throws Fault::config when resamples is negative.
[[nodiscard]] Number mean_with_interval(std::span<const double> per_image,
                                        const BootstrapOptions& options = {});

// What one image adds to scale * sum(numerator) / sum(denominator).
struct RatioTerm {
  double numerator = 0.0;
  double denominator = 0.0;  // 0: the image does not count; never negative
};

// A ratio of sums over images, with its interval: the project's loss
// K * sum(w * l) / sum(w) with K as the scale and, of each image, the sums over
// its labels of w * l and of w. n counts the images that count. Absent when
// the denominators sum to 0 or the ratio is not finite. Throws Fault::config
// when resamples is negative.
[[nodiscard]] Number ratio_with_interval(std::span<const RatioTerm> per_image,
                                         double scale,
                                         const BootstrapOptions& options = {});

}  // namespace polytask
