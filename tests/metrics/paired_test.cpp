#include "polytask/metrics/paired.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "tests/support/expect_error.h"

namespace polytask {
namespace {

using enum Direction;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<RatioTerm> terms(const std::vector<double>& values) {
  std::vector<RatioTerm> all;
  for (const double v : values) all.push_back({v, 1.0});
  return all;
}

// How hard each image is for both models; the candidate's loss is lower by
// `gain` but for noise of its own.
struct TwoModels {
  std::vector<double> candidate{}, reference{};

  TwoModels(std::size_t images, double gain, double noise, unsigned seed) {
    std::mt19937 rng(seed);
    std::normal_distribution<double> normal;
    for (std::size_t i = 0; i < images; ++i) {
      const double hard = 5.0 + normal(rng);
      reference.push_back(hard + noise * normal(rng));
      candidate.push_back(hard - gain + noise * normal(rng));
    }
  }
};

TEST(PairedDifference, IsCandidateMinusReference) {
  const PairedDifference found =
      paired_difference(std::vector<double>{1, 2, 3},
                        std::vector<double>{2, 2, 5}, lower_is_better);
  EXPECT_EQ(found.candidate.value, 2.0);
  EXPECT_EQ(found.reference.value, 3.0);
  EXPECT_EQ(found.difference.value, -1.0);
  EXPECT_EQ(found.difference.n, 3);
  EXPECT_EQ(found.of_seeds, std::vector<double>{-1.0});
  EXPECT_EQ(found.deviation, std::nullopt);
}

TEST(PairedDifference, WhatIsHardForBothCancels) {
  const TwoModels models(200, 0.1, 0.05, 1);
  const PairedDifference found =
      paired_difference(models.candidate, models.reference, lower_is_better);
  const double width = *found.difference.high - *found.difference.low;
  EXPECT_LT(width, 0.1 * (*found.candidate.high - *found.candidate.low));
  EXPECT_GT(*found.candidate.high, *found.reference.low);  // They overlap,
  EXPECT_EQ(found.verdict, Verdict::better);               // and yet.
}

TEST(PairedDifference, EqualAnswersDifferByNothingOnAnyDraw) {
  const TwoModels models(50, 0.1, 0.1, 2);
  const PairedDifference found =
      paired_difference(models.reference, models.reference, lower_is_better);
  EXPECT_EQ(found.difference.value, 0.0);
  EXPECT_EQ(found.difference.low, 0.0);
  EXPECT_EQ(found.difference.high, 0.0);
  EXPECT_EQ(found.verdict, Verdict::undecided);
}

TEST(PairedDifference, VerdictDependsOnTheDirection) {
  const TwoModels models(100, 0.5, 0.1, 3);
  const auto verdict = [](const std::vector<double>& candidate,
                          const std::vector<double>& reference,
                          Direction direction) {
    return paired_difference(candidate, reference, direction).verdict;
  };
  EXPECT_EQ(verdict(models.candidate, models.reference, lower_is_better),
            Verdict::better);
  EXPECT_EQ(verdict(models.candidate, models.reference, higher_is_better),
            Verdict::worse);
  EXPECT_EQ(verdict(models.reference, models.candidate, lower_is_better),
            Verdict::worse);
  EXPECT_EQ(verdict(models.reference, models.candidate, higher_is_better),
            Verdict::better);
}

TEST(PairedDifference, SwappingTheModelsTurnsTheIntervalRound) {
  const TwoModels models(40, 0.1, 0.3, 4);
  const Number there =
      paired_difference(models.candidate, models.reference, lower_is_better)
          .difference;
  const Number back =
      paired_difference(models.reference, models.candidate, lower_is_better)
          .difference;
  EXPECT_NEAR(*there.value, -*back.value, 1e-12);
  EXPECT_NEAR(*there.low, -*back.high, 1e-12);
  EXPECT_NEAR(*there.high, -*back.low, 1e-12);
}

TEST(PairedDifference, FewAreDecidedWhereThereIsNoDifference) {
  int decided = 0;
  for (unsigned seed = 0; seed < 200; ++seed) {
    const TwoModels models(50, 0.0, 1.0, seed);
    const PairedDifference found =
        paired_difference(models.candidate, models.reference, lower_is_better,
                          {.resamples = 200, .seed = seed});
    if (found.verdict != Verdict::undecided) ++decided;
  }
  EXPECT_GE(decided, 1);  // 10 expected, standard deviation 3.1
  EXPECT_LE(decided, 22);
}

TEST(PairedDifference, IntervalIsThatOfTheMeanOfDifferences) {
  const std::vector<double> candidate{1, 4, 2, 8}, reference{0, 4, 4, 2};
  const Number found =
      paired_difference(candidate, reference, lower_is_better).difference;
  const Number mean = mean_with_interval(std::vector<double>{1, 0, -2, 6});
  EXPECT_EQ(found.value, mean.value);
  EXPECT_NEAR(*found.low, *mean.low, 1e-12);
  EXPECT_NEAR(*found.high, *mean.high, 1e-12);
}

TEST(PairedDifference, OfRatiosIsOfSumsAndScaled) {
  const PairedDifference found =
      paired_difference({.candidate = {{{1.0, 1.0}, {6.0, 3.0}}},
                         .reference = {{{2.0, 1.0}, {2.0, 3.0}}},
                         .scale = 5.0});
  EXPECT_EQ(found.candidate.value, 5.0 * 7 / 4);
  EXPECT_EQ(found.reference.value, 5.0 * 4 / 4);
  EXPECT_EQ(found.difference.value, 5.0 * 3 / 4);
}

TEST(PairedDifference, SeedsAreAveragedAndTheirSpreadShown) {
  const PairedDifference found = paired_difference(
      {.candidate = {terms({1, 1}), terms({2, 4}), terms({3, 5})},
       .reference = {terms({1, 1}), terms({1, 3}), terms({1, 3})}});
  EXPECT_EQ(found.of_seeds, (std::vector<double>{0, 1, 2}));
  EXPECT_EQ(found.difference.value, 1.0);
  EXPECT_EQ(found.deviation, 1.0);
  EXPECT_EQ(found.difference.n, 2);
}

TEST(PairedDifference, AllSeedsSeeTheSameDraw) {
  // What the seeds gain and lose on an image cancels on every draw.
  const PairedDifference found =
      paired_difference({.candidate = {terms({3, 1, 5}), terms({1, 3, 5})},
                         .reference = {terms({1, 3, 4}), terms({3, 1, 4})}});
  EXPECT_NEAR(*found.difference.value, 1.0 / 3, 1e-12);
  EXPECT_GE(*found.difference.low, 0.0);
  EXPECT_LE(*found.difference.high, 1.0);
}

TEST(PairedDifference, SeedsThatContradictEachOtherLeaveItUndecided) {
  std::vector<double> up(100, 1.3), down(100, 0.9);
  const std::vector<RatioTerm> same = terms(std::vector<double>(100, 1.0));
  const PairedDifference contradicting = paired_difference(
      {.candidate = {terms(up), terms(down)}, .reference = {same, same}});
  EXPECT_GT(*contradicting.difference.low, 0.0);
  EXPECT_EQ(contradicting.verdict, Verdict::undecided);
  down.assign(100, 1.2);
  const PairedDifference agreeing = paired_difference(
      {.candidate = {terms(up), terms(down)}, .reference = {same, same}});
  EXPECT_EQ(agreeing.verdict, Verdict::worse);
}

TEST(PairedDifference, AnImageWithoutWeightIsNeverRead) {
  const PairedDifference found =
      paired_difference(std::vector<double>{1, kNaN, 3, 4},
                        std::vector<double>{2, 5, kNaN, 6}, lower_is_better);
  EXPECT_EQ(found.candidate.value, 2.5);
  EXPECT_EQ(found.reference.value, 4.0);
  EXPECT_EQ(found.difference.n, 2);
}

TEST(PairedDifference, CountsTheImagesThatCountInBoth) {
  const PairedDifference found =
      paired_difference({.candidate = {{{1, 1}, {1, 0}, {1, 2}}},
                         .reference = {{{1, 0}, {1, 0}, {1, 1}}}});
  EXPECT_EQ(found.candidate.n, 2);
  EXPECT_EQ(found.reference.n, 1);
  EXPECT_EQ(found.difference.n, 1);
}

TEST(PairedDifference, SameSeedSameInterval) {
  const TwoModels models(30, 0.1, 0.3, 5);
  const auto interval = [&](std::uint64_t seed) {
    const Number found =
        paired_difference(models.candidate, models.reference, lower_is_better,
                          {.resamples = 100, .seed = seed})
            .difference;
    return std::pair(*found.low, *found.high);
  };
  EXPECT_EQ(interval(1), interval(1));
  EXPECT_NE(interval(1), interval(2));
}

TEST(PairedDifference, WithoutAnIntervalThereIsNoVerdict) {
  const std::vector<double> low{1, 1, 1}, high{2, 2, 2};
  EXPECT_EQ(
      paired_difference(low, high, lower_is_better, {.resamples = 0}).verdict,
      Verdict::undecided);
  const PairedDifference one = paired_difference(
      std::vector<double>{1}, std::vector<double>{2}, lower_is_better);
  EXPECT_EQ(one.difference.value, -1.0);
  EXPECT_EQ(one.difference.low, std::nullopt);
  EXPECT_EQ(one.verdict, Verdict::undecided);
}

TEST(PairedDifference, NothingObservedIsUndefined) {
  for (const PairedDifference& found :
       {paired_difference({}, {}, lower_is_better),
        paired_difference(std::vector<double>{kNaN}, std::vector<double>{1.0},
                          lower_is_better)}) {
    EXPECT_EQ(found.difference.value, std::nullopt);
    EXPECT_EQ(found.difference.n, 0);
    EXPECT_EQ(found.difference.reason, "no observed image");
    EXPECT_TRUE(found.of_seeds.empty());
    EXPECT_EQ(found.verdict, Verdict::undecided);
  }
}

TEST(PairedDifference, ASeedWithoutImagesLeavesNoDifference) {
  const PairedDifference found =
      paired_difference({.candidate = {terms({1, 2}), {{1, 0}, {1, 0}}},
                         .reference = {terms({1, 2}), terms({1, 2})}});
  EXPECT_EQ(found.candidate.value, std::nullopt);
  EXPECT_EQ(found.reference.value, 1.5);
  EXPECT_EQ(found.difference.value, std::nullopt);
}

TEST(PairedDifference, ReportsEveryMisfitAtOnce) {
  test::expect_error(
      Fault::shape,
      "paired difference:\n"
      "  - expected at least 1 seed and as many in both, found candidate=2 "
      "reference=1\n"
      "  - candidate, seed 1: expected 2 images as in the first, found 1\n"
      "  - reference, seed 0: expected 2 images as in the first, found 3",
      [] {
        (void)paired_difference({.candidate = {terms({1, 2}), terms({1})},
                                 .reference = {terms({1, 2, 3})}});
      });
  test::expect_error(
      Fault::shape,
      "paired difference:\n"
      "  - expected at least 1 seed and as many in both, found candidate=0 "
      "reference=0",
      [] { (void)paired_difference({}); });
}

TEST(PairedDifference, NamesModelSeedAndImageOfWhatIsNotFinite) {
  test::expect_error(
      Fault::data,
      "paired difference: reference, seed 1, image 0: expected a finite "
      "numerator and a denominator of 0 or more, found nan over 1",
      [] {
        (void)paired_difference({.candidate = {terms({1}), terms({1})},
                                 .reference = {terms({1}), terms({kNaN})}});
      });
  test::expect_error(
      Fault::data,
      "paired difference: candidate, seed 0, image 1: expected a finite "
      "numerator and a denominator of 0 or more, found 1 over -1",
      [] {
        (void)paired_difference(
            {.candidate = {{{1, 1}, {1, -1}}}, .reference = {terms({1, 1})}});
      });
}

TEST(Verdict, ReadsAsItsName) {
  EXPECT_EQ(to_text(Verdict::better), "better");
  EXPECT_EQ(to_text(Verdict::worse), "worse");
  EXPECT_EQ(to_text(Verdict::undecided), "undecided");
}

}  // namespace
}  // namespace polytask
