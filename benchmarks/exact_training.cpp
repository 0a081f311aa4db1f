// Do our kernels train what plain oneDNN trains?
//
//   benchmark_exact_training DATA [SEEDS [EPOCHS]]
//
// DATA is an HDF5 file as recipes/blog.yaml takes it. For each of SEEDS (5)
// the post's network is trained for EPOCHS (15) from the same weights, in the
// same order and with the same dropout: once as it is, once as on a processor
// without our vectors, where every convolution is oneDNN's. Prints how far the
// losses of the first epoch part, and the metrics of the last epoch and of the
// one with the lowest validation loss, as mean and standard deviation over the
// seeds, with the difference and its standard error.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>

#include <hwy/targets.h>

#include "benchmarks/pairs.h"
#include "benchmarks/post_network.h"
#include "polytask/data/dataset.h"
#include "polytask/data/hdf5_reader.h"
#include "polytask/data/split.h"
#include "polytask/train/train.h"

namespace polytask::benchmark {
namespace {

void allow_vectors(bool ours) {
  hwy::SetSupportedTargetsForTest(ours ? 0 : HWY_SCALAR);
  hwy::GetChosenTarget().DeInit();
}

double value_of(const MetricValues& values, const std::string& name) {
  for (const auto& [own, value] : values) {
    if (own == name) return value;
  }
  return std::nan("");
}

// The mean loss of the epoch so far, after each step of the first.
class FirstEpoch final : public TrainObserver {
 public:
  void on_step(const StepReport& step) override {
    if (step.epoch == 1) losses.push_back(value_of(step.train, "loss"));
  }
  std::vector<double> losses;
};

struct Trained {
  std::vector<double> first_epoch;
  EpochReport last;
  EpochReport best;
};

Trained train_once(const TrainData& data, const DatasetSpec& spec, int epochs,
                   std::uint64_t seed) {
  Model model = make_model({.image = {spec.height, spec.width, spec.channels},
                            .network = post_network(),
                            .tasks = {multilabel("scene", spec.labels)}},
                           seed);
  FirstEpoch first;
  const TrainReport report =
      train(model, data, {.epochs = epochs, .batch_size = 100, .seed = seed},
            {.observer = &first});
  return {
      .first_epoch = first.losses,
      .last = report.history.back(),
      .best = report.history[static_cast<std::size_t>(report.best_epoch) - 1]};
}

double largest_difference(const std::vector<double>& a,
                          const std::vector<double>& b) {
  double largest = 0.0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    largest = std::max(largest, std::abs(a[i] - b[i]) / std::abs(b[i]));
  }
  return largest;
}

struct Summary {
  double mean = 0.0;
  double deviation = 0.0;  // of one value
};

Summary summarise(const std::vector<double>& values) {
  Summary s;
  const auto n = static_cast<double>(values.size());
  for (const double v : values) s.mean += v / n;
  for (const double v : values) s.deviation += (v - s.mean) * (v - s.mean);
  s.deviation = n > 1 ? std::sqrt(s.deviation / (n - 1)) : 0.0;
  return s;
}

// The values of one metric, a pair a seed.
struct Metric {
  std::vector<double> ours, onednn, differences;
};

void add(std::map<std::string, Metric>& all, const std::string& when,
         const EpochReport& ours, const EpochReport& onednn) {
  for (const auto& [name, value] : ours.validation) {
    Metric& metric = all[when + " " + name];
    const double other = value_of(onednn.validation, name);
    metric.ours.push_back(value);
    metric.onednn.push_back(other);
    metric.differences.push_back(value - other);
  }
}

void print(const std::map<std::string, Metric>& all) {
  std::printf("%-32s %18s %18s %21s\n", "validation", "own kernels", "oneDNN",
              "difference");
  for (const auto& [name, metric] : all) {
    const Summary ours = summarise(metric.ours);
    const Summary onednn = summarise(metric.onednn);
    const Summary difference = summarise(metric.differences);
    const double error = difference.deviation /
                         std::sqrt(static_cast<double>(metric.ours.size()));
    std::printf("%-32s %8.4f +- %6.4f %8.4f +- %6.4f  %+8.4f (se %6.4f)\n",
                name.c_str(), ours.mean, ours.deviation, onednn.mean,
                onednn.deviation, difference.mean, error);
  }
}

int run(const char* file, int seeds, int epochs) {
  print_machine(0);
  const DatasetPtr all = read_hdf5(file);
  Split split =
      train_test_split(all->size(), {.test_size = 0.2, .random_state = 100});
  const TrainData data{.train = subset(all, std::move(split.train)),
                       .validation = subset(all, std::move(split.test))};
  std::map<std::string, Metric> metrics;
  for (int seed = 1; seed <= seeds; ++seed) {
    allow_vectors(false);
    const Trained onednn = train_once(data, all->spec(), epochs, seed);
    allow_vectors(true);
    const Trained ours = train_once(data, all->spec(), epochs, seed);
    std::printf(
        "seed %d: losses of the first epoch differ by %.1e at most, after one "
        "step by %.1e\n",
        seed, largest_difference(ours.first_epoch, onednn.first_epoch),
        largest_difference({ours.first_epoch[0]}, {onednn.first_epoch[0]}));
    std::fflush(stdout);
    add(metrics, "best epoch", ours.best, onednn.best);
    add(metrics, "last epoch", ours.last, onednn.last);
  }
  print(metrics);
  return 0;
}

}  // namespace
}  // namespace polytask::benchmark

int main(int argc, char** argv) try {
  if (argc < 2) {
    std::fputs("benchmark_exact_training: expected DATA [SEEDS [EPOCHS]]\n",
               stderr);
    return 2;
  }
  const int seeds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 5;
  const int epochs = argc > 3 ? std::max(1, std::atoi(argv[3])) : 15;
  return polytask::benchmark::run(argv[1], seeds, epochs);
} catch (const std::exception& e) {
  std::fprintf(stderr, "benchmark_exact_training: %s\n", e.what());
  return 1;
}
