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
// Another training and other images would both move it. Its 95 % interval is
// of both together:
//
//   difference +- sqrt((t_(S-1) e_seeds)^2 + (t_(N-1) e_images)^2)
//
//   e_seeds    standard deviation of the S differences / sqrt(S)
//   e_images   standard error of the mean over the seeds on other images, by
//              the linearised ratio: sqrt(N / (N - 1) sum of e_i^2) with e_i
//              the mean over seeds of (scale numerator_i - value denominator_i)
//              / sum(denominator), candidate less reference. What makes an
//              image hard for both cancels. At least what one image that
//              differs by the largest score would make: that models agree on
//              ten images does not say that they agree on all
//   t_v        .975 quantile of Student's t with v degrees of freedom
//
// Whatever the shares of the two variances are, it holds the true difference
// in at least 95 of 100 cases: what an image does to one training alone is in
// both terms, and each quantile is that of its own degrees of freedom. Not in
// it: other images to train on.
// Source: Banerjee, Confidence interval for any preassigned percentage of
// a linear function of means, Sankhya 1960.
//
// The verdict, with b the difference towards better:
//
//   better      the whole interval of b is above 0
//   worse       the whole interval of b is below 0
//   as_good     the whole interval of b is above -margin
//   undecided   else, with what would decide it; always with one seed, of which
//               nothing says how much a training matters

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "polytask/metrics/bootstrap.h"
#include "polytask/metrics/evaluation.h"

namespace polytask {

enum class Verdict { better, worse, as_good, undecided };  // candidate is ...

// Of a score that is a share, higher is better; of an error, lower is.
enum class Direction { higher_is_better, lower_is_better };

struct PairedInput {
  // [S] of [N]; seed s and image i are the same in both.
  std::vector<std::vector<RatioTerm>> candidate{};
  std::vector<std::vector<RatioTerm>> reference{};
  double scale = 1.0;
  Direction direction = Direction::lower_is_better;
  // By how much less is still as good, >= 0: of a share, points of it (.02 is
  // two points in a hundred); of an error, a part of the reference's.
  double margin = 0.02;
};

// What would decide an undecided difference, if it and its errors stay as they
// are. Estimates, rather too large: an error counts in full although more of
// the other kind would lessen it, too. Each number alone is enough; where
// `both`, only the two together; absent: more than a thousand times as many.
struct Needed {
  std::optional<int> seeds{};  // at most 100; 3 where there is one
  std::optional<std::int64_t> images{};
  bool both = false;
};

struct PairedDifference {
  Number candidate{};  // means over the seeds, each with its bootstrap interval
  Number reference{};  // over images
  Number difference{};                  // n: images that count in both models
  std::vector<double> of_seeds{};       // [S] differences; empty when absent
  std::optional<double> deviation{};    // of of_seeds, dividing by S - 1;
                                        // absent for one seed
  std::optional<double> seed_error{};   // e_seeds; absent for one seed
  std::optional<double> image_error{};  // e_images; absent for one image
  double margin = 0.0;                  // in the unit of the score
  Verdict verdict = Verdict::undecided;
  Needed needed{};  // empty unless undecided
};

// The difference is absent, with the reason, when there is no image or
// a model's denominators sum to 0 for a seed. A numerator whose denominator is
// 0 is never read. Its interval is absent for one seed or one image.
//   options   of the bootstrap of the two values
//
// Throws Fault::shape when there is no seed or seeds and images are not as
// many in both, Fault::data when a term is not finite or a denominator negative
// (naming model, seed and image), Fault::config when resamples or margin is
// negative or margin is not finite.
[[nodiscard]] PairedDifference paired_difference(
    const PairedInput& input, const BootstrapOptions& options = {});

// "better", "worse", "as good", "undecided"
[[nodiscard]] std::string to_text(Verdict verdict);

// "about 9 seeds, or about 2400 test images", "about 30 seeds and 1800 test
// images together", "more than 100 seeds and a thousand times the images"; the
// images rounded up to two digits.
[[nodiscard]] std::string to_text(const Needed& needed);

}  // namespace polytask
