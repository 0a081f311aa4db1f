#include "polytask/predict/predictor.h"

#include <algorithm>
#include <mutex>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/model/answers.h"
#include "polytask/model/model_plan.h"
#include "polytask/network/network.h"

namespace polytask {
namespace {

// Tasks with the numbers of their answers behind one another.
struct AnswerPart {
  std::size_t first = 0;
  std::size_t count = 0;
};

std::vector<AnswerPart> answer_parts(const std::vector<Task>& tasks) {
  std::vector<AnswerPart> parts;
  std::size_t first = 0;
  for (const Task& task : tasks) {
    const auto count = static_cast<std::size_t>(answer_count(task));
    parts.push_back({.first = first, .count = count});
    first += count;
  }
  return parts;
}

}  // namespace

struct Predictor::State {
  State(Model loaded, const PredictorOptions& options)
      : model(std::move(loaded)),
        columns(answer_names(model.spec.tasks)),
        parts(answer_parts(model.spec.tasks)),
        batch(options.batch),
        pool(options.threads),
        network(plan_model(model,
                           {.batch = options.batch, .workers = pool.workers()}),
                pool) {
    network.prepare(model.parameters);
    for (const Task& task : model.spec.tasks) {
      units += static_cast<std::size_t>(task.units());
    }
  }

  // The logits of the last batch, task beside task.
  void copy_logits(std::span<float> rows) const {
    std::size_t first = 0;
    for (std::size_t t = 0; t < model.spec.tasks.size(); ++t) {
      const auto own = static_cast<std::size_t>(model.spec.tasks[t].units());
      const auto logits = network.logits(t);
      for (std::size_t i = 0; i < logits.size(); ++i) {
        rows[i / own * units + first + i % own] = logits[i];
      }
      first += own;
    }
  }

  Model model;
  std::vector<std::string> columns;
  std::vector<AnswerPart> parts;  // one per task
  std::size_t units = 0;          // logits of an image
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

std::vector<float> Predictor::answers(const ImagesView& images) {
  return answers_of(logits(images));
}

std::vector<float> Predictor::logits(const ImagesView& images) {
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
  std::vector<float> result(static_cast<std::size_t>(images.count) * s.units);
  for (int first = 0; first < images.count; first += s.batch) {
    const int count = std::min(s.batch, images.count - first);
    s.network.forward({.images = count,
                       .pixels = images.pixels.data() +
                                 static_cast<std::size_t>(first) * image_bytes,
                       .type = images.type,
                       .scale = s.model.spec.preprocessing.scale(images.type)});
    s.copy_logits(
        std::span(result).subspan(static_cast<std::size_t>(first) * s.units,
                                  static_cast<std::size_t>(count) * s.units));
  }
  return result;
}

std::vector<float> Predictor::answers_of(std::span<const float> logits) const {
  const State& s = *state_;
  if (logits.size() % s.units != 0) {
    throw Error(Fault::shape, cat("predict: expected rows of ", s.units,
                                  " logits, got ", logits.size()));
  }
  const std::vector<Task>& tasks = s.model.spec.tasks;
  const std::size_t rows = logits.size() / s.units;
  std::vector<float> result(rows * s.columns.size());
  for (std::size_t row = 0; row < rows; ++row) {
    std::size_t unit = row * s.units;
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      const auto units = static_cast<std::size_t>(tasks[t].units());
      answer(
          tasks[t],
          s.model.prior.empty() ? std::span<const double>() : s.model.prior[t],
          logits.subspan(unit, units),
          std::span(result).subspan(row * s.columns.size() + s.parts[t].first,
                                    s.parts[t].count));
      unit += units;
    }
  }
  return result;
}

std::vector<std::vector<std::string>> Predictor::labels(
    std::span<const float> answers) const {
  const std::size_t columns = state_->columns.size();
  if (answers.size() % columns != 0) {
    throw Error(Fault::shape, cat("predict: expected rows of ", columns,
                                  " numbers, got ", answers.size()));
  }
  std::vector<std::vector<std::string>> rows;
  for (; !answers.empty(); answers = answers.subspan(columns)) {
    rows.push_back(
        answer_words(state_->model.spec.tasks, answers.first(columns)));
  }
  return rows;
}

}  // namespace polytask
