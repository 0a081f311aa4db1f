// How long is a whole training step, beside the bare convolutions in it, and
// beside the same step on one thread? And how long the answer to 100 images,
// and to one?
//
//   benchmark_training_step [PAIRS [THREADS [avx2]]]
//
// The post's network, 100 images. Two kinds of work take turns in one process,
// so a drift of the machine meets both. Prints medians and the median of the
// pairs' ratios with a 95 % bootstrap interval. With avx2 a processor with
// wider vectors leaves them alone, in our kernels and in oneDNN: what an AVX2
// machine would do, but for its clock and caches.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <oneapi/dnnl/dnnl.hpp>
#include <random>

#include <hwy/targets.h>

#include "benchmarks/bare_network.h"
#include "benchmarks/pairs.h"
#include "benchmarks/post_network.h"
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
        memory_(plan_->parameters(), {}),
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
    update_parameters(network_, adam_, parameters_, memory_);
  }

 private:
  ThreadPool pool_;
  std::shared_ptr<const NetworkPlan> plan_;
  Network network_;
  ParameterStore parameters_;
  AdamMemory memory_;
  Adam adam_;
  std::vector<std::uint8_t> pixels_;
  std::vector<float> targets_;
  std::vector<std::uint32_t> samples_;
  std::uint32_t epoch_ = 0;
};

// Answers for `batch` images.
class Inference {
 public:
  Inference(int batch, int threads)
      : pool_(threads),
        plan_(std::make_shared<NetworkPlan>(
            post_network(), PlanOptions{.input = {100, 100, 3},
                                        .outputs = {{"scene", kLabels}},
                                        .batch = batch,
                                        .workers = threads,
                                        .training = false})),
        network_(plan_, pool_),
        parameters_(plan_->parameters()),
        pixels_(static_cast<std::size_t>(batch) * 100 * 100 * 3, 100),
        batch_(batch) {
    initialize_glorot_uniform(parameters_, 1);
    network_.prepare(parameters_);
  }

  void run() {
    network_.forward(
        {.images = batch_,
         .pixels = reinterpret_cast<const std::byte*>(pixels_.data())});
  }

 private:
  ThreadPool pool_;
  std::shared_ptr<const NetworkPlan> plan_;
  Network network_;
  ParameterStore parameters_;  // which the network reads when it runs
  std::vector<std::uint8_t> pixels_;
  int batch_;
};

void use_avx2_alone() {
  hwy::SetSupportedTargetsForTest(HWY_AVX2);
  hwy::GetChosenTarget().DeInit();
  if (dnnl::set_max_cpu_isa(dnnl::cpu_isa::avx2) != dnnl::status::success) {
    std::puts("oneDNN has chosen its vectors already");
  }
  std::puts("AVX2 alone, whatever else the processor has");
}

void print_scaling(Step& step, int pairs) {
  Step alone(1);
  const Pairs measured = measure_pairs(alone, step, kWarmUps, pairs);
  std::printf("one thread         %7.1f ms\n", measured.first_ms);
  std::printf("one thread / all   %7.3f    [%.3f, %.3f]\n", measured.ratio,
              measured.low, measured.high);
}

void print_inference(int pairs, int threads) {
  Inference many(kBatch, threads);
  Inference one(1, threads);
  std::vector<double> alone;
  std::vector<double> together;
  for (int i = 0; i < pairs; ++i) {
    together.push_back(milliseconds_of_turn(many));
    alone.push_back(milliseconds_of_turn(one));
  }
  std::printf("inference of 100   %7.1f ms\n", median(together));
  std::printf("inference of one   %7.2f ms\n", median(alone));
}

int run(int pairs, int threads, bool avx2) {
  print_machine(threads);
  if (avx2) use_avx2_alone();
  BareNetwork bare(post_network(), {.input = {100, 100, 3},
                                    .batch = kBatch,
                                    .threads = threads,
                                    .only_convolutions = true});
  Step step(threads);
  const Pairs measured = measure_pairs(step, bare, kWarmUps, pairs);
  step.print_layers(pairs);
  std::printf("bare convolutions  %7.1f ms (median of %d)\n",
              measured.second_ms, pairs);
  std::printf("whole step         %7.1f ms\n", measured.first_ms);
  std::printf("step / bare        %7.3f    [%.3f, %.3f]\n", measured.ratio,
              measured.low, measured.high);
  if (threads > 1) print_scaling(step, pairs);
  print_inference(pairs, threads);
  return 0;
}

}  // namespace
}  // namespace polytask::benchmark

int main(int argc, char** argv) {
  const int pairs = argc > 1 ? std::max(1, std::atoi(argv[1])) : 20;
  const int threads = argc > 2 ? std::max(1, std::atoi(argv[2])) : 2;
  const bool avx2 = argc > 3 && std::strcmp(argv[3], "avx2") == 0;
  return polytask::benchmark::run(pairs, threads, avx2);
}
