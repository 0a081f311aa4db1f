#include "polytask/predict/predictor.h"

#include <algorithm>
#include <mutex>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/model/model_plan.h"
#include "polytask/network/network.h"
#include "polytask/predict/answer_table.h"

namespace polytask {

struct Predictor::State {
  State(Model loaded, const PredictorOptions& options)
      : model(std::move(loaded)),
        table(model),
        batch(options.batch),
        pool(options.threads),
        network(plan_model(model,
                           {.batch = options.batch, .workers = pool.workers()}),
                pool) {
    network.prepare(model.parameters);
  }

  // The logits of the last batch, task beside task.
  void copy_logits(std::span<float> rows) const {
    std::size_t first = 0;
    for (std::size_t t = 0; t < model.spec.tasks.size(); ++t) {
      const auto own = static_cast<std::size_t>(model.spec.tasks[t].units());
      const auto logits = network.logits(t);
      for (std::size_t i = 0; i < logits.size(); ++i) {
        rows[i / own * table.units() + first + i % own] = logits[i];
      }
      first += own;
    }
  }

  Model model;
  AnswerTable table;
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
  return state_->table.columns();
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
  const std::size_t units = s.table.units();
  std::vector<float> result(static_cast<std::size_t>(images.count) * units);
  for (int first = 0; first < images.count; first += s.batch) {
    const int count = std::min(s.batch, images.count - first);
    s.network.forward({.images = count,
                       .pixels = images.pixels.data() +
                                 static_cast<std::size_t>(first) * image_bytes,
                       .type = images.type,
                       .scale = s.model.spec.preprocessing.scale(images.type)});
    s.copy_logits(
        std::span(result).subspan(static_cast<std::size_t>(first) * units,
                                  static_cast<std::size_t>(count) * units));
  }
  return result;
}

std::vector<float> Predictor::answers_of(std::span<const float> logits) const {
  return state_->table.answers(logits);
}

std::vector<std::vector<std::string>> Predictor::labels(
    std::span<const float> answers) const {
  return state_->table.words(answers);
}

}  // namespace polytask
