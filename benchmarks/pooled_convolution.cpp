// What do the lists of winners save, layer by layer?
//
//   benchmark_pooled_convolution
//
// Backward of the post's two pooled convolutions for one image on one thread:
// oneDNN on the dense gradient, our kernels on what the pool let through, for
// several shares of windows that are alive. Prints the best of many runs.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <vector>

#include "polytask/kernels/max_pool.h"
#include "polytask/kernels/pooled_convolution.h"
#include "polytask/onednn/convolution.h"

namespace polytask::benchmark {
namespace {

using kernels::PooledConvolution;

constexpr int kRuns = 60;

template <class Work>
double best_ms(Work work) {
  double best = 1e9;
  for (int i = 0; i < kRuns; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::milli> elapsed =
        std::chrono::steady_clock::now() - begin;
    best = std::min(best, elapsed.count());
  }
  return best;
}

void compare(const PooledConvolution& s, double alive) {
  std::mt19937 rng(1);
  std::normal_distribution<float> normal;
  std::uniform_real_distribution<double> share;
  const auto count = [](int a, int b, int c) {
    return static_cast<std::size_t>(a) * static_cast<std::size_t>(b) *
           static_cast<std::size_t>(c);
  };
  std::vector<float> src(count(s.height, s.width, s.channels));
  for (float& v : src) v = std::max(0.0f, normal(rng));
  std::vector<float> diff(count(s.rows, s.columns, s.filters));
  for (float& v : diff) v = normal(rng);
  std::vector<std::uint8_t> winner(diff.size());
  for (std::uint8_t& w : winner) {
    w = share(rng) < alive ? static_cast<std::uint8_t>(rng() % 4)
                           : kernels::kNobody;
  }
  const int rows = s.height - 2;
  const int columns = s.width - 2;
  std::vector<float> dense(count(rows, columns, s.filters));
  kernels::max_pool_backward(
      {.height = rows, .width = columns, .channels = s.filters}, diff.data(),
      winner.data(), dense.data());

  const onednn::Convolution onednn("layer", {.height = s.height,
                                             .width = s.width,
                                             .channels = s.channels,
                                             .filters = s.filters,
                                             .kernel_height = 3,
                                             .kernel_width = 3});
  std::vector<float> kernel(count(9, s.channels, s.filters));
  for (float& v : kernel) v = normal(rng);
  const std::vector<float> bias(static_cast<std::size_t>(s.filters));
  std::vector<float> prepared(onednn.prepared_count());
  onednn.prepare(kernel, bias, prepared.data());
  std::vector<float> scratch(
      std::max(onednn.scratch_count(), kernels::scratch_count(s)));
  std::vector<float> gradient(
      std::max(onednn.gradient_count(), kernels::block_weights_count(s)));
  std::vector<float> diff_src(src.size());
  const double dense_weights = best_ms([&] {
    onednn.backward_weights(src.data(), dense.data(), gradient.data(),
                            scratch.data());
  });
  const double dense_data = best_ms([&] {
    onednn.backward_data(dense.data(), prepared.data(), diff_src.data(),
                         scratch.data());
  });

  const kernels::PooledGradient from{.diff = diff.data(),
                                     .winner = winner.data()};
  std::vector<float> packed(kernels::block_weights_count(s));
  kernels::pack_weights(s, kernel, packed.data());
  const double list_weights = best_ms([&] {
    kernels::add_weights_gradient(s, src.data(), from, gradient.data(),
                                  scratch.data());
  });
  const double list_data = best_ms([&] {
    kernels::data_gradient(s, from, packed.data(), src.data(), diff_src.data(),
                           scratch.data());
  });
  std::printf(
      "%3d x %3d x %2d -> %2d  alive %.2f  weights %.3f -> %.3f ms (x %.1f)  "
      "data %.3f -> %.3f ms (x %.1f)\n",
      s.height, s.width, s.channels, s.filters, alive, dense_weights,
      list_weights, dense_weights / list_weights, dense_data, list_data,
      dense_data / list_data);
}

}  // namespace
}  // namespace polytask::benchmark

int main() {
  using polytask::benchmark::compare;
  if (!polytask::kernels::has_vector_fma()) {
    std::puts("this processor has no AVX2: oneDNN computes everything");
    return 0;
  }
  for (const double alive : {1.0, 0.75, 0.6, 0.45}) {
    compare({.height = 100,
             .width = 100,
             .channels = 32,
             .filters = 32,
             .rows = 49,
             .columns = 49},
            alive);
    compare({.height = 49,
             .width = 49,
             .channels = 64,
             .filters = 64,
             .rows = 23,
             .columns = 23},
            alive);
  }
  return 0;
}
