#include "polytask/weighting/weighting_quadratic.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace polytask {
namespace {

// Rounding of a gradient, relative to the terms it is summed from.
constexpr double kRounding = 1e-14;

class ActiveSet {
 public:
  ActiveSet(const TaskMatrix& q_matrix, const TaskVector& q_vector)
      : q_matrix_(q_matrix), q_vector_(q_vector), u_(q_vector.size()) {}

  TaskVector minimise() {
    // Each set is visited once at most; few are in practice.
    const int limit = 20 * size() + 100;
    for (int round = 0; round < limit; ++round) {
      const int entering = steepest();
      if (entering < 0) break;
      enter(entering);
    }
    return u_;
  }

 private:
  [[nodiscard]] int size() const { return q_vector_.size(); }

  // The variable at 0 that most wants to grow, or -1 when none does.
  [[nodiscard]] int steepest() const {
    int found = -1;
    double lowest = 0.0;
    for (int i = 0; i < size(); ++i) {
      if (is_free(i) || is_refused(i)) continue;
      double slope = q_vector_[i];
      double terms = std::abs(slope);
      for (int j = 0; j < size(); ++j) {
        slope += q_matrix_(i, j) * u_[j];
        terms += std::abs(q_matrix_(i, j)) * u_[j];
      }
      if (slope >= -kRounding * terms) continue;
      const double relative = slope / std::sqrt(q_matrix_(i, i));
      if (found >= 0 && relative >= lowest) continue;
      lowest = relative;
      found = i;
    }
    return found;
  }

  // Lets a variable grow, and moves to the minimum of the free ones; those that
  // would pass through 0 on the way stay there.
  void enter(int entering) {
    set_free(entering, true);
    TaskVector goal(size());
    if (!free_minimum(goal) || goal[entering] <= 0.0) {
      // Depends on the free ones: its slope was rounding.
      set_free(entering, false);
      refused_[static_cast<std::size_t>(entering)] = true;
      return;
    }
    refused_.fill(false);
    while (!move_towards(goal)) {
      if (!free_minimum(goal)) return;
    }
  }

  // Overwrites `goal` with the minimum over the free variables, 0 elsewhere.
  bool free_minimum(TaskVector& goal) const {
    TaskVector free(size());
    int count = 0;
    for (int i = 0; i < size(); ++i) {
      if (is_free(i)) free[count++] = i;
    }
    TaskMatrix matrix(count);
    TaskVector solution(count);
    for (int i = 0; i < count; ++i) {
      const int row = static_cast<int>(free[i]);
      solution[i] = -q_vector_[row];
      for (int j = 0; j < count; ++j) {
        matrix(i, j) = q_matrix_(row, static_cast<int>(free[j]));
      }
    }
    if (!solve_positive(matrix, solution)) return false;
    goal = TaskVector(size());
    for (int i = 0; i < count; ++i) {
      goal[static_cast<int>(free[i])] = solution[i];
    }
    return true;
  }

  // True when `goal` was reached; else the variables that stopped the way are
  // no longer free.
  bool move_towards(const TaskVector& goal) {
    double share = 1.0;
    int stopping = -1;
    for (int i = 0; i < size(); ++i) {
      if (!is_free(i) || goal[i] > 0.0) continue;
      const double reached = u_[i] / (u_[i] - goal[i]);
      if (stopping >= 0 && reached >= share) continue;
      share = u_[i] > 0.0 ? reached : 0.0;
      stopping = i;
    }
    if (stopping < 0) {
      u_ = goal;
      return true;
    }
    for (int i = 0; i < size(); ++i) {
      if (is_free(i)) u_[i] += share * (goal[i] - u_[i]);
      if (is_free(i) && (i == stopping || u_[i] <= 0.0)) {
        u_[i] = 0.0;
        set_free(i, false);
      }
    }
    return false;
  }

  [[nodiscard]] bool is_free(int i) const {
    return free_[static_cast<std::size_t>(i)];
  }
  [[nodiscard]] bool is_refused(int i) const {
    return refused_[static_cast<std::size_t>(i)];
  }
  void set_free(int i, bool free) { free_[static_cast<std::size_t>(i)] = free; }

  const TaskMatrix& q_matrix_;
  const TaskVector& q_vector_;
  TaskVector u_;
  std::array<bool, kMaxGramianTasks> free_{};
  std::array<bool, kMaxGramianTasks> refused_{};
};

}  // namespace

TaskVector nonnegative_minimum(const TaskMatrix& q_matrix,
                               const TaskVector& q_vector) {
  return ActiveSet(q_matrix, q_vector).minimise();
}

TaskVector shortest_combination(const TaskMatrix& gramian) {
  const int n = gramian.size();
  int shortest = 0;
  for (int i = 1; i < n; ++i) {
    if (gramian(i, i) < gramian(shortest, shortest)) shortest = i;
  }
  const double unit = gramian(shortest, shortest);
  TaskVector a(n);
  if (!(unit > 0.0)) {
    a[shortest] = 1.0;
    return a;
  }
  // In units of the shortest vector, |A a|^2 <= 1 and sum(u) >= 1 / 2.
  TaskMatrix bordered(n);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) bordered(i, j) = gramian(i, j) / unit + 1.0;
  }
  a = nonnegative_minimum(bordered, TaskVector(n, -1.0));
  a *= 1.0 / sum(a);
  return a;
}

}  // namespace polytask
