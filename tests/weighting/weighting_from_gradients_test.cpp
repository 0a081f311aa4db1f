#include "polytask/weighting/weighting_from_gradients.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "tests/weighting/weighting_example.h"

namespace polytask {
namespace {

using test::combined;
using test::dot;
using test::gramian_of;
using test::length;
using test::Vectors;

constexpr double kRounding = 1e-12;

// The cases one can do by hand.
const double kHalfRootOfThree = std::sqrt(3.0) / 2.0;
const Vectors kOrthogonal{{1, 0}, {0, 2}};
const Vectors kUnits{{1, 0}, {0, 1}};
const Vectors kWide{{1, 0}, {-0.5, kHalfRootOfThree}};  // 120 degrees apart
const Vectors kEqual{{0.6, 0.8}, {0.6, 0.8}};
const Vectors kOpposite{{0.6, 0.8}, {-0.6, -0.8}};

void expect_weights(const TaskVector& found, std::vector<double> expected,
                    double tolerance = kRounding) {
  ASSERT_EQ(found.size(), static_cast<int>(expected.size()));
  for (int i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i], expected[static_cast<std::size_t>(i)], tolerance);
  }
}

void expect_direction(const Vectors& vectors, const TaskVector& weights,
                      std::vector<double> expected,
                      double tolerance = kRounding) {
  const std::vector<double> d = combined(vectors, weights);
  ASSERT_EQ(d.size(), expected.size());
  for (std::size_t k = 0; k < d.size(); ++k) {
    EXPECT_NEAR(d[k], expected[k], tolerance);
  }
}

// The weights when task 0's loss is measured in another unit.
using Method = std::function<TaskVector(const TaskMatrix&)>;
double angle_after_scaling(const Vectors& vectors, double factor,
                           const Method& method) {
  const std::vector<double> d = combined(vectors, method(gramian_of(vectors)));
  Vectors scaled = vectors;
  for (double& v : scaled[0]) v *= factor;
  const std::vector<double> e = combined(scaled, method(gramian_of(scaled)));
  return 1.0 - dot(d, e) / (length(d) * length(e));
}

class Pcgrad {
 public:
  explicit Pcgrad(int tasks) : tasks_(static_cast<std::size_t>(tasks)) {
    std::iota(tasks_.begin(), tasks_.end(), 0);
  }
  PcgradDraw draw(std::int64_t step = 0) const {
    return {.key = random_key(3, RandomUse::weighting),
            .step = step,
            .tasks = tasks_};
  }

 private:
  std::vector<int> tasks_;
};

TaskVector pcgrad(const TaskMatrix& gramian, std::int64_t step = 0) {
  return pcgrad_weights(gramian, Pcgrad(gramian.size()).draw(step));
}

TEST(Pcgrad, KnownValueAt120Degrees) {
  const TaskVector weights = pcgrad(gramian_of(kWide));
  expect_direction(kWide, weights, {0.75, 1.5 * kHalfRootOfThree});
  EXPECT_NEAR(length(combined(kWide, weights)), 1.5, kRounding);
}

TEST(Pcgrad, OppositeGradientsCancel) {
  expect_direction(kOpposite, pcgrad(gramian_of(kOpposite)), {0, 0});
}

TEST(Pcgrad, WithoutConflictIsTheSum) {
  expect_weights(pcgrad(gramian_of(kOrthogonal)), {1, 1}, 0.0);
  expect_weights(pcgrad(gramian_of(kEqual)), {1, 1}, 0.0);
}

TEST(Pcgrad, NeverConflictsWithTheOnlyOtherTask) {
  for (const Vectors& vectors : test::independent_problems()) {
    if (vectors.size() != 2) continue;
    const auto d = combined(vectors, pcgrad(gramian_of(vectors)));
    EXPECT_GE(dot(d, vectors[0]), -kRounding);
    EXPECT_GE(dot(d, vectors[1]), -kRounding);
  }
}

