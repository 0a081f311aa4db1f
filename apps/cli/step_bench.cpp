#include "apps/cli/step_bench.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "polytask/base/error.h"
#include "polytask/base/stopwatch.h"
#include "polytask/base/text.h"
#include "polytask/kernels/peak.h"
#include "polytask/model/target_statistics.h"
#include "polytask/model/task_columns.h"
#include "polytask/train/training_step.h"

namespace polytask::cli {
namespace {

constexpr double kPeakShare = 0.1;  // of a step's time

// The same steps as a training's first ones, but for batches that are not full.
class Steps {
 public:
  Steps(const RecipeJob& job, const DatasetPtr& data)
      : options_(job.recipe.train),
        data_(select_columns(data, column_uses(job.model.tasks))),
        model_(model_with_statistics(job.model, *data_, options_.seed)),
        pool_(options_.threads),
        step_(model_, *data_, options_, pool_),
        order_(static_cast<std::size_t>(data_->size())) {}

  [[nodiscard]] TrainingStep& step() { return step_; }
  [[nodiscard]] ThreadPool& pool() { return pool_; }

  // Returns why the step could not be used; empty when it could.
  [[nodiscard]] std::string run() {
    const auto images = next_images();
    const auto ignore = [](std::size_t, const LossValue&) {};
    if (const auto why = step_.differentiate(images, epoch_, ignore)) {
      return to_text(*why);
    }
    step_.update();
    return "";
  }

 private:
  static Model model_with_statistics(const ModelSpec& spec, const Dataset& data,
                                     std::uint64_t seed) {
    Model model = make_model(spec, seed);
    model.target_statistics = target_statistics_of(model.spec.tasks, data);
    return model;
  }

  std::span<const std::int64_t> next_images() {
    const auto count = static_cast<std::size_t>(options_.batch_size);
    if (epoch_ == 0 || next_ + count > order_.size()) {
      shuffle_images(options_.seed, ++epoch_, order_);
      next_ = 0;
    }
    next_ += count;
    return std::span(order_).subspan(next_ - count, count);
  }

  TrainOptions options_;
  DatasetPtr data_;
  Model model_;
  ThreadPool pool_;
  TrainingStep step_;
  std::vector<std::int64_t> order_;
  int epoch_ = 0;
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
    const Stopwatch watch;
    do {
      const double taken = burst();
      speeds_.push_back(flops_ / taken);
    } while (watch.seconds() < seconds);
  }
  [[nodiscard]] const std::vector<double>& speeds() const { return speeds_; }

 private:
  // Returns how many seconds it took.
  double burst() {
    std::vector<double> flops(static_cast<std::size_t>(pool_.workers()));
    const Stopwatch watch;
    pool_.run(pool_.workers(), [&](int part, int) {
      flops[static_cast<std::size_t>(part)] = kernels::peak_work(rounds_).flops;
    });
    const double seconds = watch.seconds();
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
    TrainingStep& step, int count,
    const std::map<std::string, Survivors>& survivors) {
  const std::vector<LayerDescription> layers = step.plan().layers();
  const double batch = step.plan().options().batch;
  std::vector<PassReport> passes;
  for (const LayerTime& time : step.network().layer_times()) {
    PassReport pass{.layer = time.layer,
                    .pass = time.pass,
                    .seconds = time.seconds / count};
    const auto layer =
        std::ranges::find(layers, time.layer, &LayerDescription::name);
    const bool backward = time.pass == "backward";
    if (backward) {
      pass.nominal_flops = pass.executed_flops = batch * layer->backward_flops;
    } else {
      const int runs = step.forward_passes();
      const int again = layer->forward_runs - 1;  // while backward runs
      pass.nominal_flops = batch * layer->forward_flops * runs;
      pass.executed_flops = batch * layer->forward_flops * (runs + again);
    }
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
  Network& network = steps.step().network();
  BenchReport report{.batch = batch, .threads = steps.pool().workers()};
  Peak peak(steps.pool());
  std::map<std::string, Survivors> survivors;
  for (int i = 1 - options.warm_up; i <= options.steps; ++i) {
    if (options.stop != nullptr && *options.stop) {
      report.interrupted = true;
      return report;
    }
    if (i == 1) network.start_clock();
    const Stopwatch watch;
    report.trouble = steps.run();
    const double seconds = watch.seconds();
    if (!report.trouble.empty()) return report;
    peak.measure(kPeakShare * seconds);
    if (i < 1) continue;
    report.step_seconds.push_back(seconds);
    add_survivors(network, survivors);
    if (options.progress) options.progress(i);
  }
  report.peak_flops_a_second = peak.speeds();
  report.passes = pass_reports(steps.step(), options.steps, survivors);
  return report;
}

}  // namespace polytask::cli
