// How often paired_difference is wrong, on drawn scores: what a training adds
// (seeds), what an image adds to all trainings (images), and what an image adds
// to one training (both). The tests that begin with DISABLED_ take a minute;
// `scripts/test --long` runs them.

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "polytask/metrics/paired.h"

namespace polytask {
namespace {

// Shares of the variance of the difference.
struct Variances {
  const char* name;
  double seeds, images, both;
};

constexpr Variances kCases[] = {{"seeds", 1.0, 0.0, 0.0},
                                {"images", 0.0, 1.0, 0.0},
                                {"seeds and images", 0.5, 0.5, 0.0},
                                {"mostly images", 0.1, 0.8, 0.1},
                                {"all three", 0.3, 0.3, 0.4}};

struct Design {
  int seeds, images, trials;
};

// Scores of which the difference is `gain`, with the standard error 1.
PairedInput draw(const Variances& v, const Design& design, double gain,
                 std::mt19937_64& rng) {
  std::normal_distribution<double> normal;
  const double of_seed = std::sqrt(v.seeds * design.seeds);
  const double of_image = std::sqrt(v.images * design.images);
  const double of_both = std::sqrt(v.both * design.seeds * design.images);
  const auto images = static_cast<std::size_t>(design.images);
  std::vector<double> shared(images);
  for (double& value : shared) value = gain + of_image * normal(rng);
  PairedInput input{.direction = Direction::lower_is_better, .margin = 0.0};
  for (int s = 0; s < design.seeds; ++s) {
    const double training = of_seed * normal(rng);
    std::vector<RatioTerm> candidate(images);
    for (std::size_t i = 0; i < images; ++i) {
      candidate[i] = {
          shared[i] + training + (of_both > 0.0 ? of_both * normal(rng) : 0.0),
          1.0};
    }
    input.candidate.push_back(std::move(candidate));
    input.reference.emplace_back(images, RatioTerm{0.0, 1.0});
  }
  return input;
}

// The share of the trials in which a difference is found.
double decided(const Variances& v, const Design& design, double gain) {
  std::mt19937_64 rng(20240229);
  int count = 0;
  for (int trial = 0; trial < design.trials; ++trial) {
    const Verdict verdict =
        paired_difference(draw(v, design, gain, rng), {.resamples = 0}).verdict;
    count += verdict == Verdict::better || verdict == Verdict::worse ? 1 : 0;
  }
  return static_cast<double>(count) / design.trials;
}

// Three standard deviations of a share of .05.
double chance(int trials) { return 3.0 * std::sqrt(0.05 * 0.95 / trials); }

void expect_few_false_verdicts(const std::vector<int>& images, int trials) {
  for (const Variances& v : kCases) {
    for (const int seeds : {1, 2, 3, 5}) {
      for (const int n : images) {
        const double wrong =
            decided(v, {.seeds = seeds, .images = n, .trials = trials}, 0.0);
        EXPECT_LE(wrong, seeds == 1 ? 0.0 : 0.05 + chance(trials))
            << v.name << ", " << seeds << " seeds, " << n << " images";
      }
    }
  }
}

void expect_differences_found(const std::vector<int>& images, int trials) {
  for (const Variances& v : kCases) {
    for (const int n : images) {
      EXPECT_GE(decided(v, {.seeds = 5, .images = n, .trials = trials}, 5.0),
                0.8)
          << v.name << ", " << n << " images";
    }
  }
}

// Right or wrong answers of two networks that are equally good: an image is as
// easy for both, each training has a level and answers of its own.
double decided_on_answers(const Design& design, double of_training) {
  std::mt19937_64 rng(20240301);
  std::normal_distribution<double> normal;
  std::vector<double> easy(static_cast<std::size_t>(design.images));
  const auto answers = [&] {
    const double level = 1.0 + of_training * normal(rng);
    std::vector<RatioTerm> terms;
    for (const double e : easy) {
      terms.push_back({e + level + 0.3 * normal(rng) > 0.0 ? 1.0 : 0.0, 1.0});
    }
    return terms;
  };
  int count = 0;
  for (int trial = 0; trial < design.trials; ++trial) {
    for (double& e : easy) e = normal(rng);
    PairedInput input{.direction = Direction::higher_is_better};
    for (int s = 0; s < design.seeds; ++s) {
      input.candidate.push_back(answers());
      input.reference.push_back(answers());
    }
    const Verdict verdict = paired_difference(input, {.resamples = 0}).verdict;
    count += verdict == Verdict::better || verdict == Verdict::worse ? 1 : 0;
  }
  return static_cast<double>(count) / design.trials;
}

void expect_few_false_verdicts_on_answers(const std::vector<int>& images,
                                          int trials) {
  for (const double of_training : {0.0, 0.05, 0.2}) {
    for (const int seeds : {2, 3, 5}) {
      for (const int n : images) {
        EXPECT_LE(
            decided_on_answers({.seeds = seeds, .images = n, .trials = trials},
                               of_training),
            0.05 + chance(trials))
            << of_training << ", " << seeds << " seeds, " << n << " images";
      }
    }
  }
}

TEST(FalseVerdicts, AreFewWhateverVaries) {
  expect_few_false_verdicts({100}, 200);
}

TEST(FalseVerdicts, AreFewOnRightAndWrongAnswers) {
  expect_few_false_verdicts_on_answers({100}, 100);
}

TEST(FalseVerdicts, FiveStandardErrorsAreFoundWithFiveSeeds) {
  expect_differences_found({100}, 100);
}

TEST(FalseVerdicts, DISABLED_AreFewWhateverVariesInLong) {
  expect_few_false_verdicts({400, 3000}, 3000);
}

TEST(FalseVerdicts, DISABLED_AreFewOnRightAndWrongAnswersInLong) {
  expect_few_false_verdicts_on_answers({400, 3000}, 1000);
}

TEST(FalseVerdicts, DISABLED_FiveStandardErrorsAreFoundInLong) {
  expect_differences_found({400, 3000}, 1000);
}

}  // namespace
}  // namespace polytask