// The paper's own words on whole vectors, with the same order.
std::vector<double> pcgrad_on_vectors(const Vectors& vectors,
                                      const PcgradDraw& draw) {
  std::vector<double> d(vectors.front().size());
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    std::vector<std::size_t> order(vectors.size());
    std::iota(order.begin(), order.end(), 0u);
    shuffle(std::span(order),
            RandomStream(draw.key, static_cast<std::uint32_t>(i),
                         static_cast<std::uint32_t>(draw.step), 0));
    std::vector<double> left = vectors[i];
    for (const std::size_t j : order) {
      const double along = dot(left, vectors[j]);
      if (j == i || along >= 0.0) continue;
      for (std::size_t k = 0; k < d.size(); ++k) {
        left[k] -= along / dot(vectors[j], vectors[j]) * vectors[j][k];
      }
    }
    for (std::size_t k = 0; k < d.size(); ++k) d[k] += left[k];
  }
  return d;
}

TEST(Pcgrad, EqualsTheProjectionsOfWholeVectors) {
  for (const Vectors& vectors : test::independent_problems()) {
    const Pcgrad all(static_cast<int>(vectors.size()));
    const auto expected = pcgrad_on_vectors(vectors, all.draw(9));
    expect_direction(vectors, pcgrad_weights(gramian_of(vectors), all.draw(9)),
                     expected, 1e-10);
  }
}

TEST(Pcgrad, OrderChangesWithTheStepAndNothingElse) {
  const Vectors star{{1, 0}, {-0.5, kHalfRootOfThree}, {-0.6, -0.5}};
  bool differs = false;
  const TaskVector first = pcgrad(gramian_of(star), 0);
  for (std::int64_t step = 1; step < 20; ++step) {
    const TaskVector found = pcgrad(gramian_of(star), step);
    const TaskVector again = pcgrad(gramian_of(star), step);
    EXPECT_TRUE(std::ranges::equal(found, again));
    differs = differs || !std::ranges::equal(found, first);
  }
  EXPECT_TRUE(differs);
  const std::int64_t far = std::int64_t{1} << 32;
  EXPECT_FALSE(std::ranges::equal(pcgrad(gramian_of(star), far), first) &&
               std::ranges::equal(pcgrad(gramian_of(star), far + 1),
                                  pcgrad(gramian_of(star), 1)));
}

TEST(Mgda, KnownValues) {
  expect_weights(mgda_weights(gramian_of(kOrthogonal)), {.8, .2});
  expect_direction(kOrthogonal, mgda_weights(gramian_of(kOrthogonal)),
                   {.8, .4});
  expect_weights(mgda_weights(gramian_of(kWide)), {.5, .5});
  EXPECT_NEAR(length(combined(kWide, mgda_weights(gramian_of(kWide)))), .5,
              kRounding);
  expect_direction(kOpposite, mgda_weights(gramian_of(kOpposite)), {0, 0});
}

TEST(Mgda, TakesTheShorterOfTwoParallelGradients) {
  expect_weights(mgda_weights(gramian_of({{1, 2}, {3, 6}})), {1, 0});
  expect_weights(mgda_weights(gramian_of({{5, 0}, {1, 0}})), {0, 1});
}

TEST(Mgda, TwoTasksHaveAClosedForm) {
  for (const Vectors& vectors : test::independent_problems()) {
    if (vectors.size() != 2) continue;
    const TaskMatrix g = gramian_of(vectors);
    const double first = std::clamp(
        (g(1, 1) - g(0, 1)) / (g(0, 0) + g(1, 1) - 2.0 * g(0, 1)), 0.0, 1.0);
    expect_weights(mgda_weights(g), {first, 1.0 - first});
  }
}

TEST(Mgda, IsTheShortestPointOfTheHull) {
  for (const Vectors& vectors : test::many_problems()) {
    const TaskMatrix gramian = gramian_of(vectors);
    const TaskVector weights = mgda_weights(gramian);
    EXPECT_NEAR(sum(weights), 1.0, kRounding);
    const auto d = combined(vectors, weights);
    for (int t = 0; t < weights.size(); ++t) {
      const auto& g = vectors[static_cast<std::size_t>(t)];
      EXPECT_GE(weights[t], 0.0);
      EXPECT_GE(dot(d, g), dot(d, d) - kRounding * (1.0 + dot(g, g)));
    }
  }
}

