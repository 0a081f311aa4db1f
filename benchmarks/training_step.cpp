// How long is a whole training step, beside the bare convolutions in it?
//
//   benchmark_training_step [PAIRS [THREADS]]
//
// The post's network, 100 images. Step and bare convolutions take turns in one
// process, so a drift of the machine meets both. Prints medians and the median
// of the pairs' ratios with a 95 % bootstrap interval.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

#include "benchmarks/bare_convolutions.h"
#include "polytask/network/initialize.h"
#include "polytask/network/network.h"
#include "polytask/optim/adam.h"
#include "polytask/task/multi_task_loss.h"
#include "polytask/train/gradient_step.h"

namespace polytask::benchmark {
namespace {

constexpr int kBatch = 100;
constexpr int kLabels = 5;
constexpr int kWarmUps = 3;

NetworkOptions post_network() {
  const Activation relu = Activation::relu;
  return {
      .trunk = {
          Conv2D{.filters = 32, .padding = Padding::same, .activation = relu},
          Conv2D{.filters = 32, .activation = relu}, MaxPooling2D{},
          Dropout{.rate = 0.25},
          Conv2D{.filters = 64, .padding = Padding::same, .activation = relu},
          Conv2D{.filters = 64, .activation = relu}, MaxPooling2D{},
          Dropout{.rate = 0.25}, Flatten{},
          Dense{.units = 512, .activation = relu}, Dropout{.rate = 0.5}}};
}

// One whole step: weights packed, forward, loss, backward, Adam.
class Step {
 public:
  explicit Step(int threads)
      : pool_(threads),
        plan_(std::make_shared<NetworkPlan>(
            post_network(), PlanOptions{.input = {100, 100, 3},
                                        .outputs = {{"scene", kLabels}},
                                        .batch = kBatch,
                                        .workers = threads})),
        network_(plan_, pool_),
        parameters_(plan_->parameters()),
        m_(plan_->parameters()),
        v_(plan_->parameters()),
        adam_({}),
        pixels_(kBatch * 100 * 100 * 3),
        targets_(kBatch * kLabels),
        samples_(kBatch) {
    initialize_glorot_uniform(parameters_, 1);
    std::mt19937 random(1);
    for (std::uint8_t& p : pixels_) p = static_cast<std::uint8_t>(random());
    for (float& y : targets_) y = static_cast<float>(random() % 4 == 0);
    for (std::uint32_t i = 0; i < kBatch; ++i) samples_[i] = i;
  }

  // Milliseconds of both threads a layer and pass, per step.
  void print_layers(int steps) {
    network_.start_clock();
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < steps; ++i) run();
    const std::chrono::duration<double, std::milli> elapsed =
        std::chrono::steady_clock::now() - begin;
    double sum = 0.0;
    for (const LayerTime& t : network_.layer_times()) {
      const double ms = 1e3 * t.seconds / steps;
      sum += ms;
      std::printf("%-8s %-44s %7.1f ms\n", t.pass.c_str(), t.layer.c_str(), ms);
    }
    std::printf("%-53s %7.1f ms\n", "sum over threads", sum);
    std::printf("%-53s %7.1f ms\n", "step", elapsed.count() / steps);
  }

  void run() {
    network_.prepare(parameters_);
    network_.forward_training(
        {.images = kBatch,
         .pixels = reinterpret_cast<const std::byte*>(pixels_.data())},
        {.seed = 1, .epoch = ++epoch_, .samples = samples_});
    multi_task_loss_on_logits(network_.logits(0), targets_, kLabels,
                              network_.diff_logits(0));
    network_.backward();
    if (unusable_gradient(network_)) std::puts("a gradient is not finite");
    adam_.begin_step();
    update_parameters(network_, adam_, parameters_, m_, v_);
  }

 private:
  ThreadPool pool_;
  std::shared_ptr<const NetworkPlan> plan_;
  Network network_;
  ParameterStore parameters_, m_, v_;
  Adam adam_;
  std::vector<std::uint8_t> pixels_;
  std::vector<float> targets_;
  std::vector<std::uint32_t> samples_;
  std::uint32_t epoch_ = 0;
};

template <class Work>
double milliseconds(Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  work.run();
  const std::chrono::duration<double, std::milli> elapsed =
      std::chrono::steady_clock::now() - begin;
  return elapsed.count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

std::pair<double, double> bootstrap_interval(
    const std::vector<double>& values) {
  constexpr int kResamples = 2000;
  std::mt19937 random(1);
  std::vector<double> medians;
  for (int r = 0; r < kResamples; ++r) {
    std::vector<double> drawn;
    for (std::size_t i = 0; i < values.size(); ++i) {
      drawn.push_back(values[random() % values.size()]);
    }
    medians.push_back(median(drawn));
  }
  std::ranges::sort(medians);
  return {medians[kResamples / 40], medians[kResamples - kResamples / 40]};
}

void print_machine(int threads) {
  std::ifstream info("/proc/cpuinfo");
  std::string line;
  while (std::getline(info, line) && !line.starts_with("model name")) {
  }
  const char* extensions = __builtin_cpu_supports("avx512f") ? "AVX-512"
                           : __builtin_cpu_supports("avx2")  ? "AVX2"
                                                             : "no AVX2";
  std::printf("%s, %s, %d threads, g++ %s\n", line.c_str(), extensions, threads,
              __VERSION__);
}

int run(int pairs, int threads) {
  print_machine(threads);
  BareConvolutions bare(kBatch, threads);
  Step step(threads);
  for (int i = 0; i < kWarmUps; ++i) {
    milliseconds(bare);
    milliseconds(step);
  }
  std::vector<double> bare_ms, step_ms, ratios;
  for (int i = 0; i < pairs; ++i) {
    bare_ms.push_back(milliseconds(bare));
    step_ms.push_back(milliseconds(step));
    ratios.push_back(step_ms.back() / bare_ms.back());
  }
  step.print_layers(pairs);
  const auto [low, high] = bootstrap_interval(ratios);
  std::printf("bare convolutions  %7.1f ms (median of %d)\n", median(bare_ms),
              pairs);
  std::printf("whole step         %7.1f ms\n", median(step_ms));
  std::printf("ratio              %7.3f    [%.3f, %.3f]\n", median(ratios), low,
              high);
  return 0;
}

}  // namespace
}  // namespace polytask::benchmark

int main(int argc, char** argv) {
  const int pairs = argc > 1 ? std::max(1, std::atoi(argv[1])) : 20;
  const int threads = argc > 2 ? std::max(1, std::atoi(argv[2])) : 2;
  return polytask::benchmark::run(pairs, threads);
}
