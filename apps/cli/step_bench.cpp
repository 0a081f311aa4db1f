#include "apps/cli/step_bench.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <numeric>

#include "polytask/base/error.h"
#include "polytask/base/random.h"
#include "polytask/base/text.h"
#include "polytask/data/batch.h"
#include "polytask/kernels/peak.h"
#include "polytask/model/model_plan.h"
#include "polytask/model/prior.h"
#include "polytask/model/task_columns.h"
#include "polytask/train/batch_loss.h"
#include "polytask/train/gradient_step.h"
#include "polytask/train/task_balance.h"

namespace polytask::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kPeakShare = 0.1;  // of a step's time

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// The same steps as a training's first ones.
class Steps {
 public:
  Steps(const RecipeJob& job, const DatasetPtr& data)
      : options_(job.recipe.train),
        data_(select_columns(data, column_uses(job.model.tasks))),
        model_(make_model(job.model, options_.seed)),
        pool_(options_.threads),
        plan_(plan_model(
            model_,
            {.batch = options_.batch_size,
             .workers = pool_.workers(),
             .training = true,
             .task_gradients = TaskBalance::gradients_needed(options_)})),
        network_(plan_, pool_),
        memory_(plan_->parameters(), options_.adam),
        adam_(options_.adam),
        balance_(job.model.tasks, options_, *plan_),
        batch_(*data_, options_.batch_size, column_counts(job.model.tasks)),
        order_(static_cast<std::size_t>(data_->size())) {
    model_.prior = prior_of(model_.spec.tasks, *data_);
  }

  [[nodiscard]] Network& network() { return network_; }
  [[nodiscard]] const NetworkPlan& plan() const { return *plan_; }
  [[nodiscard]] ThreadPool& pool() { return pool_; }

  // Returns why the step could not be used; empty when it could.
  [[nodiscard]] std::string run() {
    load_batch();
    network_.prepare(model_.parameters);
    network_.forward_training(
        {.images = batch_.size(),
         .pixels = batch_.pixels().data(),
         .type = data_->spec().pixels,
         .scale = model_.spec.preprocessing.scale(data_->spec().pixels)},
        {.seed = options_.seed, .epoch = epoch_, .samples = samples_});
    const double loss = batch_loss(model_, network_, batch_,
                                   /*with_gradient=*/true,
                                   [&](std::size_t t, const LossValue& value) {
                                     balance_.note(t, value);
                                   });
    if (!std::isfinite(loss)) return "the loss is not finite";
    balance_.backward(network_, static_cast<int>(epoch_), adam_.steps_done());
    if (const auto tensor = unusable_gradient(network_)) {
      return cat("the gradient of ", *tensor, " is not finite or beyond 2^63");
    }
    adam_.begin_step();
    update_parameters(network_, adam_, model_.parameters, memory_);
    return "";
  }

 private:
  // Full batches only; then the next epoch begins.
  void load_batch() {
    const auto count = static_cast<std::size_t>(options_.batch_size);
    if (epoch_ == 0 || next_ + count > order_.size()) {
      std::iota(order_.begin(), order_.end(), 0);
      shuffle(
          std::span(order_),
          RandomStream(random_key(options_.seed, RandomUse::order), ++epoch_));
      next_ = 0;
    }
    const auto indices = std::span(order_).subspan(next_, count);
    next_ += count;
    batch_.load(indices);
    standardise(model_, batch_);
    samples_.assign(indices.begin(), indices.end());
  }

  TrainOptions options_;
  DatasetPtr data_;
  Model model_;
  ThreadPool pool_;
  std::shared_ptr<const NetworkPlan> plan_;
  Network network_;
  AdamMemory memory_;
  Adam adam_;
  TaskBalance balance_;
  Batch batch_;
  std::vector<std::int64_t> order_;
  std::vector<std::uint32_t> samples_;
  std::uint32_t epoch_ = 0;
  std::size_t next_ = 0;  // in order_
};

// Measures the most arithmetic all threads can do together.
class Peak {
 public:
  explicit Peak(ThreadPool& pool) : pool_(pool) {
    constexpr double kLongEnough = 0.008;  // seconds; waking threads is nothing
    while (burst() < kLongEnough) rounds_ *= 2;
  }

