#include "polytask/predict/predictor.h"

#include <algorithm>
#include <mutex>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/network/network.h"
#include "polytask/task/model_plan.h"
#include "polytask/task/multi_task_loss.h"

namespace polytask {
namespace {

std::vector<std::string> column_names(const std::vector<Task>& tasks) {
  std::vector<std::string> names;
  for (const Task& task : tasks) {
    for (const std::string& label : task.labels) {
      names.push_back(tasks.size() == 1 ? label : task.name + "/" + label);
    }
  }
  return names;
}

std::vector<double> column_thresholds(const std::vector<Task>& tasks) {
  constexpr double kThreshold = 0.5;
  std::vector<double> thresholds;
  for (const Task& task : tasks) {
    for (std::size_t i = 0; i < task.labels.size(); ++i) {
      thresholds.push_back(task.thresholds.empty() ? kThreshold
                                                   : task.thresholds[i]);
    }
  }
  return thresholds;
}

}  // namespace

struct Predictor::State {
  State(Model loaded, const PredictorOptions& options)
      : model(std::move(loaded)),
        columns(column_names(model.spec.tasks)),
        thresholds(column_thresholds(model.spec.tasks)),
        batch(options.batch),
        pool(options.threads),
        network(plan_model(model,
                           {.batch = options.batch, .workers = pool.workers()}),
                pool) {
    network.prepare(model.parameters);
  }

  Model model;
  std::vector<std::string> columns;
  std::vector<double> thresholds;
  int batch;
  std::mutex turn;  // guards pool and network
  ThreadPool pool;
  Network network;
};

Predictor::Predictor(Model model, const PredictorOptions& options)
    : state_(std::make_unique<State>(std::move(model), options)) {}

Predictor::~Predictor() = default;
Predictor::Predictor(Predictor&&) noexcept = default;
Predictor& Predictor::operator=(Predictor&&) noexcept = default;

const Model& Predictor::model() const { return state_->model; }

const std::vector<std::string>& Predictor::columns() const {
  return state_->columns;
}

std::vector<float> Predictor::probabilities(const ImagesView& images) {
  State& s = *state_;
  const std::size_t image_bytes =
      element_count(s.model.spec.image) * size_of(images.type);
  if (images.pixels.size() !=
      static_cast<std::size_t>(images.count) * image_bytes) {
    throw Error(Fault::shape,
                cat("predict: expected ", images.count, " images ",
                    to_text(s.model.spec.image), ", ", image_bytes,
                    " bytes each, got ", images.pixels.size(), " bytes"));
  }
  const std::lock_guard lock(s.turn);
  std::vector<float> result(static_cast<std::size_t>(images.count) *
                            s.columns.size());
  for (int first = 0; first < images.count; first += s.batch) {
    const int count = std::min(s.batch, images.count - first);
    s.network.forward({.images = count,
                       .pixels = images.pixels.data() +
                                 static_cast<std::size_t>(first) * image_bytes,
                       .type = images.type,
                       .scale = s.model.spec.preprocessing.scale(images.type)});
    std::size_t column = 0;
    for (std::size_t t = 0; t < s.model.spec.tasks.size(); ++t) {
      const auto logits = s.network.logits(t);
      const auto units =
          static_cast<std::size_t>(s.model.spec.tasks[t].units());
      for (std::size_t i = 0; i < logits.size(); ++i) {
        const std::size_t row = static_cast<std::size_t>(first) + i / units;
        result[row * s.columns.size() + column + i % units] =
            sigmoid(logits[i]);
      }
      column += units;
    }
  }
  return result;
}

std::vector<std::vector<std::string>> Predictor::labels(
    std::span<const float> probabilities) const {
  const std::size_t columns = state_->columns.size();
  if (probabilities.size() % columns != 0) {
    throw Error(Fault::shape,
                cat("predict: expected rows of ", columns,
                    " probabilities, got ", probabilities.size()));
  }
  std::vector<std::vector<std::string>> rows(probabilities.size() / columns);
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    if (probabilities[i] > state_->thresholds[i % columns]) {
      rows[i / columns].push_back(state_->columns[i % columns]);
    }
  }
  return rows;
}

}  // namespace polytask
