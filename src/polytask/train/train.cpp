#include "polytask/train/train.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/thread_limit.h"
#include "polytask/checkpoint/safetensors.h"
#include "polytask/layers/limits.h"
#include "polytask/model/target_statistics.h"
#include "polytask/model/task_columns.h"
#include "polytask/model/training_targets.h"
#include "polytask/train/train_heads.h"
#include "polytask/train/train_settings.h"
#include "polytask/train/training.h"
#include "polytask/weighting/weighting_settings.h"

namespace polytask {
namespace {

void require_options(const TrainOptions& options) {
  const std::vector<std::string> found = problems(options);
  if (found.empty()) return;
  throw Error(Fault::config,
              "the training's options cannot be used:" + bullet_list(found));
}

// The columns of the tasks in this part of the data.
DatasetPtr fitted(const ModelSpec& spec, const std::vector<Task>& tasks,
                  const DatasetPtr& data, const char* part) {
  const DatasetSpec& d = data->spec();
  std::vector<std::string> found;
  if (data->size() == 0) found.emplace_back("it has no images");
  if (Shape{d.height, d.width, d.channels} != spec.image) {
    found.push_back(cat("its images are ",
                        to_text({d.height, d.width, d.channels}),
                        ", the model takes ", to_text(spec.image)));
  }
  DatasetPtr columns;
  try {
    columns = select_columns(data, column_uses(tasks));
  } catch (const Error& e) {
    found.emplace_back(e.what());
  }
  if (found.empty()) return columns;
  throw Error(
      Fault::data,
      cat("the ", part, " data and the model do not fit:", bullet_list(found)));
}

// Nothing can be learned of a task that no training image answers.
void require_answers(const std::vector<Task>& tasks,
                     const std::vector<TargetStatistics>& statistics) {
  std::vector<std::string> found = unanswered(tasks, statistics);
  if (found.empty()) return;
  for (std::string& what : found) {
    what += " is missing in every training image";
  }
  throw Error(Fault::data,
              "the training part cannot teach every task; leave "
              "the task out, or split the data otherwise:" +
                  bullet_list(found));
}

// The tasks that learn, as they are now, in the place of those by that name.
void take_tasks(const std::vector<Task>& learning, std::vector<Task>& all) {
  for (const Task& task : learning) {
    *std::ranges::find(all, task.name, &Task::name) = task;
  }
}

// Comparisons (relu, pooling) can hide a pixel that is no number from the loss.
void require_finite_pixels(const Dataset& data) {
  if (data.spec().pixels != PixelType::float32) return;
  std::vector<float> image(data.spec().values_per_image());
  for (std::int64_t i = 0; i < data.size(); ++i) {
    data.read_image(i, std::as_writable_bytes(std::span(image)));
    if (!any_non_finite(image)) continue;
    throw Error(Fault::data,
                cat(data.image_name(i),
                    ": expected finite pixels, found NaN or infinity; correct "
                    "the image or leave it out"));
  }
}

}  // namespace

std::vector<std::string> problems(const TrainOptions& options) {
  constexpr int kMostEpochs = 1'000'000;
  std::vector<std::string> found;
  const auto require = [&](bool ok, const char* key, const char* rule,
                           auto value) {
    if (ok) return;
    found.push_back(cat("train.", key, ": expected ", rule, ", got ", value));
  };
  const auto require_from = [&](int least, int most, const char* key,
                                int value) {
    require(least <= value && value <= most, key,
            cat(least, " to ", most).c_str(), value);
  };
  require_from(1, kMostEpochs, "epochs", options.epochs);
  require_from(kBatchLimit.least, kBatchLimit.most, kBatchLimit.key,
               options.batch_size);
  require_from(0, kMostThreads, "threads", options.threads);
  require_from(0, kMostEpochs, "patience", options.patience);
  require(options.missing_label_weight >= 0.0 &&
              options.missing_label_weight <= 1.0,
          "missing_label_weight", "0 (ignored) to 1 (assumed negative)",
          options.missing_label_weight);
  for (const std::string& problem : problems(options.adam)) {
    found.push_back("train.adam." + problem);
  }
  if (options.only_heads.empty()) return found;
  require(options.weighting.kind == WeightingKind::equal, "weighting.kind",
          "equal where only heads learn, which share nothing",
          name_of(options.weighting.kind));
  require(!options.record_conflicts, "record_conflicts",
          "false where only heads learn, which share nothing", "true");
  return found;
}

void require_batch(const TrainOptions& options, std::int64_t train_images) {
  if (options.batch_size <= train_images) return;
  throw Error(Fault::config,
              cat("train.batch_size: expected at most the ", train_images,
                  " training images, got ", options.batch_size));
}

// Who is patient needs something to wait for.
void require_judge(const TrainOptions& options, const TrainData& data) {
  if (options.patience == 0 || data.validation) return;
  throw Error(Fault::config,
              cat("train.patience: ", options.patience,
                  " epochs without a better one would end the training, but "
                  "there are no validation images to judge by; give the data a "
                  "split or a validation part, or leave patience out"));
}

TrainReport train(Model& model, const TrainData& all,
                  const TrainOptions& options, const TrainRun& run) {
  require_options(options);
  std::vector<Task> tasks = learning_tasks(model.spec.tasks, options);
  TrainData data{.train = fitted(model.spec, tasks, all.train, "training")};
  if (all.validation) {
    data.validation = fitted(model.spec, tasks, all.validation, "validation");
  }
  require_batch(options, data.train->size());
  require_judge(options, data);
  require_finite_pixels(*data.train);
  if (data.validation) require_finite_pixels(*data.validation);
  TrainingTargets targets = read_training_targets(tasks, *data.train);
  require_answers(tasks, targets.statistics);
  take_tasks(tasks, model.spec.tasks);
  if (!options.only_heads.empty()) {
    return train_heads({.model = model,
                        .tasks = tasks,
                        .statistics = targets.statistics,
                        .data = data},
                       options, run);
  }
  model.target_statistics = std::move(targets.statistics);
  return Training({.model = model}, data, options, run).run();
}

}  // namespace polytask