  // For at least so long: a machine that others use is not always as fast.
  void measure(double seconds) {
    const auto begin = Clock::now();
    do {
      const double taken = burst();
      speeds_.push_back(flops_ / taken);
    } while (seconds_since(begin) < seconds);
  }
  [[nodiscard]] const std::vector<double>& speeds() const { return speeds_; }

 private:
  // Returns how many seconds it took.
  double burst() {
    std::vector<double> flops(static_cast<std::size_t>(pool_.workers()));
    const auto begin = Clock::now();
    pool_.run(pool_.workers(), [&](int part, int) {
      flops[static_cast<std::size_t>(part)] = kernels::peak_work(rounds_).flops;
    });
    const double seconds = seconds_since(begin);
    flops_ = std::accumulate(flops.begin(), flops.end(), 0.0);
    return seconds;
  }

  ThreadPool& pool_;
  std::int64_t rounds_ = 10'000;
  double flops_ = 0.0;  // of a burst
  std::vector<double> speeds_;
};

// The layers' times and what they did, per step.
//   survivors   summed over the steps
std::vector<PassReport> pass_reports(
    const Steps& steps, const std::vector<LayerTime>& times, int count,
    const std::map<std::string, Survivors>& survivors) {
  const std::vector<LayerDescription> layers = steps.plan().layers();
  const double batch = steps.plan().options().batch;
  std::vector<PassReport> passes;
  for (const LayerTime& time : times) {
    PassReport pass{.layer = time.layer,
                    .pass = time.pass,
                    .seconds = time.seconds / count};
    const auto layer =
        std::ranges::find(layers, time.layer, &LayerDescription::name);
    const bool backward = time.pass == "backward";
    pass.nominal_flops =
        batch * (backward ? layer->backward_flops : layer->forward_flops);
    pass.executed_flops =
        pass.nominal_flops * (backward ? 1 : layer->forward_runs);
    const auto found = survivors.find(time.layer);
    if (backward && found != survivors.end()) {
      const Survivors& sum = found->second;
      const auto alive = static_cast<double>(sum.alive);
      pass.alive = alive / static_cast<double>(sum.windows);
      pass.density = alive / static_cast<double>(sum.elements);
      if (layer->backward_skips_zeros) pass.executed_flops *= *pass.density;
    }
    passes.push_back(pass);
  }
  return passes;
}

void add_survivors(const Network& network,
                   std::map<std::string, Survivors>& sums) {
  for (const LayerSurvivors& one : network.survivors()) {
    Survivors& sum = sums[one.layer];
    sum.alive += one.batch.alive;
    sum.windows += one.batch.windows;
    sum.elements += one.batch.elements;
  }
}

}  // namespace

BenchReport bench_steps(const RecipeJob& job, const DatasetPtr& data,
                        const BenchOptions& options) {
  const int batch = job.recipe.train.batch_size;
  if (batch > data->size()) {
    throw Error(Fault::config,
                cat("train.batch_size: expected at most the ", data->size(),
                    " training images, got ", batch));
  }
  Steps steps(job, data);
  BenchReport report{.batch = batch, .threads = steps.pool().workers()};
  Peak peak(steps.pool());
  std::map<std::string, Survivors> survivors;
  for (int i = 1 - options.warm_up; i <= options.steps; ++i) {
    if (options.stop != nullptr && *options.stop) {
      report.interrupted = true;
      return report;
    }
    if (i == 1) steps.network().start_clock();
    const auto begin = Clock::now();
    report.trouble = steps.run();
    const double seconds = seconds_since(begin);
    if (!report.trouble.empty()) return report;
    peak.measure(kPeakShare * seconds);
    if (i < 1) continue;
    report.step_seconds.push_back(seconds);
    add_survivors(steps.network(), survivors);
    if (options.progress) options.progress(i);
  }
  report.peak_flops_a_second = peak.speeds();
  report.passes = pass_reports(steps, steps.network().layer_times(),
                               options.steps, survivors);
  return report;
}

}  // namespace polytask::cli
