// Ten training steps equal Keras': the same initial weights, images, targets.
//
// The small network's record is part of the repository and made by
// tests/golden/make_parity_golden.py. For the post's network in full size run
// tests/golden/keras_parity.py first and name its folder in
// POLYTASK_PARITY_DIR.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "polytask/base/text.h"
#include "polytask/optim/adam.h"
#include "polytask/task/multi_task_loss.h"
#include "tests/network/network_bench.h"
#include "tests/support/places.h"

namespace polytask {
namespace {

constexpr int kSteps = 10;
constexpr int kLabels = 5;

// How far we may be from Keras, which adds its floats in another order.
struct Tolerance {
  double loss = 0.0;          // relative
  double weight = 0.0;        // the largest difference in an array, as a share
                              // of the array's largest weight
  double weights_mean = 0.0;  // the same for the root of the mean square
};
constexpr Tolerance kSmall{.loss = 1e-5, .weight = 1e-4, .weights_mean = 1e-5};

// In full size the second step overshoots and rounding grows from step to step:
// Keras in floats is 3.6e-5 away in its losses, and a quarter of the largest
// weight, from Keras in doubles. Single weights whose gradient is nothing but
// rounding move by Adam's full step either way; their mean square is steady.
constexpr Tolerance kPost{.loss = 1e-4, .weight = 1.0, .weights_mean = 1e-3};

// The arrays of a safetensors file: its header's length, the header, the data.
class Record {
 public:
  explicit Record(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::uint64_t header_bytes = 0;
    file.read(reinterpret_cast<char*>(&header_bytes), sizeof header_bytes);
    if (!file) throw std::runtime_error("cannot read " + path);
    std::string header(header_bytes, ' ');
    file.read(header.data(), static_cast<std::streamsize>(header_bytes));
    header_ = nlohmann::json::parse(header);
    data_.assign(std::istreambuf_iterator<char>(file), {});
  }

  [[nodiscard]] Shape shape(const std::string& name) const {
    return header_.at(name).at("shape");
  }

  template <class T>
  [[nodiscard]] std::vector<T> array(const std::string& name) const {
    const std::size_t begin = header_.at(name).at("data_offsets").at(0);
    std::vector<T> values(element_count(shape(name)));
    if (begin + values.size() * sizeof(T) > data_.size()) {
      throw std::runtime_error(name + " ends behind the file");
    }
    std::memcpy(values.data(), data_.data() + begin, values.size() * sizeof(T));
    return values;
  }

 private:
  nlohmann::json header_;
  std::vector<char> data_;
};

PlanOptions plan_for(const Record& record) {
  const Shape images = record.shape("images");
  return {.input = {images[1], images[2], images[3]},
          .outputs = {{"scenes", kLabels}},
          .batch = images[0] / kSteps,
          .workers = 2};
}

// A network in training as Keras' record has it.
struct Training {
  test::NetworkBench bench;
  Adam adam{AdamOptions{}};
  ParameterStore m, v;

  Training(const NetworkOptions& options, const Record& record)
      : bench(options, plan_for(record)),
        m(bench.plan->parameters()),
        v(bench.plan->parameters()) {
    for (std::size_t i = 0; i < bench.parameters.layout().size(); ++i) {
      const std::string name = cat("initial/", i);
      const ParameterSpec& spec = bench.parameters.layout().specs()[i];
      if (record.shape(name) != spec.shape) {
        throw std::runtime_error(name + " is not a " + spec.name);
      }
      const auto initial = record.array<float>(name);
      std::ranges::copy(initial, bench.parameters[i].begin());
    }
  }

  double step(const std::uint8_t* pixels, std::span<const float> targets) {
    Network& network = bench.network;
    const int batch = bench.plan->options().batch;
    network.prepare(bench.parameters);
    network.forward_training(
        {.images = batch, .pixels = reinterpret_cast<const std::byte*>(pixels)},
        bench.key(batch));
    const LossValue value = multi_task_loss_on_logits(
        network.logits(0), targets, kLabels, network.diff_logits(0));
    network.backward(bench.gradients);
    adam.begin_step();
    adam.update(bench.parameters.flat(), bench.gradients.flat(),
                {m.flat(), v.flat()});
    return value.loss;
  }
};

// What is found, in the units of the tolerance.
Tolerance weight_differences(const Training& training, const Record& record,
                             std::size_t index) {
  const auto expected = record.array<float>(cat("final/", index));
  const auto got = training.bench.parameters[index];
  double scale = 0.0;
  double most = 0.0;
  double squares = 0.0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double difference = std::abs(double{got[i]} - expected[i]);
    scale = std::max(scale, std::abs(double{expected[i]}));
    most = std::max(most, difference);
    squares += difference * difference;
  }
  const auto count = static_cast<double>(expected.size());
  return {.weight = most / scale,
          .weights_mean = std::sqrt(squares / count) / scale};
}

// The largest relative difference of a loss.
double loss_difference(Training& training, const Record& record) {
  const auto images = record.array<std::uint8_t>("images");
  const auto targets = record.array<float>("targets");
  const auto losses = record.array<double>("losses");
  const std::size_t bytes = images.size() / kSteps;
  const std::size_t row = targets.size() / kSteps;
  double most = 0.0;
  for (std::size_t s = 0; s < kSteps; ++s) {
    const double loss = training.step(images.data() + s * bytes,
                                      std::span(targets).subspan(s * row, row));
    most = std::max(most, std::abs(loss / losses[s] - 1.0));
  }
  return most;
}

void expect_parity(const NetworkOptions& options, const std::string& path,
                   const Tolerance& allowed) {
  const Record record(path);
  Training training(options, record);
  const double loss = loss_difference(training, record);
  EXPECT_LE(loss, allowed.loss);
  std::cout << "losses: " << loss << "\n";
  for (std::size_t i = 0; i < training.m.layout().size(); ++i) {
    const std::string& name = training.m.layout().specs()[i].name;
    const Tolerance found = weight_differences(training, record, i);
    EXPECT_LE(found.weight, allowed.weight) << name;
    EXPECT_LE(found.weights_mean, allowed.weights_mean) << name;
    std::cout << name << ": " << found.weight << ", root of the mean square "
              << found.weights_mean << "\n";
  }
}

// Like the post's, with a tenth of the filters.
NetworkOptions small_network() {
  NetworkOptions network = test::post_network(/*with_dropout=*/false);
  int filters[] = {4, 4, 8, 8};
  int* next = filters;
  for (LayerOptions& layer : network.trunk) {
    if (auto* convolution = std::get_if<Conv2D>(&layer)) {
      convolution->filters = *next++;
    }
    if (auto* dense = std::get_if<Dense>(&layer)) dense->units = 16;
  }
  return network;
}

TEST(KerasParity, TenStepsOfASmallNetwork) {
  expect_parity(small_network(),
                test::source_path("tests/golden/keras_parity.safetensors"),
                kSmall);
}

TEST(KerasParity, TenStepsOfThePostsNetwork) {
  const char* folder = std::getenv("POLYTASK_PARITY_DIR");
  if (folder == nullptr) {
    GTEST_SKIP() << "POLYTASK_PARITY_DIR names no folder with the record of "
                    "tests/golden/keras_parity.py";
  }
  expect_parity(test::post_network(/*with_dropout=*/false),
                cat(folder, "/keras_parity.safetensors"), kPost);
}

}  // namespace
}  // namespace polytask
