#include "polytask/weighting/weighting_matrix.h"

#include <gtest/gtest.h>

#include "tests/weighting/weighting_example.h"

namespace polytask {
namespace {

TEST(TaskMatrix, KnownProducts) {
  const TaskMatrix a(2, std::vector<double>{1, 2, 3, 4});
  const TaskVector x{10, 100};
  const TaskVector ax = product(a, x);
  EXPECT_EQ(ax[0], 210.0);
  EXPECT_EQ(ax[1], 430.0);
  EXPECT_EQ(sum(x), 110.0);
  EXPECT_EQ(square_norm(a, x), 45100.0);
}

TEST(TaskMatrix, SquareNormIsNeverNegative) {
  EXPECT_EQ(square_norm(TaskMatrix(1, std::vector<double>{-1}), {1}), 0.0);
}

TEST(SolvePositive, KnownValue) {
  TaskVector b{8, 9};
  ASSERT_TRUE(
      solve_positive(TaskMatrix(2, std::vector<double>{4, 2, 2, 3}), b));
  EXPECT_NEAR(b[0], 0.75, 1e-15);
  EXPECT_NEAR(b[1], 2.5, 1e-15);
}

TEST(SolvePositive, SolvesEveryIndependentProblem) {
  for (const test::Vectors& vectors : test::independent_problems()) {
    const TaskMatrix a = test::gramian_of(vectors);
    TaskVector x(a.size());
    for (int i = 0; i < a.size(); ++i) x[i] = i - 1.5;
    TaskVector b = product(a, x);
    ASSERT_TRUE(solve_positive(a, b));
    for (int i = 0; i < a.size(); ++i) EXPECT_NEAR(b[i], x[i], 1e-9);
  }
}

TEST(SolvePositive, RefusesASingularMatrix) {
  TaskVector b{1, 1};
  EXPECT_FALSE(
      solve_positive(TaskMatrix(2, std::vector<double>{1, -1, -1, 1}), b));
  TaskVector c{1};
  EXPECT_FALSE(solve_positive(TaskMatrix(1), c));
}

TEST(SymmetricEigen, KnownValue) {
  const Eigen eigen =
      symmetric_eigen(TaskMatrix(2, std::vector<double>{2, 1, 1, 2}));
  EXPECT_NEAR(eigen.values[0] * eigen.values[1], 3.0, 1e-14);
  EXPECT_NEAR(eigen.values[0] + eigen.values[1], 4.0, 1e-14);
  EXPECT_NEAR(std::abs(eigen.vectors(0, 0)), std::sqrt(0.5), 1e-15);
}

TEST(SymmetricEigen, PutsEveryMatrixTogetherAgain) {
  for (const test::Vectors& vectors : test::many_problems()) {
    const TaskMatrix a = test::gramian_of(vectors);
    const Eigen eigen = symmetric_eigen(a);
    for (int i = 0; i < a.size(); ++i) {
      for (int j = 0; j < a.size(); ++j) {
        double again = 0.0;
        double orthogonal = 0.0;
        for (int k = 0; k < a.size(); ++k) {
          again += eigen.vectors(i, k) * eigen.values[k] * eigen.vectors(j, k);
          orthogonal += eigen.vectors(i, k) * eigen.vectors(j, k);
        }
        EXPECT_NEAR(again, a(i, j), 1e-12 * (1.0 + std::abs(a(i, j)) + 1e2));
        EXPECT_NEAR(orthogonal, i == j ? 1.0 : 0.0, 1e-13);
      }
    }
  }
}

TEST(SymmetricEigen, LargestSizeConverges) {
  std::mt19937 random(1);
  const TaskMatrix a =
      test::gramian_of(test::random_vectors(kMaxGramianTasks, 70, random));
  const Eigen eigen = symmetric_eigen(a);
  double trace = 0.0;
  for (int i = 0; i < a.size(); ++i) trace += a(i, i);
  EXPECT_NEAR(sum(eigen.values), trace, 1e-10 * trace);
  for (int k = 0; k < a.size(); ++k) {
    TaskVector v(a.size());
    for (int i = 0; i < a.size(); ++i) v[i] = eigen.vectors(i, k);
    const TaskVector av = product(a, v);
    for (int i = 0; i < a.size(); ++i) {
      EXPECT_NEAR(av[i], eigen.values[k] * v[i], 1e-11 * trace);
    }
  }
}

}  // namespace
}  // namespace polytask