TEST(Mgda, SmallAdvantageIsSeen) {
  // (g_1 - g_2) . g_1 / |g_1 - g_2|^2 with g_1 - g_2 = (1e-8, -1).
  expect_weights(mgda_weights(gramian_of({{1, 0}, {1 - 1e-8, 1}})),
                 {1 - 1e-8, 1e-8}, 1e-14);
}

TEST(Mgda, IsExactForLengthsFarApart) {
  // |d|^2 = 1 / (1 + 1e-20): nearly all of the short one.
  expect_weights(mgda_weights(gramian_of({{1e-5, 0}, {0, 1e5}})), {1.0, 1e-20},
                 1e-25);
  expect_weights(
      mgda_weights(gramian_of({{1e-9, 0, 0}, {0, 2e-9, 0}, {0, 0, 1e4}})),
      {.8, .2, 0});
}

TEST(Cagrad, KnownValue) {
  const TaskVector weights = cagrad_weights(gramian_of(kUnits), 0.5);
  expect_direction(kUnits, weights, {.75, .75});
}

TEST(Cagrad, WithoutRadiusIsTheMean) {
  for (const Vectors& vectors : test::many_problems()) {
    const auto t = vectors.size();
    expect_weights(cagrad_weights(gramian_of(vectors), 0.0),
                   std::vector<double>(t, 1.0 / static_cast<double>(t)), 0.0);
  }
}

TEST(Cagrad, StaysWithinTheRadius) {
  for (const Vectors& vectors : test::many_problems()) {
    const auto t = vectors.size();
    const auto mean =
        combined(vectors, std::vector<double>(t, 1.0 / static_cast<double>(t)));
    for (const double c : {0.1, 0.4, 0.9, 3.0}) {
      auto d = combined(vectors, cagrad_weights(gramian_of(vectors), c));
      for (std::size_t k = 0; k < d.size(); ++k) d[k] -= mean[k];
      EXPECT_LE(length(d), c * length(mean) * (1.0 + 1e-7) + 1e-9);
    }
  }
}

// The dual gives an upper bound of what any d in the ball can reach; d reaches
// it. Checked with the weights that d itself implies.
TEST(Cagrad, IsTheBestForTheWorstTask) {
  for (const Vectors& vectors : test::independent_problems()) {
    const double c = 0.5;
    const TaskMatrix gramian = gramian_of(vectors);
    const int t = gramian.size();
    const TaskVector mean(t, 1.0 / t);
    const TaskVector weights = cagrad_weights(gramian, c);
    const TaskVector along = product(gramian, weights);
    const double worst = *std::ranges::min_element(along);
    TaskVector shares = weights;
    for (int i = 0; i < t; ++i) shares[i] -= mean[i];
    shares *= 1.0 / sum(shares);
    const double bound = dot(shares, product(gramian, mean)) +
                         c * std::sqrt(square_norm(gramian, mean) *
                                       square_norm(gramian, shares));
    EXPECT_NEAR(worst, bound, 1e-9 * (1.0 + std::abs(bound)));
  }
}

TEST(ImtlG, KnownValue) {
  const TaskVector weights = imtl_g_weights(gramian_of(kOrthogonal));
  expect_weights(weights, {2.0 / 3, 1.0 / 3});
  expect_direction(kOrthogonal, weights, {2.0 / 3, 2.0 / 3});
}

TEST(ImtlG, ProjectionsOnUnitGradientsAreEqual) {
  for (const Vectors& vectors : test::independent_problems()) {
    const auto d = combined(vectors, imtl_g_weights(gramian_of(vectors)));
    const double first = dot(d, vectors[0]) / length(vectors[0]);
    EXPECT_GT(first, 0.0);
    for (const auto& g : vectors) {
      EXPECT_NEAR(dot(d, g) / length(g), first, 1e-9 * length(d));
    }
  }
}

