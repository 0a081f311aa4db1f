// What does it save to skip zeros, layer by layer?
//
//   benchmark_sparse_convolution
//
// Backward of convolutions of the post's network for one image on one thread:
// oneDNN on the dense gradient, our kernels on what is not 0, for several
// shares of windows (below a pool) or pixels (below a relu) that are alive.
// Prints the best of many runs.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include "polytask/kernels/max_pool.h"
#include "polytask/kernels/sparse_convolution.h"
#include "polytask/onednn/convolution.h"
#include "polytask/tensor/workspace.h"

namespace polytask::benchmark {
namespace {

using kernels::SparseConvolution;

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

// Floats on whole cache lines, as in a workspace.
class Floats {
 public:
  explicit Floats(std::size_t count) : slot_(plan_.reserve("array", count)) {
    workspace_.emplace(plan_);
  }
  [[nodiscard]] std::span<float> span() const { return (*workspace_)[slot_]; }
  [[nodiscard]] float* data() const { return span().data(); }

 private:
  WorkspacePlan plan_;
  Slot slot_;
  std::optional<Workspace> workspace_;
};

std::size_t product(int a, int b, int c) {
  return static_cast<std::size_t>(a) * static_cast<std::size_t>(b) *
         static_cast<std::size_t>(c);
}

enum class Below { pool, relu };

void compare(Below below, const SparseConvolution& s, double alive) {
  std::mt19937 rng(1);
  std::normal_distribution<float> normal;
  std::uniform_real_distribution<double> share;
  const int pad = s.pad_top;
  const int rows = s.height + 2 * pad - 2;
  const int columns = s.width + 2 * pad - 2;
  const Floats src(product(s.height, s.width, s.channels));
  for (float& v : src.span()) v = std::max(0.0f, normal(rng));
  const Floats dense(product(rows, columns, s.filters));
  const Floats pooled(product(s.rows / 2, s.columns / 2, s.filters));
  std::vector<std::uint8_t> winner(pooled.span().size());
  if (below == Below::pool) {
    for (float& v : pooled.span()) v = normal(rng);
    for (std::uint8_t& w : winner) {
      w = share(rng) < alive ? static_cast<std::uint8_t>(rng() % 4)
                             : kernels::kNoWinner;
    }
    kernels::max_pool_backward(
        {.height = rows, .width = columns, .channels = s.filters},
        pooled.data(), winner.data(), dense.data());
  } else {
    for (float& v : dense.span()) v = share(rng) < alive ? normal(rng) : 0.0f;
  }

  const onednn::Convolution onednn("layer", {.height = s.height,
                                             .width = s.width,
                                             .channels = s.channels,
                                             .filters = s.filters,
                                             .kernel_height = 3,
                                             .kernel_width = 3,
                                             .pad_top = pad,
                                             .pad_left = pad,
                                             .pad_bottom = pad,
                                             .pad_right = pad});
  const Floats kernel(product(9, s.channels, s.filters));
  for (float& v : kernel.span()) v = normal(rng);
  const Floats bias(static_cast<std::size_t>(s.filters));
  const Floats prepared(onednn.prepared_count());
  onednn.prepare(kernel.span(), bias.span(), prepared.data());
  const Floats scratch(
      std::max(onednn.scratch_count(), kernels::scratch_count(s)));
  const Floats gradient(
      std::max(onednn.gradient_count(), kernels::block_weights_count(s)));
  const Floats diff_src(src.span().size());
  const double dense_weights = best_ms([&] {
    onednn.backward_weights(src.data(), dense.data(), gradient.data(),
                            scratch.data());
  });
  const double dense_data = best_ms([&] {
    onednn.backward_data(dense.data(), prepared.data(), diff_src.data(),
                         scratch.data());
  });

  const Floats packed(kernels::block_weights_count(s));
  kernels::pack_weights(s, kernel.span(), packed.data());
  const auto time_lists = [&](const auto& from) {
    const double weights = best_ms([&] {
      kernels::add_weights_gradient(s, src.data(), from, gradient.data(),
                                    scratch.data());
    });
    const double data = best_ms([&] {
      kernels::data_gradient(s, from, packed.data(), src.data(),
                             diff_src.data(), scratch.data());
    });
    return std::pair(weights, data);
  };
  const float* pixels = dense.data();
  const auto [list_weights, list_data] =
      below == Below::pool
          ? time_lists(kernels::PooledGradient{.diff = pooled.data(),
                                               .winner = winner.data()})
          : time_lists(pixels);
  std::printf(
      "%3d x %3d x %2d -> %2d below a %s, alive %.2f  weights %.3f -> %.3f ms "
      "(x %.1f)  data %.3f -> %.3f ms (x %.1f)\n",
      s.height, s.width, s.channels, s.filters,
      below == Below::pool ? "pool" : "relu", alive, dense_weights,
      list_weights, dense_weights / list_weights, dense_data, list_data,
      dense_data / list_data);
}

}  // namespace
}  // namespace polytask::benchmark

int main() {
  using namespace polytask::benchmark;
  using polytask::kernels::SparseConvolution;
  if (!polytask::kernels::has_vector_fma()) {
    std::puts("this processor has no AVX2: oneDNN computes everything");
    return 0;
  }
  const SparseConvolution second{.height = 100,
                                 .width = 100,
                                 .channels = 32,
                                 .filters = 32,
                                 .rows = 98,
                                 .columns = 98};
  const SparseConvolution third{.height = 49,
                                .width = 49,
                                .channels = 32,
                                .filters = 64,
                                .pad_top = 1,
                                .pad_left = 1,
                                .rows = 49,
                                .columns = 49};
  const SparseConvolution fourth{.height = 49,
                                 .width = 49,
                                 .channels = 64,
                                 .filters = 64,
                                 .rows = 46,
                                 .columns = 46};
  for (const double alive : {1.0, 0.75, 0.6, 0.45}) {
    compare(Below::pool, second, alive);
    compare(Below::relu, third, alive);
    compare(Below::pool, fourth, alive);
  }
  return 0;
}
