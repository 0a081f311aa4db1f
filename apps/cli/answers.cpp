#include "apps/cli/answers.h"

#include <algorithm>
#include <limits>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/columns.h"
#include "polytask/data/hdf5_reader.h"
#include "polytask/data/image_list.h"
#include "polytask/evaluate/fit_images.h"
#include "polytask/model/answers.h"
#include "polytask/model/task_columns.h"

namespace polytask::cli {
namespace {

constexpr std::size_t kImagesAtATime = 256;

using Inputs = std::span<const PredictionInput>;

// Row i of answers side by side.
std::vector<float> row_of(std::span<const float> all, std::size_t i,
                          std::size_t columns) {
  const auto row = all.subspan(i * columns, columns);
  return {row.begin(), row.end()};
}

// Without the place, which the row says already.
PredictionRow failed_row(const PredictionInput& input, std::string problem) {
  const std::string place = input.path.string() + ": ";
  if (problem.starts_with(place)) problem.erase(0, place.size());
  return {.image = input.name, .error = std::move(problem)};
}

void answer_images(Predictor& predictor, Inputs inputs,
                   const AnswerOptions& options, AnsweredInputs& all) {
  const Shape& image = predictor.model().spec.image;
  std::vector<std::filesystem::path> files;
  for (const PredictionInput& input : inputs) files.push_back(input.path);
  ImageList list = read_image_list({.files = std::move(files),
                                    .height = image[0],
                                    .width = image[1],
                                    .threads = options.threads,
                                    .channels = image[2]});
  const FittedImages fitted = fit_images(list.images, predictor.model().spec);
  const std::vector<float> answers = predict_dataset(predictor, *fitted.data);
  std::size_t next = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!list.problems[i].empty()) {
      all.predictions.rows.push_back(
          failed_row(inputs[i], std::move(list.problems[i])));
      continue;
    }
    all.predictions.rows.push_back(
        {.image = inputs[i].name,
         .answers = row_of(answers, next++, predictor.columns().size())});
  }
}

void answer_hdf5(Predictor& predictor, const PredictionInput& input,
                 const AnswerOptions& options, ImageProgress& progress,
                 AnsweredInputs& all) {
  std::vector<PredictionRow>& rows = all.predictions.rows;
  try {
    const DatasetPtr data = read_hdf5(
        input.path, {.images = options.images, .require_labels = false});
    const FittedImages fitted = fit_images(data, predictor.model().spec);
    for (const std::string& note : fitted.notes) {
      all.notes.push_back(cat(input.name, ": ", note));
    }
    const std::vector<float> answers =
        predict_dataset(predictor, *counted(fitted.data, progress));
    for (std::size_t i = 0; i < static_cast<std::size_t>(data->size()); ++i) {
      rows.push_back(
          {.image = cat(input.name, '[', i, ']'),
           .answers = row_of(answers, i, predictor.columns().size())});
    }
  } catch (const Error& e) {
    if (e.fault() == Fault::resource) throw;
    rows.push_back(failed_row(input, e.what()));
  }
}

// The targets of all tasks of a model; missing of those that were not judged.
class TruthReader {
 public:
  TruthReader(const Model& model, const DatasetPtr& data,
              const ModelEvaluation& found) {
    std::vector<Task> judged;
    for (const Task& task : model.spec.tasks) {
      const bool known = std::ranges::count(found.not_judged, task.name) == 0;
      known_.insert(known_.end(), static_cast<std::size_t>(task.columns()),
                    known);
      if (known) judged.push_back(task);
    }
    columns_ = select_columns(data, column_uses(judged));
  }

  [[nodiscard]] std::vector<float> read(std::int64_t image) const {
    std::vector<float> row(columns_->spec().labels.size());
    columns_->read_targets(image, row);
    std::vector<float> all;
    auto next = row.begin();
    for (const bool known : known_) {
      all.push_back(known ? *next++ : std::numeric_limits<float>::quiet_NaN());
    }
    return all;
  }

 private:
  std::vector<bool> known_;  // [columns of all tasks]
  DatasetPtr columns_;       // of the tasks that were judged
};

}  // namespace

Predictions answers_with_truth(const Model& model, const DatasetPtr& data,
                               const ModelEvaluation& found) {
  Predictions all{.tasks = model.spec.tasks};
  const std::size_t columns = answer_names(all.tasks).size();
  const TruthReader truth(model, data, found);
  for (std::int64_t i = 0; i < data->size(); ++i) {
    all.rows.push_back(
        {.image = data->image_name(i),
         .answers = row_of(found.answers, static_cast<std::size_t>(i), columns),
         .truth = truth.read(i)});
  }
  return all;
}

AnsweredInputs answer_inputs(Predictor& predictor, Inputs inputs,
                             const AnswerOptions& options,
                             ImageProgress& progress) {
  AnsweredInputs all{.predictions = {.tasks = predictor.model().spec.tasks}};
  progress.expect(std::ranges::count(inputs, false, &PredictionInput::is_hdf5));
  while (!inputs.empty()) {
    if (inputs.front().is_hdf5) {
      answer_hdf5(predictor, inputs.front(), options, progress, all);
      inputs = inputs.subspan(1);
      continue;
    }
    const auto end = std::ranges::find(inputs, true, &PredictionInput::is_hdf5);
    const std::size_t count = std::min(
        static_cast<std::size_t>(end - inputs.begin()), kImagesAtATime);
    answer_images(predictor, inputs.first(count), options, all);
    progress.add(static_cast<std::int64_t>(count));
    inputs = inputs.subspan(count);
  }
  return all;
}

}  // namespace polytask::cli
