// Weightings on problems small enough to know the answer: do they do what they
// are for?

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "polytask/weighting/task_weighting.h"
#include "polytask/weighting/weighting_settings.h"
#include "tests/weighting/weighting_example.h"

namespace polytask {
namespace {

using Numbers = std::vector<double>;
using test::dot;
using test::weighted;

// Adam with its usual settings on one array.
class PlainAdam {
 public:
  PlainAdam(std::size_t size, double rate) : m_(size), v_(size), rate_(rate) {}

  void step(Numbers& x, const Numbers& gradient) {
    ++steps_;
    const double correction =
        std::sqrt(1 - std::pow(0.999, steps_)) / (1 - std::pow(0.9, steps_));
    for (std::size_t i = 0; i < x.size(); ++i) {
      m_[i] += 0.1 * (gradient[i] - m_[i]);
      v_[i] += 0.001 * (gradient[i] * gradient[i] - v_[i]);
      x[i] -= rate_ * correction * m_[i] / (std::sqrt(v_[i]) + 1e-12);
    }
  }

 private:
  Numbers m_;
  Numbers v_;
  double rate_;
  int steps_ = 0;
};

// The toy of the GradNorm paper, smaller: tasks y_t = sigma_t tanh((B + E_t) x)
// that share B and differ in scale from 1 to 100. A trunk of a few tanh units
// has to serve them all; each task has a linear head of its own.
class ScaledTasks {
 public:
  static constexpr int kTasks = 6;
  static constexpr int kInputs = 5;
  static constexpr int kUnits = 3;
  static constexpr int kPoints = 40;

  ScaledTasks() {
    std::mt19937 random(4);
    std::normal_distribution<double> normal;
    Numbers shared(kInputs);
    for (double& b : shared) b = normal(random);
    for (int t = 0; t < kTasks; ++t) {
      sigma_.push_back(std::pow(100.0, t / (kTasks - 1.0)));
      own_.push_back(shared);
      for (double& b : own_.back()) b += 0.7 * normal(random);
    }
    for (int n = 0; n < kPoints; ++n) {
      points_.emplace_back(kInputs);
      for (double& x : points_.back()) x = normal(random);
    }
    for (int i = 0; i < kUnits * kInputs; ++i) {
      trunk_.push_back(0.4 * normal(random));
    }
    for (int t = 0; t < kTasks; ++t) {
      heads_.emplace_back(kUnits, 0.1 * sigma_[t]);
    }
  }

  // Overwrites the gradients of every task's loss.
  void measure() {
    losses_.assign(kTasks, 0.0);
    diff_trunk_.assign(kTasks, Numbers(trunk_.size()));
    diff_heads_.assign(kTasks, Numbers(kUnits));
    for (const Numbers& x : points_) {
      const Numbers hidden = forward(x);
      for (std::size_t t = 0; t < kTasks; ++t) {
        const double miss =
            dot(heads_[t], hidden) - sigma_[t] * std::tanh(dot(own_[t], x));
        losses_[t] += miss * miss / kPoints;
        add_gradient(t, 2.0 * miss / kPoints, x, hidden);
      }
    }
  }

  // Losses in units of what answering 0 costs about.
  [[nodiscard]] Numbers relative_losses() const {
    Numbers relative;
    for (std::size_t t = 0; t < kTasks; ++t) {
      relative.push_back(losses_[t] / (sigma_[t] * sigma_[t]));
    }
    return relative;
  }

  Numbers trunk_;
  std::vector<Numbers> heads_;
  Numbers losses_;
  std::vector<Numbers> diff_trunk_;
  std::vector<Numbers> diff_heads_;
  Numbers sigma_;

 private:
  [[nodiscard]] Numbers forward(const Numbers& x) const {
    Numbers hidden(kUnits);
    for (std::size_t u = 0; u < kUnits; ++u) {
      for (std::size_t i = 0; i < kInputs; ++i) {
        hidden[u] += trunk_[u * kInputs + i] * x[i];
      }
      hidden[u] = std::tanh(hidden[u]);
    }
    return hidden;
  }

