// Is polytask as fast as the bare oneDNN primitives on other networks, too?
//
//   benchmark_general_networks [SECONDS [THREADS [CASE]]]
//
// Plain networks of three stages with 16 to 128 channels, images of 32 to 224
// pixels, batches of 1 to 256: a training step without the optimiser, and
// inference, each in turns with the same work in bare primitives, for about
// SECONDS (2) a case. Prints a row per case and the worst ratios; what would
// need more than 4 GB is left out. CASE is the beginning of those to measure:
// "strided", "pooled/32", "strided/32/8/training".

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "benchmarks/bare_network.h"
#include "benchmarks/pairs.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/network/initialize.h"
#include "polytask/network/network.h"

namespace polytask::benchmark {
namespace {

constexpr int kOutputs = 8;

struct Named {
  const char* name;
  NetworkOptions network;
};

std::vector<Named> networks() {
  constexpr auto kRelu = Activation::relu;
  constexpr auto kSame = Padding::same;
  const auto conv = [](int filters, int kernel, int strides) {
    return Conv2D{.filters = filters,
                  .kernel_size = kernel,
                  .strides = strides,
                  .padding = kSame,
                  .activation = kRelu};
  };
  return {
      {"strided",
       {.trunk = {conv(16, 3, 1), conv(32, 3, 2), conv(32, 1, 1),
                  conv(64, 3, 2), conv(64, 1, 1), conv(128, 3, 2),
                  conv(128, 1, 1), MaxPooling2D{.pool_size = 4}, Flatten{},
                  Dense{.units = 64, .activation = kRelu}}}},
      {"pooled",
       {.trunk = {conv(16, 3, 1), MaxPooling2D{}, conv(32, 3, 1),
                  conv(32, 3, 1), MaxPooling2D{}, conv(64, 3, 1),
                  conv(128, 1, 1), MaxPooling2D{}, Flatten{},
                  Dense{.units = 64, .activation = kRelu}}}},
  };
}

class Ours {
 public:
  Ours(const NetworkOptions& network, const Shape& input, int batch,
       int threads, bool training)
      : pool_(threads),
        plan_(std::make_shared<NetworkPlan>(
            network, PlanOptions{.input = input,
                                 .outputs = {{"task", kOutputs}},
                                 .batch = batch,
                                 .workers = threads,
                                 .training = training})),
        network_(plan_, pool_),
        parameters_(plan_->parameters()),
        pixels_(element_count(input) * static_cast<std::size_t>(batch)),
        samples_(static_cast<std::size_t>(batch)),
        batch_(batch),
        training_(training) {
    initialize_glorot_uniform(parameters_, 1);
    std::mt19937 random(1);
    for (std::uint8_t& p : pixels_) p = static_cast<std::uint8_t>(random());
    network_.prepare(parameters_);
  }

  void run() {
    const ImageBatch images{
        .images = batch_,
        .pixels = reinterpret_cast<const std::byte*>(pixels_.data())};
    if (!training_) {
      network_.forward(images);
      return;
    }
    network_.prepare(parameters_);
    network_.forward_training(images, {.seed = 1, .samples = samples_});
    const auto diff = network_.diff_logits(0);
    for (std::size_t i = 0; i < diff.size(); ++i) {
      diff[i] = static_cast<float>(i % 7) - 2.5f;
    }
    network_.backward();
    network_.for_each_gradient(
        [](std::size_t, std::size_t, std::span<const float>) {});
  }

 private:
  ThreadPool pool_;
  std::shared_ptr<const NetworkPlan> plan_;
  Network network_;
  ParameterStore parameters_;
  std::vector<std::uint8_t> pixels_;
  std::vector<std::uint32_t> samples_;
  int batch_;
  bool training_;
};

// About what the bare primitives' arrays take in training.
double gigabytes(const NetworkOptions& network, const Shape& input, int batch) {
  const NetworkPlan plan(network, {.input = input,
                                   .outputs = {{"task", kOutputs}},
                                   .batch = 1,
                                   .training = false});
  double floats = 0.0;
  for (const LayerDescription& layer : plan.layers()) {
    floats += 5.0 * static_cast<double>(element_count(layer.dst));
  }
  return 4e-9 * floats * batch;
}

struct Worst {
  double ratio = 0.0;
  int cases = 0;
  int slower = 0;  // by more than 5 %
};

struct Case {
  const Named& one;
  int size = 0;
  int batch = 0;
  bool training = false;

  [[nodiscard]] std::string name() const {
    return cat(one.name, '/', size, '/', batch, '/',
               training ? "training" : "inference");
  }
};

void measure(const Case& c, double seconds, int threads, Worst& worst) {
  const auto& [one, size, batch, training] = c;
  const Shape input{size, size, 3};
  NetworkOptions with_head = one.network;
  with_head.trunk.push_back(Dense{.units = kOutputs});
  BareNetwork bare(with_head, {.input = input,
                               .batch = batch,
                               .threads = threads,
                               .training = training});
  Ours ours(one.network, input, batch, threads, training);
  const double once = milliseconds_of_turn(bare) + milliseconds_of_turn(ours);
  const double turns = std::max(2.0 * once, 2.0 * 45.0);
  const int pairs = std::clamp(static_cast<int>(1e3 * seconds / turns), 5, 200);
  const Pairs found = measure_pairs(ours, bare, 1, pairs);
  std::printf("%-8s %4d %6d  %-9s %10.3f %10.3f   %6.3f [%.3f, %.3f]\n",
              one.name, size, batch, training ? "training" : "inference",
              found.first_ms, found.second_ms, found.ratio, found.low,
              found.high);
  std::fflush(stdout);
  ++worst.cases;
  worst.slower += found.ratio > 1.05;
  worst.ratio = std::max(worst.ratio, found.ratio);
}

int run(double seconds, int threads, const std::string& wanted) {
  print_machine(threads);
  std::printf(
      "network  size  batch  pass              ms    bare ms    ratio\n");
  Worst worst;
  for (const Named& one : networks()) {
    for (const int size : {32, 64, 128, 224}) {
      for (const int batch : {1, 8, 32, 256}) {
        if (gigabytes(one.network, {size, size, 3}, batch) > 4.0) continue;
        for (const bool training : {true, false}) {
          const Case c{one, size, batch, training};
          if (!c.name().starts_with(wanted)) continue;
          measure(c, seconds, threads, worst);
        }
      }
    }
  }
  std::printf("worst ratio %.3f; %d of %d cases are slower by more than 5 %%\n",
              worst.ratio, worst.slower, worst.cases);
  return 0;
}

}  // namespace
}  // namespace polytask::benchmark

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 2.0;
  const int threads = argc > 2 ? std::max(1, std::atoi(argv[2])) : 2;
  return polytask::benchmark::run(seconds, threads, argc > 3 ? argv[3] : "");
}
