// How the tasks of one network share its trunk: settings of the weighting.
//
// The trunk's gradient is always a weighted sum of the tasks' gradients,
//
//   d = sum over tasks of w_t g_t
//
// and a weighting chooses w anew at every step: from nothing, from the losses,
// or from the Gramian, the [T, T] inner products of the tasks' gradients.
// Heads are not shared: kinds that look at gradients leave them their own, with
// the others they follow the weighted loss.
//
// Scale. One learning rate fits every kind:
//   * kinds whose weights are shares (dwa, rlw, gls, stch, famo, gradnorm,
//     mgda) have weights that sum to T, as those of `equal` do;
//   * kinds that mend a conflict (pcgrad, cagrad with c = 0, upgrad) give 1 to
//     each task where there is nothing to mend;
//   * kinds that forget the gradients' lengths (imtl_g, nash_mtl, aligned_mtl)
//     give 1 to each task when the gradients are orthogonal and equally long,
//     and keep the tasks' mean length in place of what they forgot;
//   * uncertainty has a scale of its own, which is its point.
//
// Source: docs/math/weighting.md, with the paper of each kind.

#pragma once

#include <map>
#include <string>
#include <vector>

namespace polytask {

enum class WeightingKind {
  equal,        // 1 each
  uncertainty,  // learned log variances
  dwa,          // by how fast the loss falls from epoch to epoch
  rlw,          // drawn at random
  gls,          // geometric mean of the losses
  stch,         // smooth maximum of the losses
  famo,         // by how much each loss fell in the step before
  gradnorm,     // equal gradient norms, more for tasks that train slowly
  pcgrad,       // conflicting parts projected away, in random order
  mgda,         // the shortest convex combination
  cagrad,       // the worst task's best, near the mean
  imtl_g,       // equal projections on every gradient
  nash_mtl,     // Nash's bargain
  aligned_mtl,  // orthogonal, equally long principal components
  upgrad,       // each gradient projected to where it harms no one
};

// Of what the tasks' gradients are taken, for kinds that look at them and for
// the record of conflicts.
enum class WeightedGradients {
  features,  // the trunk's result: costs about nothing
  trunk,     // every parameter of the trunk: a backward pass per task
};

// One point of a schedule: factors of the tasks in this epoch, by their names.
struct WeightPoint {
  int epoch = 1;  // >= 1, as epochs are shown
  // Each >= 0. A task follows the points that name it, one that none names
  // has the factor 1.
  std::map<std::string, double> weights;

  bool operator==(const WeightPoint&) const = default;
};

struct WeightingOptions {
  WeightingKind kind = WeightingKind::equal;
  WeightedGradients gradients = WeightedGradients::features;

  // Factors beside the tasks' own weights, for any kind: linear between two
  // points, constant before the first and after the last; empty: none.
  std::vector<WeightPoint> schedule;  // epochs ascend

  double uncertainty_learning_rate = 1e-3;  // > 0, of the log variances' Adam
  double dwa_temperature = 2.0;             // >= 1e-6; large: nearly equal
  double stch_mu = 1.0;                     // >= 1e-6; small: the worst alone
  int stch_warm_up_epochs = 4;              // >= 1, then the reference is taken
  double famo_learning_rate = 0.025;        // > 0, of the weights' Adam
  double famo_weight_decay = 1e-3;          // >= 0, pulls to equal shares
  double gradnorm_alpha = 1.5;              // 0 to 100; 0: equal norms
  double gradnorm_learning_rate = 0.025;    // > 0, of the weights' Adam
  double cagrad_c = 0.4;                    // >= 0; 0: the mean; < 1 converges

  bool operator==(const WeightingOptions&) const = default;
};

// What a kind asks of the training loop beyond the losses of the step.
struct WeightingNeeds {
  bool gramian = false;            // inner products of the tasks' gradients
  bool losses_after_step = false;  // the same batch again, after the update
};
[[nodiscard]] WeightingNeeds needs_of(WeightingKind kind);

// Kinds that work from the Gramian take at most this many tasks.
inline constexpr int kMaxGramianTasks = 64;

// Every broken rule, not only the first; empty when the options are usable for
// tasks of these names. Entries read "weighting.cagrad_c: expected finite and
// >= 0, got -1" or "weighting pcgrad needs at least two tasks, got 1; use
// equal".
[[nodiscard]] std::vector<std::string> problems(
    const WeightingOptions& options, const std::vector<std::string>& tasks);

}  // namespace polytask
