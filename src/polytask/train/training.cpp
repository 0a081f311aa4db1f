#include "polytask/train/training.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "polytask/base/error.h"
#include "polytask/base/memory.h"
#include "polytask/base/random.h"
#include "polytask/base/text.h"
#include "polytask/model/model_plan.h"
#include "polytask/model/task_columns.h"
#include "polytask/train/batch_loss.h"
#include "polytask/train/gradient_step.h"

namespace polytask {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kRelativeError = "relative_error";

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

ImageBatch image_batch(const Batch& batch, const Dataset& data,
                       const ModelSpec& spec) {
  return {.images = batch.size(),
          .pixels = batch.pixels().data(),
          .type = data.spec().pixels,
          .scale = spec.preprocessing.scale(data.spec().pixels)};
}

// All that a training takes beside its data, asked for as one sum before any of
// it is filled.
std::shared_ptr<const NetworkPlan> with_room(
    std::shared_ptr<const NetworkPlan> plan, const AdamOptions& adam) {
  const std::size_t copies = adam.ema_momentum > 0.0 ? 3 : 2;  // of parameters
  require_memory(plan->memory().total_bytes() +
                     copies * plan->parameters().flat_count() * sizeof(float),
                 "train",
                 "a smaller train.batch_size, smaller images or a smaller "
                 "network need less");
  return plan;
}

double value_in(const MetricValues& values, std::string_view wanted) {
  for (const auto& [name, value] : values) {
    if (name == wanted) return value;
  }
  return std::nan("");
}

}  // namespace

Training::Training(const TrainingSubject& subject, const TrainData& data,
                   const TrainOptions& options, const TrainRun& run)
    : model_(subject.model),
      whole_(subject.whole),
      data_(data),
      options_(options),
      run_(run),
      pool_(options.threads),
      plan_(with_room(
          plan_model(model_, {.batch = options.batch_size,
                              .workers = pool_.workers(),
                              .training = true,
                              .task_gradients =
                                  TaskBalance::gradients_needed(options)}),
          options.adam)),
      network_(plan_, pool_),
      state_{.optimiser = {plan_->parameters(), options.adam}},
      adam_(options.adam),
      batch_(*data.train, options.batch_size, column_counts(model_.spec.tasks)),
      meter_(model_.spec.tasks, model_.prior),
      balance_(model_.spec.tasks, options, *plan_),
      order_(static_cast<std::size_t>(data.train->size())) {
  if (data_.validation) {
    validation_batch_.emplace(*data_.validation, options.batch_size,
                              column_counts(model_.spec.tasks));
  }
  samples_.reserve(static_cast<std::size_t>(options.batch_size));
  if (!run_.folder.empty()) open_folder();
}

void Training::warn(const std::string& text) {
  report_.warnings.push_back(text);
  if (run_.observer != nullptr) run_.observer->on_warning(text);
}

TrainReport Training::run() {
  start_observer();
  const int done = static_cast<int>(state_.history.size());
  for (int epoch = done + 1; epoch <= options_.epochs; ++epoch) {
    if (out_of_patience()) break;
    if (const auto end = run_epoch(epoch)) {
      report_.outcome = end->outcome;
      report_.message = end->message;
      break;
    }
  }
  if (saver_) saver_->wait();
  report_saves();
  if (adam_.steps_done() > 0) {
    std::ranges::copy(resulting_parameters().flat(),
                      model_.parameters.flat().begin());
  }
  report_.history = state_.history;
  report_.best_epoch = state_.best_epoch;
  return std::move(report_);
}

bool Training::out_of_patience() {
  const int last = static_cast<int>(state_.history.size());
  if (options_.patience == 0 || last - state_.best_epoch < options_.patience) {
    return false;
  }
  report_.message =
      cat("ended after epoch ", last, " of ", options_.epochs, ": ",
          last - state_.best_epoch, " epochs were not better than epoch ",
          state_.best_epoch, " (train.patience)");
  return true;
}

void Training::start_observer() {
  if (run_.observer == nullptr) return;
  const std::size_t learning = model_.parameters.layout().parameter_count();
  run_.observer->on_start(
      {.train_images = data_.train->size(),
       .validation_images = data_.validation ? data_.validation->size() : 0,
       .epochs = options_.epochs,
       .first_epoch = static_cast<int>(state_.history.size()) + 1,
       .learning_parameters = learning,
       .frozen_parameters =
           saved_model().parameters.layout().parameter_count() - learning,
       .done = state_.history});
}

std::optional<Training::End> Training::run_epoch(int epoch) {
  const auto begin = Clock::now();
  EpochReport report{.epoch = epoch};
  if (auto end = train_epoch(epoch, report)) return end;
  if (auto end = validate(report)) return end;
  if (any_non_finite(model_.parameters.flat())) {
    return diverged(cat("epoch ", epoch), "a parameter is not finite any more");
  }
  report.seconds = seconds_since(begin);
  finish_epoch(report);
  return std::nullopt;
}

std::optional<Training::End> Training::train_epoch(int epoch,
                                                   EpochReport& report) {
  const auto begin = Clock::now();
  shuffle_images(epoch);
  meter_.reset();
  if (epoch == 1) {
    idle_heads_.emplace(*plan_, model_.spec.tasks, options_.weighting);
  }
  const std::span<const std::int64_t> order(order_);
  const auto batch = static_cast<std::size_t>(options_.batch_size);
  for (std::size_t first = 0; first < order.size(); first += batch) {
    if (run_.stop != nullptr && *run_.stop) return stopped(epoch);
    const std::size_t count = std::min(batch, order.size() - first);
    ++report.steps;
    if (auto end =
            train_step(epoch, report.steps, order.subspan(first, count))) {
      return end;
    }
    report_saves();
    if (run_.observer == nullptr) continue;
    run_.observer->on_step({.epoch = epoch,
                            .step = report.steps,
                            .seen = static_cast<std::int64_t>(first + count),
                            .seconds = seconds_since(begin),
                            .train = meter_.values()});
  }
  report.train = meter_.values();
  report.weighting = balance_.end_epoch(epoch, meter_.losses());
  return std::nullopt;
}

