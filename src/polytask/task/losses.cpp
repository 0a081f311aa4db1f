#include "polytask/task/losses.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

struct Term {
  double loss = 0.0;
  double slope = 0.0;  // by the logit
};

// log(1 + exp(z)), for any z.
double softplus(double z) {
  return std::max(z, 0.0) + std::log1p(std::exp(-std::abs(z)));
}

double probability(double z) {
  if (z >= 0.0) return 1.0 / (1.0 + std::exp(-z));
  const double e = std::exp(z);
  return e / (1.0 + e);
}

Term cross_entropy(double z, double y, double positive_weight) {
  const double yes = positive_weight * y;  // share of -log p
  const double no = 1.0 - y;               // share of -log(1 - p)
  return {.loss = yes * softplus(-z) + no * softplus(z),
          .slope = -yes * probability(-z) + no * probability(z)};
}

// (1 - p_y)^gamma * -log p_y. With u the logit that is large where the answer
// is right: 1 - p_y = probability(-u), -log p_y = softplus(-u).
Term focal(double z, double y, double gamma) {
  const double sign = y > 0.5 ? 1.0 : -1.0;
  const double u = sign * z;
  const double wrong = probability(-u);
  const double factor = std::pow(wrong, gamma);
  const double loss = softplus(-u);
  // d wrong / du = -wrong (1 - wrong); d loss / du = -wrong.
  const double slope = -gamma * factor * (1.0 - wrong) * loss - factor * wrong;
  return {.loss = factor * loss, .slope = sign * slope};
}

Term asymmetric(double z, double y, const LossOptions& o) {
  if (y > 0.5) return focal(z, 1.0, o.gamma_positive);
  const double p = probability(z);
  const double q = p - o.clip;
  if (q <= 0.0) return {};
  // 1 - q, without losing what little is left of it.
  const double rest = probability(-z);
  const double right = rest + o.clip;
  const double factor = std::pow(q, o.gamma_negative);
  const double loss = o.clip > 0.0 ? -std::log(right) : softplus(z);
  const double share = o.clip > 0.0 ? rest / right : 1.0;
  const double slope =
      o.gamma_negative * factor / q * loss * rest + factor * share;
  return {.loss = factor * loss, .slope = slope * p};
}

Term of_label(const LossOptions& o, double z, double y, std::size_t label) {
  switch (o.kind) {
    case LossKind::focal:
      return focal(z, y, o.gamma);
    case LossKind::asymmetric:
      return asymmetric(z, y, o);
    default:
      break;
  }
  const double smooth = y * (1.0 - o.label_smoothing) + o.label_smoothing / 2;
  return cross_entropy(
      z, smooth, o.positive_weights.empty() ? 1.0 : o.positive_weights[label]);
}

Term of_number(const LossOptions& o, double z, double y) {
  const double error = z - y;
  const double size = std::abs(error);
  const double sign = error > 0.0 ? 1.0 : error < 0.0 ? -1.0 : 0.0;
  switch (o.kind) {
    case LossKind::absolute_error:
      return {.loss = size, .slope = sign};
    case LossKind::huber:
      if (size <= o.delta) return {.loss = error * error / 2, .slope = error};
      return {.loss = o.delta * (size - o.delta / 2), .slope = o.delta * sign};
    default:
      return {.loss = error * error, .slope = 2.0 * error};
  }
}

Term poisson(double z, double y) {
  constexpr double kMost = 30.0;  // a rate of 10^13
  const double held = std::min(z, kMost);
  const double rate = std::exp(held);
  const double least = y > 0.0 ? y - y * std::log(y) : 0.0;  // at z = log y
  return {.loss = rate - y * held - least,
          .slope = z <= kMost ? rate - y : 0.0};
}

bool is_label_loss(LossKind kind) {
  return kind == LossKind::binary_crossentropy || kind == LossKind::focal ||
         kind == LossKind::asymmetric;
}

// One image: adds scale * w * l to a sum and writes its part of the gradient.
struct Row {
  std::span<const float> logits;   // [units]
  std::span<const float> targets;  // [columns]
  std::span<float> diff;           // [units] or empty

  void set(std::size_t unit, double slope) const {
    if (!diff.empty()) diff[unit] = static_cast<float>(slope);
  }
};

double crossentropy_of_classes(const LossOptions& o, const Row& row,
                               double factor) {
  const std::size_t classes = row.logits.size();
  const auto y = static_cast<std::size_t>(row.targets[0]);
  const double largest = *std::ranges::max_element(row.logits);
  double sum = 0.0;
  for (const float z : row.logits) sum += std::exp(z - largest);
  const double log_sum = largest + std::log(sum);
  const double spread = o.label_smoothing / static_cast<double>(classes);
  double loss = (1.0 - o.label_smoothing) * (log_sum - row.logits[y]);
  for (std::size_t c = 0; c < classes; ++c) {
    if (spread > 0.0) loss += spread * (log_sum - row.logits[c]);
    const double wanted = spread + (c == y ? 1.0 - o.label_smoothing : 0.0);
    row.set(c, factor * (std::exp(row.logits[c] - log_sum) - wanted));
  }
  return loss;
}

double ordinal_loss(const LossOptions& o, const Row& row, double factor) {
  const auto y = static_cast<std::size_t>(row.targets[0]);
  const std::size_t steps = row.logits.size();
  const bool conditional = o.kind == LossKind::corn;
  const std::size_t used = conditional ? std::min(y + 1, steps) : steps;
  const double share = conditional ? 1.0 / static_cast<double>(used) : 1.0;
  double loss = 0.0;
  for (std::size_t k = 0; k < steps; ++k) {
    const Term term = k < used
                          ? cross_entropy(row.logits[k], y > k ? 1.0 : 0.0, 1.0)
                          : Term{};
    loss += share * term.loss;
    row.set(k, factor * share * term.slope);
  }
  return loss;
}