  void add_gradient(std::size_t t, double diff, const Numbers& x,
                    const Numbers& hidden) {
    for (std::size_t u = 0; u < kUnits; ++u) {
      diff_heads_[t][u] += diff * hidden[u];
      const double inner = diff * heads_[t][u] * (1.0 - hidden[u] * hidden[u]);
      for (std::size_t i = 0; i < kInputs; ++i) {
        diff_trunk_[t][u * kInputs + i] += inner * x[i];
      }
    }
  }

  std::vector<Numbers> own_;
  std::vector<Numbers> points_;
};

// Relative losses after training.
Numbers trained(const WeightingOptions& options) {
  constexpr int kSteps = 400;
  constexpr int kEpoch = 20;
  ScaledTasks toy;
  const auto weighting =
      make_weighting(options, weighted(Numbers(ScaledTasks::kTasks, 1.0), 1));
  PlainAdam trunk(toy.trunk_.size(), 0.02);
  std::vector<PlainAdam> heads;
  for (std::size_t t = 0; t < ScaledTasks::kTasks; ++t) {
    heads.emplace_back(ScaledTasks::kUnits, 0.02 * toy.sigma_[t]);
  }
  for (int step = 0; step < kSteps; ++step) {
    toy.measure();
    const Numbers gramian = test::flat(test::gramian_of(toy.diff_trunk_));
    const auto weights = weighting->weights({.losses = toy.losses_,
                                             .gramian = gramian,
                                             .epoch = step / kEpoch,
                                             .step = step});
    trunk.step(toy.trunk_, test::combined(toy.diff_trunk_, weights));
    for (std::size_t t = 0; t < heads.size(); ++t) {
      heads[t].step(toy.heads_[t], toy.diff_heads_[t]);
    }
    if (weighting->needs().losses_after_step) {
      toy.measure();
      weighting->after_step(toy.losses_);
    }
    if ((step + 1) % kEpoch == 0) {
      weighting->end_epoch(step / kEpoch, toy.losses_);
    }
  }
  toy.measure();
  return toy.relative_losses();
}

double mean(const Numbers& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) /
         static_cast<double>(x.size());
}

// Equal weights see only the tasks of large scale; those that undo the scale
// serve all.
TEST(WeightingToy, TasksOfSmallScaleAreServedByThoseThatUndoTheScale) {
  const Numbers equal = trained({});
  for (const WeightingKind kind :
       {WeightingKind::uncertainty, WeightingKind::gls, WeightingKind::famo,
        WeightingKind::stch, WeightingKind::gradnorm, WeightingKind::imtl_g,
        WeightingKind::nash_mtl, WeightingKind::aligned_mtl}) {
    SCOPED_TRACE(name_of(kind));
    const Numbers found =
        trained({.kind = kind, .uncertainty_learning_rate = 0.2});
    EXPECT_LT(mean(found), 0.9 * mean(equal));
  }
}

// Two bowls of very different depth; between their centres, and only there, no
// step helps both.
TEST(WeightingToy, GradientKindsReachTheParetoSet) {
  const Numbers centre_a{0, 0};
  const Numbers centre_b{1, 0};
  for (const auto& [name, kind] : names_of(WeightingKind{})) {
    if (!needs_of(kind).gramian) continue;
    SCOPED_TRACE(name);
    for (const Numbers& start :
         {Numbers{-2, 1}, Numbers{3, 2}, Numbers{0.5, -1}}) {
      Numbers x = start;
      const auto weighting = make_weighting({.kind = kind}, weighted({1, 1}));
      for (int step = 0; step < 1200; ++step) {
        const test::Vectors g{{0.2 * x[0], 2.0 * x[1]},
                              {20 * (x[0] - 1), 2.0 * x[1]}};
        const Numbers losses{0.1 * x[0] * x[0] + x[1] * x[1],
                             10 * (x[0] - 1) * (x[0] - 1) + x[1] * x[1]};
        const auto w =
            weighting->weights({.losses = losses,
                                .gramian = test::flat(test::gramian_of(g)),
                                .step = step});
        const Numbers d = test::combined(g, w);
        for (std::size_t i = 0; i < 2; ++i) x[i] -= 0.01 * d[i];
      }
      EXPECT_NEAR(x[1], 0.0, 0.02);
      EXPECT_GE(x[0], -0.02);
      EXPECT_LE(x[0], 1.02);
    }
  }
}

}  // namespace
}  // namespace polytask
