// Backward with the tasks' gradients kept apart until they are weighted.

#include <algorithm>
#include <numeric>

#include "polytask/base/held_signals.h"
#include "polytask/kernels/elementwise.h"
#include "polytask/network/network.h"

namespace polytask {
namespace {

constexpr int kShards = NetworkPlan::kShards;

// Of the numbers of a triangle, row by row: 0 is (0, 0), 1 is (1, 0), ...
struct Pair {
  std::size_t row = 0;
  std::size_t column = 0;
};
Pair pair_of(std::size_t number) {
  std::size_t row = 0;
  while (number > row) number -= ++row;
  return {.row = row, .column = number};
}

}  // namespace

void Network::reserve_products() {
  const std::size_t tasks = plan_->heads.size();
  const auto batch = static_cast<std::size_t>(plan_->options().batch);
  std::size_t most_units = 0;
  for (const DenseStep& step : plan_->dense_steps) {
    most_units =
        std::max(most_units, static_cast<std::size_t>(step.layer.units()));
  }
  layer_gramians_.resize(plan_->trunk_layers.size() * tasks * tasks);
  if (most_units == 0) return;
  row_products_.resize(batch * batch);
  shard_gramians_.resize(static_cast<std::size_t>(kShards) * tasks * tasks);
  mixed_rows_.resize(static_cast<std::size_t>(kShards) * most_units);
}

void Network::backward(TaskWeigher weigher) {
  const HeldSignals held;
  if (!plan_->trunk_layers.empty()) {
    weigh_trunk_gradients(weigher);
    return;
  }
  for (std::size_t t = 0; t < plan_->heads.size(); ++t) {
    backward_head(t, plan_->head_diffs[t]);
  }
  weigh_features(weigher);
  backward_trunk();
}

// The weighted sum of the tasks' gradients of the shared features.
void Network::weigh_features(TaskWeigher weigher) {
  const std::size_t tasks = plan_->heads.size();
  for (std::size_t i = 0; i < tasks; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const double product =
          inner_product(plan_->head_diffs[i], plan_->head_diffs[j]);
      gramian_[i * tasks + j] = gramian_[j * tasks + i] = product;
    }
  }
  weigher(gramian_, task_weights_);
  const auto total = workspace_[plan_->diff_shared_features()];
  std::ranges::fill(total, 0.0f);
  for (std::size_t t = 0; t < tasks; ++t) {
    kernels::add_scaled(total, static_cast<float>(task_weights_[t]),
                        workspace_[plan_->head_diffs[t]]);
  }
}

// In as many parts as there are shards, added in order.
double Network::inner_product(Slot a, Slot b) {
  std::array<double, kShards> parts;
  const std::span<const float> left = workspace_[a];
  const std::span<const float> right = workspace_[b];
  pool_.run(kShards, [&](int shard, int) {
    const auto edge = [&](int s) {
      return left.size() * static_cast<std::size_t>(s) / kShards;
    };
    const std::size_t begin = edge(shard);
    const std::size_t count = edge(shard + 1) - begin;
    parts[static_cast<std::size_t>(shard)] = kernels::inner_product(
        left.subspan(begin, count), right.subspan(begin, count));
  });
  return std::accumulate(parts.begin(), parts.end(), 0.0);
}

// Backward is linear in what the heads send back, so the weighted sum of what
// it leaves for each task needs no further pass.
void Network::weigh_trunk_gradients(TaskWeigher weigher) {
  for (std::size_t t = 0; t < plan_->heads.size(); ++t) {
    backward_head(t, plan_->diff_shared_features());
    backward_trunk();
    keep_trunk_gradients(t);
  }
  find_gramians();
  weigher(gramian_, task_weights_);
  combine_trunk_gradients();
}

std::span<float> Network::kept(std::size_t task,
                               const TrunkLayer& layer) const {
  return workspace_[plan_->task_trunks[task]].subspan(layer.offset,
                                                      layer.count);
}

void Network::keep_trunk_gradients(std::size_t task) {
  const std::span<float> all = workspace_[plan_->task_trunks[task]];
  for (const TrunkLayer& layer : plan_->trunk_layers) {
    for (const TrunkLayer::Part& part : layer.parts) {
      std::ranges::copy(workspace_[part.from],
                        all.subspan(part.offset).begin());
    }
  }
}

// Leaves the weighted sums where backward() leaves the plain ones.
void Network::combine_trunk_gradients() {
  for (const TrunkLayer& layer : plan_->trunk_layers) {
    for (const TrunkLayer::Part& part : layer.parts) {
      const std::span<float> sum = workspace_[part.from];
      std::ranges::fill(sum, 0.0f);
      for (std::size_t t = 0; t < plan_->heads.size(); ++t) {
        kernels::add_scaled(
            sum, static_cast<float>(task_weights_[t]),
            workspace_[plan_->task_trunks[t]].subspan(part.offset, sum.size()));
      }
    }
  }
  for (const DenseStep& step : plan_->dense_steps) {
    step.layer.bias_gradient(workspace_[step.diff_dst].data(),
                             workspace_[step.diff_bias]);
  }
}

