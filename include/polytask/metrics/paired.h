// Is one model better than another on the same images, and is that more than
// chance?
//
// Both models answer the same N images, each trained with the same S seeds. Of
// each image only its part of a ratio of sums counts: its loss over 1, whether
// it is right over 1, its squared error over its number of outputs. With the
// value of a model the mean over its seeds of
// scale * sum(numerator) / sum(denominator),
//
//   difference = value of the candidate - value of the reference
//
// Its interval is the 95 % percentile bootstrap (bootstrap.h) that draws images
// and applies each draw to both models and all seeds: what makes an image hard
// for both cancels, so the interval is much narrower than two separate ones
// suggest. It speaks of other images. Of other trainings speaks `deviation`,
// the standard deviation of the S differences, a seed each.
//
// The verdict is better or worse only when the interval excludes 0 and, with
// several seeds, the difference is more than twice its standard error over
// them, deviation / sqrt(S). Else it is undecided, also when nothing could be
// measured. With one seed it holds for these two trainings and no others.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "polytask/metrics/bootstrap.h"
#include "polytask/metrics/evaluation.h"

namespace polytask {

enum class Verdict { better, worse, undecided };  // the candidate is ...

enum class Direction { higher_is_better, lower_is_better };

struct PairedInput {
  // [S] of [N]; seed s and image i are the same in both.
  std::vector<std::vector<RatioTerm>> candidate{};
  std::vector<std::vector<RatioTerm>> reference{};
  double scale = 1.0;
  Direction direction = Direction::lower_is_better;
};

struct PairedDifference {
  Number candidate{};  // means over the seeds, with their own intervals
  Number reference{};
  Number difference{};                // n: images that count in both models
  std::vector<double> of_seeds{};     // [S] differences; empty when absent
  std::optional<double> deviation{};  // of of_seeds, dividing by S - 1;
                                      // absent for one seed
  Verdict verdict = Verdict::undecided;
};

// The difference is absent, with the reason, when there is no image or
// a model's denominators sum to 0 for a seed. A numerator whose denominator is
// 0 is never read.
//
// Throws Fault::shape when there is no seed or seeds and images are not as
// many in both, Fault::data when a term is not finite or a denominator negative
// (naming model, seed and image), Fault::config when resamples is negative.
[[nodiscard]] PairedDifference paired_difference(
    const PairedInput& input, const BootstrapOptions& options = {});

// Of one value an image and one seed: losses, or 1 for right and 0 for wrong.
// An image whose value is NaN for either model counts for neither.
[[nodiscard]] PairedDifference paired_difference(
    std::span<const double> candidate, std::span<const double> reference,
    Direction direction, const BootstrapOptions& options = {});

// "better", "worse", "undecided"
[[nodiscard]] std::string to_text(Verdict verdict);

}  // namespace polytask