TEST(ImtlG, OfTwoTasksWeightsSumToOne) {
  for (const Vectors& vectors : test::independent_problems()) {
    if (vectors.size() != 2) continue;
    EXPECT_NEAR(sum(imtl_g_weights(gramian_of(vectors))), 1.0, kRounding);
  }
}

TEST(ImtlG, IsNeverLongerThanTheHarmonicMeanOfTheLengths) {
  for (const Vectors& vectors : test::many_problems()) {
    double inverse = 0.0;
    for (const auto& g : vectors) inverse += 1.0 / length(g);
    const double harmonic = static_cast<double>(vectors.size()) / inverse;
    const auto d = combined(vectors, imtl_g_weights(gramian_of(vectors)));
    EXPECT_LE(length(d), harmonic * (1.0 + 1e-6));
  }
}

TEST(NashMtl, KnownValues) {
  expect_weights(nash_mtl_weights(gramian_of(kOrthogonal)), {1, .5}, 1e-7);
  expect_direction(kOrthogonal, nash_mtl_weights(gramian_of(kOrthogonal)),
                   {1, 1}, 1e-7);
  const double root = std::sqrt(0.5);
  expect_weights(nash_mtl_weights(gramian_of(kEqual)), {root, root}, 1e-7);
  expect_direction(kOpposite, nash_mtl_weights(gramian_of(kOpposite)), {0, 0},
                   1e-7);
}

TEST(NashMtl, GramianTimesWeightsIsTheirInverse) {
  for (const Vectors& vectors : test::independent_problems()) {
    const TaskMatrix gramian = gramian_of(vectors);
    const TaskVector weights = nash_mtl_weights(gramian);
    const TaskVector along = product(gramian, weights);
    for (int t = 0; t < weights.size(); ++t) {
      EXPECT_GT(weights[t], 0.0);
      EXPECT_NEAR(along[t] * weights[t], 1.0, 1e-5);
    }
  }
}

// Newton's full steps would leave b > 0 for the last one.
TEST(NashMtl, StaysPositiveForOneTaskAmidManyOthers) {
  Vectors vectors(10, std::vector<double>(9, 0.0));
  for (std::size_t t = 0; t < 9; ++t) {
    vectors[t][t] = 1.0;
    vectors[9][t] = 1.0 / 3.0;
  }
  const TaskMatrix gramian = gramian_of(vectors);
  const TaskVector weights = nash_mtl_weights(gramian);
  const TaskVector along = product(gramian, weights);
  for (int t = 0; t < weights.size(); ++t) {
    EXPECT_GT(weights[t], 0.0);
    EXPECT_NEAR(along[t] * weights[t], 1.0, 1e-6);
  }
}

// b^T (C + 1e-8 I) b = T, so |b| <= 1e4 sqrt(T), and C b >= -1e-8 b.
TEST(NashMtl, NeverConflictsBeyondItsRidge) {
  for (const Vectors& vectors : test::many_problems()) {
    const double bound = 1e4 * std::sqrt(static_cast<double>(vectors.size()));
    const TaskMatrix gramian = gramian_of(vectors);
    const TaskVector weights = nash_mtl_weights(gramian);
    const TaskVector along = product(gramian, weights);
    for (int t = 0; t < weights.size(); ++t) {
      EXPECT_GT(weights[t], 0.0);
      const double unit = weights[t] * std::sqrt(gramian(t, t));
      EXPECT_LE(unit, bound * 1.0001);
      EXPECT_GE(along[t] / std::sqrt(gramian(t, t)), -1e-8 * bound);
    }
  }
}

TEST(AlignedMtl, KnownValue) {
  // Components of length 1 and 2: both become 1.
  expect_direction(kOrthogonal, aligned_mtl_weights(gramian_of(kOrthogonal)),
                   {1, 1});
  const double mean = std::sqrt(2.5);
  expect_direction(kOrthogonal,
                   aligned_mtl_weights(gramian_of(kOrthogonal),
                                       ComponentLength::root_mean_square),
                   {mean, mean});
}

