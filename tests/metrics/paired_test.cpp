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

std::vector<RatioTerm> same(std::size_t images, double value) {
  return terms(std::vector<double>(images, value));
}

// Half of the images have the one value, half the other.
std::vector<RatioTerm> halves(std::size_t images, double one, double other) {
  std::vector<RatioTerm> all;
  for (std::size_t i = 0; i < images; ++i) {
    all.push_back({i % 2 == 0 ? one : other, 1.0});
  }
  return all;
}

// Two trainings that agree; `gain` of the images are right in the candidate
// alone, out of `images`, and half of the others are right in both.
PairedInput right_answers(std::size_t images, std::size_t gain) {
  std::vector<RatioTerm> candidate, reference;
  for (std::size_t i = 0; i < images; ++i) {
    const double both = i % 2 == 0 ? 1.0 : 0.0;
    candidate.push_back({i < gain ? 1.0 : both, 1.0});
    reference.push_back({i < gain ? 0.0 : both, 1.0});
  }
  return {.candidate = {candidate, candidate},
          .reference = {reference, reference},
          .direction = higher_is_better};
}

TEST(PairedDifference, IsCandidateMinusReference) {
  const PairedDifference found = paired_difference(
      {.candidate = {terms({1, 2, 3})}, .reference = {terms({2, 2, 5})}});
  EXPECT_EQ(found.candidate.value, 2.0);
  EXPECT_EQ(found.reference.value, 3.0);
  EXPECT_EQ(found.difference.value, -1.0);
  EXPECT_EQ(found.difference.n, 3);
  EXPECT_EQ(found.of_seeds, std::vector<double>{-1.0});
}

