// What does it cost to weigh tasks by their gradients?
//
//   benchmark_weighting_cost [PAIRS [THREADS]]
//
// The five tasks and the network of recipes/streets.yaml, a batch of drawn
// scenes, one whole training step: the batch loaded, weights packed, forward,
// losses, backward, weights of the tasks, Adam. Each way of weighting takes
// turns with equal weights in one process, so a drift of the machine meets
// both. Prints medians and the median of the pairs' ratios with a 95 %
// bootstrap interval.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <numeric>

#include "benchmarks/pairs.h"
#include "polytask/base/error.h"
#include "polytask/model/target_statistics.h"
#include "polytask/model/task_columns.h"
#include "polytask/recipe/recipe.h"
#include "polytask/recipe/recipe_tasks.h"
#include "polytask/train/training_step.h"
#include "polytask/worlds/worlds.h"

namespace polytask::benchmark {
namespace {

constexpr int kWarmUps = 3;

struct Work {
  ModelSpec model;
  DatasetPtr data;  // of one batch
  TrainOptions train;
};

Work street_work(int threads) {
  Recipe recipe = load_recipe(
      std::filesystem::path(POLYTASK_SOURCE_DIR) / "recipes/streets.yaml", {});
  recipe.train.threads = threads;
  const DatasetPtr all =
      draw_streets({.count = recipe.train.batch_size, .seed = 1});
  complete_tasks(recipe.tasks, *all);
  const DatasetSpec& spec = all->spec();
  return {.model = {.image = {spec.height, spec.width, spec.channels},
                    .network = recipe.network,
                    .tasks = recipe.tasks},
          .data = select_columns(all, column_uses(recipe.tasks)),
          .train = recipe.train};
}

// One step of a training, always of the same images.
class Step {
 public:
  Step(const Work& work, const TrainOptions& options, ThreadPool& pool)
      : model_(make_model(work.model, options.seed)),
        step_(model_, *work.data, options, pool),
        images_(static_cast<std::size_t>(options.batch_size)) {
    model_.target_statistics =
        target_statistics_of(model_.spec.tasks, *work.data);
    std::iota(images_.begin(), images_.end(), 0);
  }

  void run() {
    const auto ignore = [](std::size_t, const LossValue&) {};
    if (const auto why = step_.differentiate(images_, ++epoch_, ignore)) {
      std::puts(to_text(*why).c_str());
    }
    step_.update();
  }

  [[nodiscard]] double megabytes() const {
    return static_cast<double>(step_.plan().memory().total_bytes()) / 1e6;
  }

 private:
  Model model_;
  TrainingStep step_;
  std::vector<std::int64_t> images_;
  int epoch_ = 0;
};

struct Way {
  const char* name;
  WeightingKind kind;
  WeightedGradients gradients;
  bool record;
  double most;  // times equal weights that are promised; 0: nothing is
};

void measure(const Work& work, const Way& way, int pairs) {
  TrainOptions options = work.train;
  ThreadPool pool(options.threads);
  Step equal(work, options, pool);
  options.weighting.kind = way.kind;
  options.weighting.gradients = way.gradients;
  options.record_conflicts = way.record;
  Step weighted(work, options, pool);
  const Pairs found = measure_pairs(weighted, equal, kWarmUps, pairs);
  std::printf("%-36s %7.1f ms  %5.0f MB  %6.3f [%.3f, %.3f]", way.name,
              found.first_ms, weighted.megabytes(), found.ratio, found.low,
              found.high);
  if (way.most > 0.0) std::printf("  promised: at most %.2f", way.most);
  std::printf("\n%-36s %7.1f ms  %5.0f MB\n", "  beside equal weights",
              found.second_ms, equal.megabytes());
}

int run(int pairs, int threads) {
  print_machine(threads);
  const Work work = street_work(threads);
  const auto tasks = static_cast<double>(work.model.tasks.size());
  constexpr auto kFeatures = WeightedGradients::features;
  constexpr auto kTrunk = WeightedGradients::trunk;
  std::printf("%zu tasks, %d images a step, medians of %d pairs\n",
              work.model.tasks.size(), work.train.batch_size, pairs);
  for (const Way& way : {
           Way{"pcgrad, shared features", WeightingKind::pcgrad, kFeatures,
               false, 1.15},
           Way{"pcgrad, whole trunk", WeightingKind::pcgrad, kTrunk, false,
               (1.0 + 2.0 * tasks) / 3.0},
           Way{"equal, features recorded", WeightingKind::equal, kFeatures,
               true, 0.0},
           Way{"equal, trunk's layers recorded", WeightingKind::equal, kTrunk,
               true, 0.0},
       }) {
    measure(work, way, pairs);
  }
  return 0;
}

}  // namespace
}  // namespace polytask::benchmark

int main(int argc, char** argv) {
  const int pairs = argc > 1 ? std::max(1, std::atoi(argv[1])) : 20;
  const int threads = argc > 2 ? std::max(1, std::atoi(argv[2])) : 2;
  try {
    return polytask::benchmark::run(pairs, threads);
  } catch (const polytask::Error& e) {
    std::fprintf(stderr, "weighting_cost: %s\n", e.what());
    return 1;
  }
}