std::optional<Training::End> Training::train_step(
    int epoch, int step, std::span<const std::int64_t> indices) {
  batch_.load(indices);
  standardise(model_, batch_);
  assume_missing_labels(model_, options_.missing_label_weight, batch_);
  samples_.assign(indices.begin(), indices.end());
  const ImageBatch images = image_batch(batch_, *data_.train, model_.spec);
  const BatchKey key{.seed = options_.seed,
                     .epoch = static_cast<std::uint32_t>(epoch),
                     .samples = samples_};
  network_.prepare(model_.parameters);
  network_.forward_training(images, key);
  const double loss = loss_of_batch(batch_, /*with_gradient=*/true);
  if (!std::isfinite(loss)) {
    return not_finite(cat("epoch ", epoch, ", step ", step), *data_.train,
                      indices);
  }
  balance_.backward(network_, epoch, adam_.steps_done());
  if (const auto tensor = unusable_gradient(network_)) {
    return diverged(
        cat("epoch ", epoch, ", step ", step),
        cat("the gradient of ", *tensor, " is not finite or beyond 2^63"));
  }
  if (idle_heads_) idle_heads_->look(network_);
  if (saver_) saver_->wait_until_copied();
  adam_.begin_step(learning_rate_factor_now());
  update_parameters(network_, adam_, model_.parameters, state_.optimiser);
  if (balance_.asks_again()) let_weighting_learn(images, key);
  return std::nullopt;
}

// Of the step that comes.
double Training::learning_rate_factor_now() const {
  const auto images = static_cast<std::int64_t>(order_.size());
  const std::int64_t batch = options_.batch_size;
  const std::int64_t steps = (images + batch - 1) / batch * options_.epochs;
  return learning_rate_factor(options_.adam.schedule, adam_.steps_done() + 1,
                              steps);
}

// The same batch once more, dropout included: what the step has changed.
void Training::let_weighting_learn(const ImageBatch& images,
                                   const BatchKey& key) {
  network_.prepare(model_.parameters);
  network_.forward_training(images, key);
  batch_loss(model_, network_, batch_, /*with_gradient=*/false,
             [&](std::size_t task, const LossValue& value) {
               balance_.note(task, value);
             });
  balance_.after_step();
}

double Training::loss_of_batch(const Batch& batch, bool with_gradient) {
  return batch_loss(model_, network_, batch, with_gradient,
                    [&](std::size_t task, const LossValue& value) {
                      if (with_gradient) balance_.note(task, value);
                      meter_[task].add(network_.logits(task),
                                       batch.targets(task), batch.weights(task),
                                       value);
                    });
}

std::optional<Training::End> Training::validate(EpochReport& report) {
  if (!data_.validation) return std::nullopt;
  if (run_.observer != nullptr) run_.observer->on_validation(report.epoch);
  meter_.reset();
  network_.prepare(resulting_parameters());
  std::vector<std::int64_t> indices;
  const std::int64_t size = data_.validation->size();
  for (std::int64_t first = 0; first < size; first += options_.batch_size) {
    if (run_.stop != nullptr && *run_.stop) return stopped(report.epoch);
    indices.resize(static_cast<std::size_t>(
        std::min<std::int64_t>(options_.batch_size, size - first)));
    std::iota(indices.begin(), indices.end(), first);
    validation_batch_->load(indices);
    standardise(model_, *validation_batch_);
    network_.forward(
        image_batch(*validation_batch_, *data_.validation, model_.spec));
    const double loss =
        loss_of_batch(*validation_batch_, /*with_gradient=*/false);
    if (!std::isfinite(loss)) {
      return not_finite(cat("epoch ", report.epoch, ", validation"),
                        *data_.validation, indices);
    }
  }
  report.validation = meter_.values();
  if (options_.monitor == Monitor::relative_error) {
    report.validation.emplace_back(kRelativeError, meter_.relative_error());
  }
  return std::nullopt;
}

// What is validated and saved, and in the end the model's.
const ParameterStore& Training::resulting_parameters() const {
  const auto& average = state_.optimiser.average;
  return average ? *average : model_.parameters;
}

void Training::finish_epoch(EpochReport& report) {
  const bool by_loss = options_.monitor == Monitor::loss;
  const double value =
      value_in(report.validation, by_loss ? "loss" : kRelativeError);
  report.best =
      std::isnan(value) || state_.best_epoch == 0 || value < state_.best_value;
  if (report.best) {
    state_.best_epoch = report.epoch;
    state_.best_value = std::isnan(value) ? 0.0 : value;
  }
  state_.steps = adam_.steps_done();
  state_.weighting.assign(balance_.state().begin(), balance_.state().end());
  state_.history.push_back(report);
  if (saver_) save(report.epoch, report.best);
  if (run_.observer != nullptr) run_.observer->on_epoch(report);
  if (!idle_heads_) return;
  for (const std::string& text : idle_heads_->warnings()) warn(text);
  idle_heads_.reset();
}

// A new order an epoch, the same in every run with this seed.
void Training::shuffle_images(int epoch) {
  std::iota(order_.begin(), order_.end(), 0);
  shuffle(std::span(order_),
          RandomStream(random_key(options_.seed, RandomUse::order),
                       static_cast<std::uint32_t>(epoch)));
}

}  // namespace polytask