// Of every layer, and their sum.
void Network::find_gramians() {
  std::ranges::fill(gramian_, 0.0);
  std::span<double> rest(layer_gramians_);
  for (const TrunkLayer& layer : plan_->trunk_layers) {
    const std::span<double> own = rest.first(gramian_.size());
    rest = rest.subspan(gramian_.size());
    if (layer.dense_step) {
      find_dense_products(layer, own);
    } else {
      find_image_products(layer, own);
    }
    for (std::size_t i = 0; i < own.size(); ++i) gramian_[i] += own[i];
  }
}

void Network::find_image_products(const TrunkLayer& layer,
                                  std::span<double> gramian) {
  const std::size_t tasks = plan_->heads.size();
  const auto pairs = static_cast<int>(tasks * (tasks + 1) / 2);
  pool_.run(pairs, [&](int number, int) {
    const auto [i, j] = pair_of(static_cast<std::size_t>(number));
    gramian[i * tasks + j] = gramian[j * tasks + i] =
        kernels::inner_product(kept(i, layer), kept(j, layer));
  });
}

// With x_n the layer's input of image n and d_t,n the gradient of its result
// there, task t has the gradients sum over n of x_n d_t,n^T and of d_t,n, and
//
//   G_st = sum over n of d_s,n . (sum over m of (x_n . x_m + 1) d_t,m)
//
// where the 1 is the bias.
void Network::find_dense_products(const TrunkLayer& layer,
                                  std::span<double> gramian) {
  const DenseStep& step = plan_->dense_steps[*layer.dense_step];
  find_row_products(workspace_[step.src],
                    static_cast<std::size_t>(step.layer.features()));
  const auto units = static_cast<std::size_t>(step.layer.units());
  const std::size_t count = gramian.size();
  std::ranges::fill(shard_gramians_, 0.0);
  pool_.run(shards(), [&](int shard, int) {
    const auto at = static_cast<std::size_t>(shard);
    const Rows rows = shard_rows(shard);
    for (int n = rows.first; n < rows.last; ++n) {
      add_row_products(static_cast<std::size_t>(n), layer,
                       std::span(mixed_rows_).subspan(at * units, units),
                       std::span(shard_gramians_).subspan(at * count, count));
    }
  });
  std::ranges::fill(gramian, 0.0);
  for (std::size_t i = 0; i < shard_gramians_.size(); ++i) {
    gramian[i % count] += shard_gramians_[i];
  }
}

// x_n . x_m + 1 for all images n and m, in tiles of rows and columns that stay
// in a core's cache.
void Network::find_row_products(std::span<const float> src,
                                std::size_t features) {
  constexpr std::size_t kTile = 16;
  constexpr std::size_t kFeatures = 1024;
  const auto batch = static_cast<std::size_t>(plan_->options().batch);
  const auto images = static_cast<std::size_t>(batch_.images);
  const std::size_t tiles = (images + kTile - 1) / kTile;
  pool_.run(static_cast<int>(tiles * (tiles + 1) / 2), [&](int number, int) {
    const Pair tile = pair_of(static_cast<std::size_t>(number));
    const auto each = [&](auto f) {
      const std::size_t rows = std::min(images, (tile.row + 1) * kTile);
      for (std::size_t n = tile.row * kTile; n < rows; ++n) {
        const std::size_t columns = std::min(n + 1, (tile.column + 1) * kTile);
        for (std::size_t m = tile.column * kTile; m < columns; ++m) f(n, m);
      }
    };
    each([&](std::size_t n, std::size_t m) {
      row_products_[n * batch + m] = 1.0;
    });
    for (std::size_t first = 0; first < features; first += kFeatures) {
      const std::size_t count = std::min(kFeatures, features - first);
      each([&](std::size_t n, std::size_t m) {
        row_products_[n * batch + m] +=
            kernels::inner_product(src.subspan(n * features + first, count),
                                   src.subspan(m * features + first, count));
      });
    }
    each([&](std::size_t n, std::size_t m) {
      row_products_[m * batch + n] = row_products_[n * batch + m];
    });
  });
}

// What image `row` adds to a dense layer's Gramian.
//   mixed   [units], overwritten
void Network::add_row_products(std::size_t row, const TrunkLayer& layer,
                               std::span<double> mixed,
                               std::span<double> gramian) {
  const std::size_t tasks = plan_->heads.size();
  const std::size_t units = mixed.size();
  const auto batch = static_cast<std::size_t>(plan_->options().batch);
  const auto images = static_cast<std::size_t>(batch_.images);
  for (std::size_t t = 0; t < tasks; ++t) {
    std::ranges::fill(mixed, 0.0);
    const std::span<const float> own = kept(t, layer);
    for (std::size_t m = 0; m < images; ++m) {
      kernels::add_scaled(mixed, row_products_[row * batch + m],
                          own.subspan(m * units, units));
    }
    for (std::size_t s = 0; s <= t; ++s) {
      const double product = kernels::inner_product(
          mixed, kept(s, layer).subspan(row * units, units));
      gramian[s * tasks + t] += product;
      if (s < t) gramian[t * tasks + s] += product;
    }
  }
}

}  // namespace polytask
