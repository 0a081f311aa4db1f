#include "polytask/weighting/weighting_quadratic.h"

#include <gtest/gtest.h>

#include "tests/weighting/weighting_example.h"

namespace polytask {
namespace {

TEST(NonnegativeMinimum, InsideItSolvesTheEquations) {
  const TaskVector u = nonnegative_minimum(
      TaskMatrix(2, std::vector<double>{4, 2, 2, 3}), {-8, -9});
  EXPECT_NEAR(u[0], 0.75, 1e-15);
  EXPECT_NEAR(u[1], 2.5, 1e-15);
}

TEST(NonnegativeMinimum, StaysAtZeroWhereItWouldPass) {
  // Free, the first would be -1.
  const TaskVector u = nonnegative_minimum(
      TaskMatrix(2, std::vector<double>{1, 1, 1, 2}), {-1, -3});
  EXPECT_EQ(u[0], 0.0);
  EXPECT_NEAR(u[1], 1.5, 1e-15);
}

TEST(NonnegativeMinimum, NothingPullsNothingMoves) {
  const TaskVector u = nonnegative_minimum(
      TaskMatrix(2, std::vector<double>{1, 0, 0, 1}), {0, 2});
  EXPECT_EQ(u[0], 0.0);
  EXPECT_EQ(u[1], 0.0);
}

// Its conditions: u >= 0, slope >= 0, and slope = 0 where u > 0.
TEST(NonnegativeMinimum, MeetsItsConditionsOnEveryProblem) {
  std::vector<test::Vectors> problems = test::many_problems();
  std::mt19937 random(8);
  for (const int dimension : {3, 10, 22, 30}) {
    problems.push_back(test::random_vectors(24, dimension, random));
  }
  for (const test::Vectors& vectors : problems) {
    const TaskMatrix a = test::gramian_of(vectors);
    for (int i = 0; i < a.size(); ++i) {
      TaskVector q(a.size());
      for (int j = 0; j < a.size(); ++j) q[j] = a(i, j);
      const TaskVector u = nonnegative_minimum(a, q);
      const TaskVector au = product(a, u);
      for (int j = 0; j < a.size(); ++j) {
        const double scale = std::sqrt(a(i, i) * a(j, j));
        EXPECT_GE(u[j], 0.0);
        EXPECT_GE((au[j] + q[j]) / scale, -1e-11);
        if (u[j] == 0.0) continue;
        EXPECT_NEAR((au[j] + q[j]) / scale, 0.0, 1e-11);
      }
    }
  }
}

TEST(ShortestCombination, VectorWithoutLengthIsIt) {
  const TaskVector a =
      shortest_combination(TaskMatrix(2, std::vector<double>{1, 0, 0, 0}));
  EXPECT_EQ(a[0], 0.0);
  EXPECT_EQ(a[1], 1.0);
}

TEST(ShortestCombination, LargestSizeIsExact) {
  std::mt19937 random(2);
  for (const int dimension : {3, 40, 200}) {
    const test::Vectors vectors =
        test::random_vectors(kMaxGramianTasks, dimension, random);
    const TaskMatrix gramian = test::gramian_of(vectors);
    const TaskVector a = shortest_combination(gramian);
    EXPECT_NEAR(sum(a), 1.0, 1e-12);
    const TaskVector along = product(gramian, a);
    for (int i = 0; i < a.size(); ++i) {
      EXPECT_GE(a[i], 0.0);
      EXPECT_GE(along[i], square_norm(gramian, a) - 1e-12);
    }
  }
}

}  // namespace
}  // namespace polytask