double gaussian_loss(const Row& row, std::size_t number, double factor) {
  constexpr double kMost = 10.0;
  const std::size_t numbers = row.targets.size();
  const double raw = row.logits[numbers + number];
  const double s = std::clamp(raw, -kMost, kMost);
  const double error = static_cast<double>(row.logits[number]) -
                       static_cast<double>(row.targets[number]);
  const double precision = std::exp(-s);
  row.set(number, factor * error * precision);
  row.set(numbers + number,
          s == raw ? factor * (1.0 - error * error * precision) / 2 : 0.0);
  return (s + error * error * precision) / 2;
}

// The loss of target `column` of an image; the gradient times `factor`.
double target_loss(const LossOptions& o, const Row& row, std::size_t column,
                   double factor) {
  switch (o.kind) {
    case LossKind::categorical_crossentropy:
      return crossentropy_of_classes(o, row, factor);
    case LossKind::cumulative:
    case LossKind::corn:
      return ordinal_loss(o, row, factor);
    case LossKind::gaussian:
      return gaussian_loss(row, column, factor);
    default:
      break;
  }
  const double z = row.logits[column];
  const double y = row.targets[column];
  const Term term = is_label_loss(o.kind)         ? of_label(o, z, y, column)
                    : o.kind == LossKind::poisson ? poisson(z, y)
                                                  : of_number(o, z, y);
  row.set(column, factor * term.slope);
  return term.loss;
}

// How many classes a target is the number of one of; 0 where it is none.
int class_count(const LossOptions& o, int units) {
  if (o.kind == LossKind::categorical_crossentropy) return units;
  const bool ordinal =
      o.kind == LossKind::cumulative || o.kind == LossKind::corn;
  return ordinal ? units + 1 : 0;
}

// Of a target of weight 0 nothing is read.
double weight_of(const LossOptions& o, int classes, float target,
                 float weight) {
  const bool missing =
      is_label_loss(o.kind) ? !(target >= 0.0f) : std::isnan(target);
  if (missing || weight == 0.0f) return 0.0;
  if (classes == 0) return weight;
  if (!(target >= 0.0f && target < static_cast<float>(classes) &&
        target == std::floor(target))) {
    throw Error(Fault::data,
                cat("task_loss: expected the number of one of ", classes,
                    " classes, 0 to ", classes - 1, ", or NaN, got ", target));
  }
  if (o.class_weights.empty()) return weight;
  return weight * o.class_weights[static_cast<std::size_t>(target)];
}

void require_weights(const LossOptions& o, int columns, int units) {
  const auto fits = [](std::size_t count, int expected) {
    return count == 0 || count == static_cast<std::size_t>(expected);
  };
  if (fits(o.positive_weights.size(), columns) &&
      fits(o.class_weights.size(), units)) {
    return;
  }
  throw Error(Fault::shape,
              cat("task_loss: expected ", columns, " positive weights and ",
                  units, " class weights, or none, got ",
                  o.positive_weights.size(), " and ", o.class_weights.size()));
}

void require_lengths(std::size_t logits, std::size_t targets,
                     std::size_t weights, std::size_t diff, int columns,
                     int units) {
  const bool sizes = columns >= 1 && units >= 1;
  const std::size_t n = sizes ? targets / static_cast<std::size_t>(columns) : 0;
  if (sizes && n * static_cast<std::size_t>(columns) == targets &&
      n * static_cast<std::size_t>(units) == logits &&
      (weights == 0 || weights == targets) && (diff == 0 || diff == logits)) {
    return;
  }
  throw Error(Fault::shape,
              cat("task_loss: expected logits and gradient [N, ", units,
                  "], targets and weights [N, ", columns, "], got ", logits,
                  ", ", diff, ", ", targets, " and ", weights, " numbers"));
}

}  // namespace

LossValue task_loss(const LossOptions& options, std::span<const float> logits,
                    std::span<const float> targets,
                    std::span<const float> weights, int columns, int units,
                    std::span<float> diff_logits) {
  require_lengths(logits.size(), targets.size(), weights.size(),
                  diff_logits.size(), columns, units);
  require_weights(options, columns, units);
  if (options == LossOptions{} && weights.empty()) {
    return multi_task_loss_on_logits(logits, targets, columns, diff_logits);
  }
  const int classes = class_count(options, units);
  const auto weight = [&](std::size_t i) {
    return weight_of(options, classes, targets[i],
                     weights.empty() ? 1.0f : weights[i]);
  };
  LossValue value;
  for (std::size_t i = 0; i < targets.size(); ++i) value.observed += weight(i);
  std::ranges::fill(diff_logits, 0.0f);
  if (value.observed == 0.0) return value;
  const double scale = columns / value.observed;
  const auto k = static_cast<std::size_t>(columns);
  const auto u = static_cast<std::size_t>(units);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const double w = weight(i);
    if (w == 0.0) continue;
    const std::size_t row = i / k;
    const Row one{.logits = logits.subspan(row * u, u),
                  .targets = targets.subspan(row * k, k),
                  .diff = diff_logits.empty()
                              ? diff_logits
                              : diff_logits.subspan(row * u, u)};
    value.weighted_sum += w * target_loss(options, one, i % k, scale * w);
  }
  value.loss = scale * value.weighted_sum;
  return value;
}

}  // namespace polytask
