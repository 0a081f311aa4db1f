// What does it cost to weigh tasks by their gradients?
//
//   benchmark_weighting_cost [PAIRS [THREADS]]
//
// The five tasks and the network of recipes/streets.yaml, a batch of drawn
// scenes, one whole training step: weights packed, forward, losses, backward,
// weights of the tasks, Adam. Each way of weighting takes turns with equal
// weights in one process, so a drift of the machine meets both. Prints medians
// and the median of the pairs' ratios with a 95 % bootstrap interval.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <numeric>

#include "benchmarks/pairs.h"
#include "polytask/base/error.h"
#include "polytask/data/batch.h"
#include "polytask/model/model_plan.h"
#include "polytask/model/prior.h"
#include "polytask/model/task_columns.h"
#include "polytask/optim/adam.h"
#include "polytask/recipe/recipe.h"
#include "polytask/recipe/recipe_tasks.h"
#include "polytask/train/batch_loss.h"
#include "polytask/train/gradient_step.h"
#include "polytask/train/task_balance.h"
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

class Step {
 public:
  Step(const Work& work, const TrainOptions& options, ThreadPool& pool)
      : seed_(options.seed),
        scale_(work.model.preprocessing.scale(work.data->spec().pixels)),
        model_(make_model(work.model, options.seed)),
        plan_(plan_model(model_, {.batch = options.batch_size,
                                  .workers = pool.workers(),
                                  .training = true,
                                  .task_gradients =
                                      TaskBalance::gradients_needed(options)})),
        network_(plan_, pool),
        memory_(plan_->parameters(), options.adam),
        adam_(options.adam),
        balance_(model_.spec.tasks, options, *plan_),
        batch_(*work.data, options.batch_size,
               column_counts(model_.spec.tasks)),
        samples_(static_cast<std::size_t>(options.batch_size)) {
    model_.prior = prior_of(model_.spec.tasks, *work.data);
    std::vector<std::int64_t> indices(samples_.size());
    std::iota(indices.begin(), indices.end(), 0);
    std::iota(samples_.begin(), samples_.end(), 0u);
    batch_.load(indices);
    standardise(model_, batch_);
  }

  void run() {
    network_.prepare(model_.parameters);
    network_.forward_training(
        {.images = batch_.size(),
         .pixels = batch_.pixels().data(),
         .scale = scale_},
        {.seed = seed_, .epoch = ++epoch_, .samples = samples_});
    batch_loss(model_, network_, batch_, /*with_gradient=*/true,
               [&](std::size_t task, const LossValue& value) {
                 balance_.note(task, value);
               });
    balance_.backward(network_, 1, adam_.steps_done());
    if (unusable_gradient(network_)) std::puts("a gradient is not finite");
    adam_.begin_step();
    update_parameters(network_, adam_, model_.parameters, memory_);
  }

  [[nodiscard]] double megabytes() const {
    return static_cast<double>(plan_->memory().total_bytes()) / 1e6;
  }

 private:
  std::uint64_t seed_;
  float scale_;
  Model model_;
  std::shared_ptr<const NetworkPlan> plan_;
  Network network_;
  AdamMemory memory_;
  Adam adam_;
  TaskBalance balance_;
  Batch batch_;
  std::vector<std::uint32_t> samples_;
  std::uint32_t epoch_ = 0;
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
