#include "polytask/train/training_step.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "polytask/base/memory.h"
#include "polytask/base/random.h"
#include "polytask/base/text.h"
#include "polytask/model/model_plan.h"
#include "polytask/model/task_columns.h"
#include "polytask/train/batch_loss.h"
#include "polytask/train/gradient_step.h"

namespace polytask {
namespace {

constexpr std::size_t kMoments = 2;  // of Adam, as large as the parameters

ModelPlanOptions plan_options(const TrainOptions& options, int workers) {
  return {.batch = options.batch_size,
          .workers = workers,
          .training = true,
          .task_gradients = TaskBalance::gradients_needed(options)};
}

// All that a training takes beside its data, asked for as one sum before any of
// it is filled.
std::shared_ptr<const NetworkPlan> with_room(
    std::shared_ptr<const NetworkPlan> plan, const AdamOptions& adam) {
  require_memory(memory_of(*plan, adam).reserved(), "train",
                 "a smaller train.batch_size, smaller images or a smaller "
                 "network need less");
  return plan;
}

std::int64_t steps_of(const TrainOptions& options, std::int64_t images) {
  const std::int64_t batch = options.batch_size;
  return (images + batch - 1) / batch * options.epochs;
}

}  // namespace

std::shared_ptr<const NetworkPlan> plan_training(const ModelSpec& spec,
                                                 const TrainOptions& options,
                                                 int workers) {
  return plan_model(spec, plan_options(options, workers));
}

std::shared_ptr<const NetworkPlan> plan_training(const Model& model,
                                                 const TrainOptions& options,
                                                 int workers) {
  return plan_model(model, plan_options(options, workers));
}

TrainingMemory memory_of(const NetworkPlan& plan, const AdamOptions& adam) {
  const std::size_t bytes = plan.parameters().flat_count() * sizeof(float);
  const bool training = plan.options().training;
  return {.workspace = plan.memory().total_bytes(),
          .parameters = bytes,
          .moments = training ? kMoments * bytes : 0,
          .average = training && adam.ema_momentum > 0.0 ? bytes : 0};
}

void shuffle_images(std::uint64_t seed, int epoch,
                    std::span<std::int64_t> order) {
  std::iota(order.begin(), order.end(), 0);
  shuffle(order, RandomStream(random_key(seed, RandomUse::order),
                              static_cast<std::uint32_t>(epoch)));
}

ImageBatch image_batch(const Batch& batch, const Dataset& data,
                       const Preprocessing& preprocessing) {
  return {.images = batch.size(),
          .pixels = batch.pixels().data(),
          .type = data.spec().pixels,
          .scale = preprocessing.scale(data.spec().pixels)};
}

std::string to_text(const UnusableStep& step) {
  if (step.gradient_of.empty()) return "the loss is not finite";
  return cat("the gradient of ", step.gradient_of,
             " is not finite or beyond 2^63");
}

TrainingStep::TrainingStep(Model& model, const Dataset& data,
                           const TrainOptions& options, ThreadPool& pool)
    : model_(model),
      data_(data),
      options_(options),
      steps_(steps_of(options, data.size())),
      network_(with_room(plan_training(model, options, pool.workers()),
                         options.adam),
               pool),
      memory_(plan().parameters(), options.adam),
      adam_(options.adam),
      batch_(data, options.batch_size, column_counts(model.spec.tasks)),
      balance_(model.spec.tasks, options, plan()) {
  samples_.reserve(static_cast<std::size_t>(options.batch_size));
}

std::optional<UnusableStep> TrainingStep::differentiate(
    std::span<const std::int64_t> images, int epoch,
    FunctionRef<void(std::size_t task, const LossValue&)> each) {
  batch_.load(images);
  standardise(model_, batch_);
  assume_missing_labels(model_, options_.missing_label_weight, batch_);
  samples_.assign(images.begin(), images.end());
  epoch_ = static_cast<std::uint32_t>(epoch);
  forward();
  const double loss =
      batch_loss(model_, network_, batch_, /*with_gradient=*/true,
                 [&](std::size_t task, const LossValue& value) {
                   balance_.note(task, value);
                   each(task, value);
                 });
  if (!std::isfinite(loss)) return UnusableStep{};
  balance_.backward(network_, epoch, adam_.steps_done());
  if (auto array = unusable_gradient(network_)) return UnusableStep{*array};
  return std::nullopt;
}

void TrainingStep::update() {
  const std::int64_t step = std::min(adam_.steps_done() + 1, steps_);
  adam_.begin_step(learning_rate_factor(options_.adam.schedule, step, steps_));
  update_parameters(network_, adam_, model_.parameters, memory_);
  if (!balance_.asks_again()) return;
  // The same dropout: what the step has changed.
  forward();
  batch_loss(model_, network_, batch_, /*with_gradient=*/false,
             [&](std::size_t task, const LossValue& value) {
               balance_.note(task, value);
             });
  balance_.after_step();
}

void TrainingStep::forward() {
  network_.prepare(model_.parameters);
  network_.forward_training(
      image_batch(batch_, data_, model_.spec.preprocessing),
      {.seed = options_.seed, .epoch = epoch_, .samples = samples_});
}

void TrainingStep::resume(std::int64_t steps_done,
                          std::span<const double> weighting) {
  adam_ = Adam(options_.adam, steps_done);
  balance_.restore(weighting);
}

const ParameterStore& TrainingStep::result() const {
  return memory_.average ? *memory_.average : model_.parameters;
}

}  // namespace polytask
