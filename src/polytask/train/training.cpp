#include "polytask/train/training.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/stopwatch.h"
#include "polytask/base/text.h"
#include "polytask/checkpoint/safetensors.h"
#include "polytask/model/task_columns.h"
#include "polytask/train/batch_loss.h"
#include "polytask/train/fingerprint.h"

namespace polytask {
namespace {

constexpr const char* kRelativeError = "relative_error";

double value_in(const MetricValues& values, std::string_view wanted) {
  for (const auto& [name, value] : values) {
    if (name == wanted) return value;
  }
  return std::nan("");
}

}  // namespace

Training::Training(const TrainingSubject& subject, const TrainData& data,
                   const TrainOptions& options, const TrainRun& run)
    : subject_(subject),
      data_(data),
      options_(options),
      run_(run),
      pool_(options.threads),
      step_(subject.model, *data.train, options, pool_),
      meter_(subject.model.spec.tasks, subject.model.target_statistics),
      order_(static_cast<std::size_t>(data.train->size())) {
  if (data_.validation) {
    validation_batch_.emplace(*data_.validation, options.batch_size,
                              column_counts(subject.model.spec.tasks));
  }
  if (!run_.folder.empty()) open_files();
}

void Training::open_files() {
  state_.fingerprint = fingerprint_of(subject_.saved().spec, options_, data_);
  files_.emplace(run_.folder,
                 TrainingFiles::Content{
                     .subject = subject_, .step = step_, .state = state_});
  files_->begin(run_.resume, [this](const std::string& text) { warn(text); });
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
  if (files_) files_->wait();
  report_saves();
  if (step_.steps_done() > 0) {
    std::ranges::copy(step_.result().flat(),
                      subject_.model.parameters.flat().begin());
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
  const std::size_t learning =
      subject_.model.parameters.layout().parameter_count();
  run_.observer->on_start(
      {.train_images = data_.train->size(),
       .validation_images = data_.validation ? data_.validation->size() : 0,
       .epochs = options_.epochs,
       .first_epoch = static_cast<int>(state_.history.size()) + 1,
       .learning_parameters = learning,
       .frozen_parameters =
           subject_.saved().parameters.layout().parameter_count() - learning,
       .done = state_.history});
}

std::optional<TrainingEnd> Training::run_epoch(int epoch) {
  const Stopwatch watch;
  EpochReport report{.epoch = epoch};
  if (auto end = train_epoch(epoch, report)) return end;
  if (auto end = validate(report)) return end;
  if (any_non_finite(subject_.model.parameters.flat())) {
    return diverged(cat("epoch ", epoch), "a parameter is not finite any more",
                    saved_so_far());
  }
  report.seconds = watch.seconds();
  finish_epoch(report);
  return std::nullopt;
}

std::optional<TrainingEnd> Training::train_epoch(int epoch,
                                                 EpochReport& report) {
  const Stopwatch watch;
  shuffle_images(options_.seed, epoch, order_);
  meter_.reset();
  if (epoch == 1) {
    idle_heads_.emplace(step_.plan(), subject_.model.spec.tasks,
                        options_.weighting);
  }
  const std::span<const std::int64_t> order(order_);
  const auto batch = static_cast<std::size_t>(options_.batch_size);
  for (std::size_t first = 0; first < order.size(); first += batch) {
    if (run_.stop != nullptr && *run_.stop) {
      return stopped(epoch, saved_so_far());
    }
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
                            .seconds = watch.seconds(),
                            .train = meter_.values()});
  }
  report.train = meter_.values();
  report.weighting = step_.balance().end_epoch(epoch, meter_.losses());
  return std::nullopt;
}

std::optional<TrainingEnd> Training::train_step(
    int epoch, int step, std::span<const std::int64_t> images) {
  const auto add = [this](std::size_t task, const LossValue& value) {
    add_to_meter(step_.batch(), task, value);
  };
  if (const auto why = step_.differentiate(images, epoch, add)) {
    return diverged(
        cat("epoch ", epoch, ", step ", step),
        why->gradient_of.empty()
            ? loss_not_finite(step_.network(), subject_.model.spec.tasks,
                              *data_.train, images)
            : to_text(*why),
        saved_so_far());
  }
  if (idle_heads_) idle_heads_->look(step_.network());
  // The last save may still read the parameters.
  if (files_) files_->wait_until_copied();
  step_.update();
  return std::nullopt;
}

std::optional<TrainingEnd> Training::validate(EpochReport& report) {
  if (!data_.validation) return std::nullopt;
  if (run_.observer != nullptr) run_.observer->on_validation(report.epoch);
  meter_.reset();
  Model& model = subject_.model;
  Network& network = step_.network();
  network.prepare(step_.result());
  std::optional<TrainingEnd> end;
  Batch& batch = *validation_batch_;
  for_each_batch(batch, [&](std::span<const std::int64_t> images) {
    if (run_.stop != nullptr && *run_.stop) {
      end = stopped(report.epoch, saved_so_far());
      return false;
    }
    standardise(model, batch);
    network.forward(
        image_batch(batch, *data_.validation, model.spec.preprocessing));
    const double loss =
        batch_loss(model, network, batch, /*with_gradient=*/false,
                   [&](std::size_t task, const LossValue& value) {
                     add_to_meter(batch, task, value);
                   });
    if (std::isfinite(loss)) return true;
    end = diverged(
        cat("epoch ", report.epoch, ", validation"),
        loss_not_finite(network, model.spec.tasks, *data_.validation, images),
        saved_so_far());
    return false;
  });
  if (end) return end;
  report.validation = meter_.values();
  if (options_.monitor == Monitor::relative_error) {
    report.validation.emplace_back(kRelativeError, meter_.relative_error());
  }
  return std::nullopt;
}

void Training::add_to_meter(const Batch& batch, std::size_t task,
                            const LossValue& value) {
  meter_[task].add(step_.network().logits(task), batch.targets(task),
                   batch.weights(task), value);
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
  const std::span<const double> weighting = step_.balance().state();
  state_.steps = step_.steps_done();
  state_.weighting.assign(weighting.begin(), weighting.end());
  state_.history.push_back(report);
  if (files_) files_->save(report.epoch, report.best);
  if (run_.observer != nullptr) run_.observer->on_epoch(report);
  if (!idle_heads_) return;
  for (const std::string& text : idle_heads_->warnings()) warn(text);
  idle_heads_.reset();
}

void Training::report_saves() {
  if (!files_) return;
  for (const CheckpointReport& report : files_->take_durable()) {
    if (run_.observer != nullptr) run_.observer->on_checkpoint(report);
  }
}

// The saves that are going on end before anybody reads this.
SavedSoFar Training::saved_so_far() const {
  const auto& history = state_.history;
  return {.folder = run_.folder,
          .epoch = history.empty() ? 0 : history.back().epoch};
}

}  // namespace polytask
