// Gradients to try weightings on.

#pragma once

#include <cmath>
#include <random>
#include <vector>

#include "polytask/weighting/task_weighting.h"
#include "polytask/weighting/weighting_matrix.h"

namespace polytask::test {

// Tasks "a", "b", "c" ... of these weights.
inline WeightedTasks weighted(std::vector<double> weights,
                              std::uint64_t seed = 0) {
  WeightedTasks tasks{.weights = std::move(weights), .seed = seed};
  for (std::size_t t = 0; t < tasks.weights.size(); ++t) {
    tasks.names.emplace_back(1, static_cast<char>('a' + t));
  }
  return tasks;
}

using Vectors = std::vector<std::vector<double>>;  // [T] of [dimension]

inline double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

inline TaskMatrix gramian_of(const Vectors& vectors) {
  TaskMatrix gramian(static_cast<int>(vectors.size()));
  for (int i = 0; i < gramian.size(); ++i) {
    for (int j = 0; j < gramian.size(); ++j) {
      gramian(i, j) = dot(vectors[static_cast<std::size_t>(i)],
                          vectors[static_cast<std::size_t>(j)]);
    }
  }
  return gramian;
}

inline std::vector<double> flat(const TaskMatrix& matrix) {
  std::vector<double> values;
  for (int i = 0; i < matrix.size(); ++i) {
    for (int j = 0; j < matrix.size(); ++j) values.push_back(matrix(i, j));
  }
  return values;
}

template <class Weights>
std::vector<double> combined(const Vectors& vectors, const Weights& weights) {
  std::vector<double> sum(vectors.front().size());
  std::size_t t = 0;
  for (const double w : weights) {
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += w * vectors[t][k];
    ++t;
  }
  return sum;
}

inline double length(const std::vector<double>& v) {
  return std::sqrt(dot(v, v));
}

// Random gradients whose lengths differ by up to a factor of 20.
inline Vectors random_vectors(int tasks, int dimension, std::mt19937& random) {
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> exponent(-1.5, 1.5);
  Vectors vectors(static_cast<std::size_t>(tasks));
  for (auto& v : vectors) {
    const double scale = std::exp(exponent(random));
    for (int k = 0; k < dimension; ++k) v.push_back(scale * normal(random));
  }
  return vectors;
}

// Problems of 2 to 8 tasks. In half of them the gradients fill their space; the
// others are singular: a plane, a line, two equal ones, two opposite ones.
inline std::vector<Vectors> many_problems(unsigned seed = 5) {
  std::mt19937 random(seed);
  std::vector<Vectors> problems;
  for (int tasks = 2; tasks <= 8; ++tasks) {
    for (int round = 0; round < 12; ++round) {
      problems.push_back(random_vectors(tasks, tasks + 3, random));
    }
    for (const int dimension : {2, 2, 2, 1, tasks - 1, tasks - 1}) {
      problems.push_back(random_vectors(tasks, dimension, random));
    }
    for (const double factor : {1.0, 3.0, -1.0, -0.1}) {
      problems.push_back(random_vectors(tasks, tasks + 1, random));
      problems.back()[1] = problems.back()[0];
      for (double& v : problems.back()[1]) v *= factor;
    }
  }
  return problems;
}

// Those of them whose gradients are linearly independent, with some air.
inline std::vector<Vectors> independent_problems(unsigned seed = 6) {
  std::mt19937 random(seed);
  std::vector<Vectors> problems;
  for (int tasks = 2; tasks <= 8; ++tasks) {
    for (int round = 0; round < 12; ++round) {
      problems.push_back(random_vectors(tasks, 2 * tasks + 3, random));
    }
  }
  return problems;
}

}  // namespace polytask::test