// Differences of the seeds 4 and 6: standard error 1, t of one degree of
// freedom 12.706. Of the images 4 or 6: standard error sqrt(1 / 99), t of 99
// degrees 1.984.
TEST(PairedDifference, IntervalIsOfSeedsAndImagesTogether) {
  const PairedDifference found = paired_difference(
      {.candidate = {halves(100, 3.0, 5.0), halves(100, 5.0, 7.0)},
       .reference = {same(100, 0.0), same(100, 0.0)}});
  EXPECT_EQ(found.difference.value, 5.0);
  EXPECT_NEAR(*found.deviation, std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(*found.seed_error, 1.0, 1e-12);
  EXPECT_NEAR(*found.image_error, 0.100503781526, 1e-12);
  EXPECT_NEAR(*found.difference.low, 5.0 - 12.7077695783, 1e-6);
  EXPECT_NEAR(*found.difference.high, 5.0 + 12.7077695783, 1e-6);
  EXPECT_EQ(found.verdict, Verdict::undecided);
}

TEST(PairedDifference, ImageErrorOfARatioWeighsTheImages) {
  std::vector<RatioTerm> candidate, reference;
  for (int i = 0; i < 100; ++i) {
    // Ratio 1/2: an image of weight 3 that is right once, one of weight 1 that
    // is right.
    candidate.push_back(i % 2 == 0 ? RatioTerm{1.0, 3.0} : RatioTerm{1.0, 1.0});
    reference.push_back({0.0, i % 2 == 0 ? 3.0 : 1.0});
  }
  const PairedDifference found =
      paired_difference({.candidate = {candidate}, .reference = {reference}});
  EXPECT_EQ(found.difference.value, 0.5);
  // e_i = (1 - 3/2) / 200 and (1 - 1/2) / 200
  EXPECT_NEAR(*found.image_error,
              std::sqrt(100.0 / 99.0 * 100.0 * 0.0025 * 0.0025), 1e-12);
}

TEST(PairedDifference, WhatIsHardForBothCancels) {
  std::mt19937 rng(1);
  std::normal_distribution<double> normal;
  std::vector<double> candidate, reference;
  for (int i = 0; i < 400; ++i) {
    const double hard = 5.0 + normal(rng);
    reference.push_back(hard + 0.05 * normal(rng));
    candidate.push_back(hard - 0.1 + 0.05 * normal(rng));
  }
  const PairedDifference found =
      paired_difference({.candidate = {terms(candidate), terms(candidate)},
                         .reference = {terms(reference), terms(reference)}});
  const double width = *found.difference.high - *found.difference.low;
  EXPECT_LT(width, 0.5 * (*found.candidate.high - *found.candidate.low));
  EXPECT_GT(*found.candidate.high, *found.reference.low);  // They overlap,
  EXPECT_EQ(found.verdict, Verdict::better);               // and yet.
}

TEST(PairedDifference, OneSeedDecidesNothing) {
  PairedInput input = right_answers(1000, 400);
  EXPECT_EQ(paired_difference(input).verdict, Verdict::better);
  input.candidate.pop_back();
  input.reference.pop_back();
  const PairedDifference one = paired_difference(input);
  EXPECT_DOUBLE_EQ(*one.difference.value, 0.4);
  EXPECT_EQ(one.difference.low, std::nullopt);
  EXPECT_EQ(one.difference.high, std::nullopt);
  EXPECT_EQ(one.deviation, std::nullopt);
  EXPECT_EQ(one.seed_error, std::nullopt);
  EXPECT_NEAR(*one.image_error, std::sqrt(0.4 * 0.6 / 999), 1e-12);
  EXPECT_EQ(one.verdict, Verdict::undecided);
  EXPECT_EQ(one.needed.seeds, 3);
  EXPECT_EQ(one.needed.images, std::nullopt);
}

TEST(PairedDifference, VerdictDependsOnTheDirection) {
  PairedInput input = right_answers(400, 100);
  EXPECT_EQ(paired_difference(input).verdict, Verdict::better);
  input.direction = lower_is_better;
  EXPECT_EQ(paired_difference(input).verdict, Verdict::worse);
  std::swap(input.candidate, input.reference);
  EXPECT_EQ(paired_difference(input).verdict, Verdict::better);
  input.direction = higher_is_better;
  EXPECT_EQ(paired_difference(input).verdict, Verdict::worse);
}

TEST(PairedDifference, SwappingTheModelsTurnsTheIntervalRound) {
  PairedInput input = right_answers(400, 3);
  const Number there = paired_difference(input).difference;
  std::swap(input.candidate, input.reference);
  const Number back = paired_difference(input).difference;
  EXPECT_NEAR(*there.value, -*back.value, 1e-12);
  EXPECT_NEAR(*there.low, -*back.high, 1e-12);
  EXPECT_NEAR(*there.high, -*back.low, 1e-12);
}

// Equal answers to few images: one image that differed would count 1 / N.
TEST(PairedDifference, EqualAnswersAreAsGoodOnlyOnEnoughImages) {
  const PairedDifference few = paired_difference(right_answers(40, 0));
  EXPECT_EQ(few.difference.value, 0.0);
  EXPECT_EQ(few.image_error, 1.0 / 40);
  EXPECT_EQ(few.verdict, Verdict::undecided);
  const PairedDifference many = paired_difference(right_answers(400, 0));
  EXPECT_EQ(many.difference.value, 0.0);
  EXPECT_EQ(many.image_error, 1.0 / 400);
  EXPECT_EQ(many.verdict, Verdict::as_good);
}

// A share's margin is points of it.
TEST(PairedDifference, AsGoodMeansTheWholeIntervalIsAboveTheMargin) {
  // 3 of 1000 images are right in the reference alone: -.003 +- .0034.
  PairedInput input = right_answers(1000, 3);
  std::swap(input.candidate, input.reference);
  const PairedDifference found = paired_difference(input);
  EXPECT_NEAR(*found.difference.low, -0.0064, 1e-4);
  EXPECT_NEAR(*found.difference.high, 0.0004, 1e-4);
  EXPECT_EQ(found.margin, 0.02);
  EXPECT_EQ(found.verdict, Verdict::as_good);
  input.margin = 0.0065;
  EXPECT_EQ(paired_difference(input).verdict, Verdict::as_good);
  input.margin = 0.0063;
  EXPECT_EQ(paired_difference(input).verdict, Verdict::undecided);
  input.margin = 0.0;
  EXPECT_EQ(paired_difference(input).verdict, Verdict::undecided);
}

// An error's margin is a part of the reference's.
TEST(PairedDifference, MarginOfAnErrorIsAPartOfIt) {
  const PairedInput input{
      .candidate = {halves(1000, 8.0, 12.3), halves(1000, 8.0, 12.3)},
      .reference = {halves(1000, 8.2, 12.0), halves(1000, 8.2, 12.0)},
      .margin = 0.02};
  const PairedDifference found = paired_difference(input);
  EXPECT_NEAR(*found.difference.value, 0.05, 1e-12);
  EXPECT_NEAR(found.margin, 0.02 * 10.1, 1e-12);
  EXPECT_EQ(found.verdict, Verdict::worse);  // .05 +- .016: hurt, if little
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
  EXPECT_EQ(found.seed_error, 1.0 / std::sqrt(3.0));
  EXPECT_EQ(found.difference.n, 2);
}

// What the seeds gain and lose on an image cancels; the images' part is that of
// the mean over the seeds.
TEST(PairedDifference, AllSeedsSeeTheSameImages) {
  const PairedDifference found = paired_difference(
      {.candidate = {halves(100, 30, 10), halves(100, 10, 30)},
       .reference = {halves(100, 10, 30), halves(100, 30, 10)}});
  EXPECT_EQ(found.difference.value, 0.0);
  EXPECT_NEAR(*found.image_error, 0.3, 1e-12);  // the largest part alone
}

TEST(PairedDifference, TheLargestPartMayBeOfEitherModel) {
  const PairedInput input{
      .candidate = {same(100, 20), same(100, 20)},
      .reference = {halves(100, 10, 30), halves(100, 30, 10)}};
  EXPECT_NEAR(*paired_difference(input).image_error, 0.3, 1e-12);
  EXPECT_NEAR(*paired_difference(
                   {.candidate = input.reference, .reference = input.candidate})
                   .image_error,
              0.3, 1e-12);
}

// Of a share an image counts its whole weight, though it be wrong.
TEST(PairedDifference, AllWrongIsNoMoreCertainThanAllRight) {
  for (const double answer : {0.0, 1.0}) {
    const PairedDifference found =
        paired_difference({.candidate = {same(40, answer), same(40, answer)},
                           .reference = {same(40, answer), same(40, answer)},
                           .direction = higher_is_better});
    EXPECT_EQ(found.image_error, 1.0 / 40) << answer;
  }
}

TEST(PairedDifference, SeedsThatContradictEachOtherLeaveItUndecided) {
  const auto verdict = [](double one, double other) {
    return paired_difference({.candidate = {same(100, one), same(100, other)},
                              .reference = {same(100, 1.0), same(100, 1.0)}})
        .verdict;
  };
  EXPECT_EQ(verdict(1.3, 0.9), Verdict::undecided);
  // Twice the standard error, .1 +- .05, is no verdict with one degree of
  // freedom.
  EXPECT_EQ(verdict(1.15, 1.05), Verdict::undecided);
  EXPECT_EQ(verdict(1.2, 1.2), Verdict::worse);
}

TEST(PairedDifference, AnImageWithoutWeightIsNeverRead) {
  const PairedDifference found =
      paired_difference({.candidate = {{{1, 1}, {kNaN, 0}, {3, 0}, {4, 1}}},
                         .reference = {{{2, 1}, {5, 0}, {kNaN, 0}, {6, 1}}}});
  EXPECT_EQ(found.candidate.value, 2.5);
  EXPECT_EQ(found.reference.value, 4.0);
  EXPECT_EQ(found.difference.n, 2);
  EXPECT_TRUE(std::isfinite(*found.image_error));
}

TEST(PairedDifference, CountsTheImagesThatCountInBoth) {
  const PairedDifference found =
      paired_difference({.candidate = {{{1, 1}, {1, 0}, {1, 2}}},
                         .reference = {{{1, 0}, {1, 0}, {1, 1}}}});
  EXPECT_EQ(found.candidate.n, 2);
  EXPECT_EQ(found.reference.n, 1);
  EXPECT_EQ(found.difference.n, 1);
}

TEST(PairedDifference, ValuesHaveBootstrapIntervalsOfTheirOwn) {
  PairedInput input = right_answers(100, 10);
  const PairedDifference found = paired_difference(input);
  const Number alone = ratio_with_interval(input.candidate.front(), 1.0);
  EXPECT_EQ(found.candidate.low, alone.low);
  EXPECT_EQ(found.candidate.high, alone.high);
  const PairedDifference without = paired_difference(input, {.resamples = 0});
  EXPECT_EQ(without.candidate.low, std::nullopt);
  EXPECT_EQ(without.difference.low, found.difference.low);
}

// Whichever images are drawn, 2 for each unit of weight.
TEST(PairedDifference, IntervalOfARatioWeighsTheImages) {
  const std::vector<RatioTerm> two{{2, 1}, {6, 3}, {10, 5}, {0.5, 0.25}};
  const Number number =
      paired_difference({.candidate = {two}, .reference = {two}}).candidate;
  EXPECT_EQ(number.low, 2.0);
  EXPECT_EQ(number.high, 2.0);
}

TEST(PairedDifference, OneImageDecidesNothing) {
  const PairedDifference one =
      paired_difference({.candidate = {terms({1}), terms({1})},
                         .reference = {terms({2}), terms({2})}});
  EXPECT_EQ(one.difference.value, -1.0);
  EXPECT_EQ(one.difference.low, std::nullopt);
  EXPECT_EQ(one.verdict, Verdict::undecided);
}

TEST(PairedDifference, NothingObservedIsUndefined) {
  for (const PairedDifference& found :
       {paired_difference({.candidate = {{}}, .reference = {{}}}),
        paired_difference(
            {.candidate = {{{1.0, 0.0}}}, .reference = {{{1.0, 0.0}}}})}) {
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

TEST(PairedDifference, RefusesAMarginBelowZero) {
  test::expect_error(Fault::config,
                     "paired difference: margin: expected 0 or more, found -1",
                     [] {
                       PairedInput input = right_answers(10, 1);
                       input.margin = -1.0;
                       (void)paired_difference(input);
                     });
}

TEST(Verdict, ReadsAsItsName) {
  EXPECT_EQ(to_text(Verdict::better), "better");
  EXPECT_EQ(to_text(Verdict::worse), "worse");
  EXPECT_EQ(to_text(Verdict::as_good), "as good");
  EXPECT_EQ(to_text(Verdict::undecided), "undecided");
}

}  // namespace
}  // namespace polytask