TEST(AlignedMtl, OppositeGradientsCancel) {
  expect_direction(kOpposite, aligned_mtl_weights(gramian_of(kOpposite)),
                   {0, 0});
}

// With the gradients as columns of A, A B has singular values that are all the
// least of A, so B G B = least I.
TEST(AlignedMtl, ComponentsBecomeEquallyLong) {
  for (const Vectors& vectors : test::independent_problems()) {
    const TaskMatrix gramian = gramian_of(vectors);
    const TaskVector weights = aligned_mtl_weights(gramian);
    double least = gramian(0, 0);
    const Eigen eigen = symmetric_eigen(gramian);
    for (const double value : eigen.values) least = std::min(least, value);
    EXPECT_NEAR(square_norm(gramian, weights), least * gramian.size(),
                1e-9 * least);
  }
}

TEST(Upgrad, KnownValueAt120Degrees) {
  const TaskVector weights = upgrad_weights(gramian_of(kWide));
  expect_direction(kWide, weights, {0.375, 0.75 * kHalfRootOfThree});
}

TEST(Upgrad, WithoutConflictIsTheMean) {
  expect_weights(upgrad_weights(gramian_of(kOrthogonal)), {.5, .5}, 0.0);
  expect_weights(upgrad_weights(gramian_of(kEqual)), {.5, .5}, 0.0);
}

TEST(Upgrad, OppositeGradientsCancel) {
  expect_direction(kOpposite, upgrad_weights(gramian_of(kOpposite)), {0, 0});
}

TEST(Upgrad, ConflictsWithNobody) {
  for (const Vectors& vectors : test::many_problems()) {
    const auto d = combined(vectors, upgrad_weights(gramian_of(vectors)));
    double longest = 0.0;
    for (const auto& g : vectors) longest = std::max(longest, length(g));
    for (const auto& g : vectors) {
      EXPECT_GE(dot(d, g), -1e-10 * length(g) * longest);
    }
  }
}

TEST(Directions, OfNashImtlAndAlignedDoNotDependOnTheUnitOfOneLoss) {
  const Method methods[] = {imtl_g_weights, nash_mtl_weights};
  for (const Vectors& vectors : test::independent_problems()) {
    for (const Method& method : methods) {
      EXPECT_LE(angle_after_scaling(vectors, 1e3, method), 1e-9);
      EXPECT_LE(angle_after_scaling(vectors, 1e-3, method), 1e-9);
    }
  }
}

// Aligned-MTL keeps only orthogonal gradients' direction.
TEST(Directions, OfAlignedMtlIsInvariantForOrthogonalGradients) {
  EXPECT_LE(angle_after_scaling(
                kOrthogonal, 30.0,
                [](const TaskMatrix& g) { return aligned_mtl_weights(g); }),
            1e-12);
}

TEST(Directions, OfTheMeanDoesDependOnIt) {
  EXPECT_GT(angle_after_scaling(
                kUnits, 10.0,
                [](const TaskMatrix& g) { return cagrad_weights(g, 0.0); }),
            0.1);
}

TEST(Directions, AreFiniteForTinyHugeAndSingularGramians) {
  const Method methods[] = {
      [](const TaskMatrix& g) { return pcgrad(g); },
      mgda_weights,
      [](const TaskMatrix& g) { return cagrad_weights(g, 0.4); },
      imtl_g_weights,
      nash_mtl_weights,
      [](const TaskMatrix& g) { return aligned_mtl_weights(g); },
      upgrad_weights};
  for (const Vectors& vectors : test::many_problems(11)) {
    for (const double scale : {1e-40, 1.0, 1e40}) {
      Vectors scaled = vectors;
      for (auto& v : scaled) {
        for (double& x : v) x *= scale;
      }
      for (const Method& method : methods) {
        for (const double w : method(gramian_of(scaled))) {
          EXPECT_TRUE(std::isfinite(w));
        }
      }
    }
  }
}

}  // namespace
}  // namespace polytask
