#include "polytask/optim/adam.h"

#include <cmath>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/kernels/adam.h"
#include "polytask/kernels/elementwise.h"

namespace polytask {
namespace {

// All false for NaN and infinity.
bool positive(double v) { return std::isfinite(v) && v > 0.0; }
bool below_one(double v) { return v >= 0.0 && v < 1.0; }

}  // namespace

std::vector<std::string> problems(const AdamOptions& options) {
  std::vector<std::string> found;
  const auto require = [&](bool ok, const char* key, const char* rule,
                           double value) {
    if (!ok) found.push_back(cat(key, ": expected ", rule, ", got ", value));
  };
  const AdamOptions& o = options;
  require(positive(o.learning_rate), "learning_rate", "finite and > 0",
          o.learning_rate);
  require(below_one(o.beta_1), "beta_1", ">= 0 and < 1", o.beta_1);
  require(below_one(o.beta_2), "beta_2", ">= 0 and < 1", o.beta_2);
  require(positive(o.epsilon), "epsilon", "finite and > 0", o.epsilon);
  require(below_one(o.ema_momentum), "ema_momentum", ">= 0 and < 1",
          o.ema_momentum);
  return found;
}

AdamMemory::AdamMemory(const ParameterLayout& layout,
                       const AdamOptions& options)
    : m(layout), v(layout) {
  if (options.ema_momentum > 0.0) average.emplace(layout);
}

AdamState AdamMemory::range(std::size_t parameter, std::size_t first,
                            std::size_t count) {
  const auto of = [&](ParameterStore& store) {
    return store[parameter].subspan(first, count);
  };
  return {.m = of(m),
          .v = of(v),
          .average = average ? of(*average) : std::span<float>()};
}

Adam::Adam(const AdamOptions& options, std::int64_t steps_done)
    : options_(options), steps_(steps_done) {
  const std::vector<std::string> found = problems(options);
  if (found.empty()) return;
  throw Error(Fault::config, "adam:" + bullet_list(found));
}

void Adam::begin_step(double factor) {
  ++steps_;
  const auto t = static_cast<double>(steps_);
  rate_ = static_cast<float>(factor * options_.learning_rate *
                             std::sqrt(1.0 - std::pow(options_.beta_2, t)) /
                             (1.0 - std::pow(options_.beta_1, t)));
  const double b = options_.ema_momentum;
  share_of_new_ = static_cast<float>((1.0 - b) / (1.0 - std::pow(b, t)));
}

void Adam::update(std::span<float> w, std::span<const float> g,
                  const AdamState& state) const {
  kernels::adam({.rate = rate_,
                 .keep_1 = static_cast<float>(1.0 - options_.beta_1),
                 .keep_2 = static_cast<float>(1.0 - options_.beta_2),
                 .epsilon = static_cast<float>(options_.epsilon)},
                g, w, state.m, state.v);
  kernels::move_towards(state.average, share_of_new_,
                        w.first(state.average.size()));
}

}  // namespace polytask
