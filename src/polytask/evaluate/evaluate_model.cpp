#include "polytask/evaluate/evaluate_model.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/batch.h"
#include "polytask/metrics/evaluate.h"
#include "polytask/task/multi_task_loss.h"

namespace polytask {
namespace {

constexpr int kImagesAtATime = 100;

using Problems = std::vector<std::string>;

void throw_if_any(const Problems& problems) {
  if (problems.empty()) return;
  throw Error(Fault::data,
              "model and data do not fit:" + bullet_list(problems));
}

void check_images(const ModelSpec& model, const DatasetSpec& data,
                  Problems& problems) {
  const Shape found{data.height, data.width, data.channels};
  if (found == model.image) return;
  problems.push_back(cat("the model takes images ", to_text(model.image),
                         ", the data has ", to_text(found),
                         "; resize the images, or train on this size"));
}

bool has_no_names(const std::vector<std::string>& labels) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] != cat("label_", i)) return false;
  }
  return true;
}

// For each label of the task, its column in the data.
std::vector<std::size_t> matched_columns(const Task& task,
                                         const DatasetSpec& data,
                                         Problems& problems) {
  std::vector<std::size_t> columns(task.labels.size());
  if (has_no_names(data.labels) && data.labels.size() == task.labels.size()) {
    std::iota(columns.begin(), columns.end(), std::size_t{0});
    return columns;
  }
  std::vector<std::string> absent;
  for (std::size_t i = 0; i < task.labels.size(); ++i) {
    const auto found = std::ranges::find(data.labels, task.labels[i]);
    if (found == data.labels.end()) absent.push_back(task.labels[i]);
    columns[i] = static_cast<std::size_t>(found - data.labels.begin());
  }
  if (!absent.empty()) {
    problems.push_back(cat(
        "the model answers ", join(task.labels), "; the data has no ",
        data.labels.empty() ? "labels"
                            : join(absent) + ", only " + join(data.labels)));
  }
  return columns;
}

std::vector<float> targets_of(const Dataset& data,
                              const std::vector<std::size_t>& columns) {
  std::vector<float> row(data.spec().labels.size());
  std::vector<float> targets;
  for (std::int64_t i = 0; i < data.size(); ++i) {
    data.read_targets(i, row);
    for (const std::size_t column : columns) targets.push_back(row[column]);
  }
  return targets;
}

// The loss with its interval, from each image's share of it.
Number loss_number(const MultilabelInput& input,
                   const BootstrapOptions& bootstrap) {
  const auto labels = static_cast<int>(input.labels.size());
  std::vector<RatioTerm> terms;
  for (std::size_t row = 0; row < input.targets.size();
       row += input.labels.size()) {
    const LossValue value = multi_task_loss(
        input.probabilities.subspan(row, input.labels.size()),
        input.targets.subspan(row, input.labels.size()), labels);
    terms.push_back({value.weighted_sum, value.observed});
  }
  Number loss = ratio_with_interval(terms, labels, bootstrap);
  loss.baseline = baseline_loss(input);
  return loss;
}

}  // namespace

std::vector<float> predict_dataset(Predictor& predictor, const Dataset& data) {
  Problems problems;
  check_images(predictor.model().spec, data.spec(), problems);
  throw_if_any(problems);
  const std::size_t columns = predictor.columns().size();
  std::vector<float> all;
  all.reserve(static_cast<std::size_t>(data.size()) * columns);
  Batch batch(data, kImagesAtATime);
  std::vector<std::int64_t> indices;
  for (std::int64_t first = 0; first < data.size(); first += kImagesAtATime) {
    indices.resize(static_cast<std::size_t>(
        std::min<std::int64_t>(kImagesAtATime, data.size() - first)));
    std::iota(indices.begin(), indices.end(), first);
    batch.load(indices);
    const std::vector<float> some =
        predictor.probabilities({.count = batch.size(),
                                 .type = data.spec().pixels,
                                 .pixels = batch.pixels()});
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

ModelEvaluation evaluate_model(Predictor& predictor, const Dataset& data,
                               const BootstrapOptions& bootstrap) {
  const Model& model = predictor.model();
  const Task& task = model.spec.tasks.front();
  Problems problems;
  if (data.size() == 0) problems.emplace_back("the data has no images");
  check_images(model.spec, data.spec(), problems);
  const std::vector<std::size_t> columns =
      matched_columns(task, data.spec(), problems);
  throw_if_any(problems);
  ModelEvaluation result;
  result.probabilities = predict_dataset(predictor, data);
  const std::vector<float> targets = targets_of(data, columns);
  const MultilabelInput input{.task = task.name,
                              .labels = task.labels,
                              .probabilities = result.probabilities,
                              .targets = targets,
                              .thresholds = task.thresholds,
                              .prior = model.prior.empty()
                                           ? std::vector<double>()
                                           : model.prior.front()};
  result.evaluation.images = data.size();
  result.evaluation.tasks.push_back(evaluate_multilabel(input, bootstrap));
  result.evaluation.loss = loss_number(input, bootstrap);
  return result;
}

}  // namespace polytask
