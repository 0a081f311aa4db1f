#include "polytask/evaluate/evaluate_model.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/batch.h"
#include "polytask/evaluate/evaluate_task.h"
#include "polytask/metrics/evaluate.h"
#include "polytask/metrics/resampled_numbers.h"
#include "polytask/model/answers.h"
#include "polytask/model/target_statistics.h"
#include "polytask/model/task_columns.h"

namespace polytask {
namespace {

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

// The targets of each task, [N, columns].
std::vector<std::vector<float>> targets_of(const std::vector<Task>& tasks,
                                           const Dataset& data) {
  std::vector<float> row(data.spec().labels.size());
  std::vector<std::vector<float>> targets(tasks.size());
  for (std::int64_t i = 0; i < data.size(); ++i) {
    data.read_targets(i, row);
    auto first = row.begin();
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      const auto behind = first + tasks[t].columns();
      targets[t].insert(targets[t].end(), first, behind);
      first = behind;
    }
  }
  return targets;
}

// Columns [first, first + count) of rows of any width.
std::vector<float> columns_of(const std::vector<float>& all, std::size_t rows,
                              std::size_t first, std::size_t count) {
  const std::size_t width = all.size() / rows;
  std::vector<float> some;
  for (std::size_t row = first; row < all.size(); row += width) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(row);
    some.insert(some.end(), begin, begin + static_cast<std::ptrdiff_t>(count));
  }
  return some;
}

// What each image adds to the loss of one task.
std::vector<RatioTerm> loss_terms(const Task& task,
                                  const TargetStatistics& statistics,
                                  std::span<const float> logits,
                                  std::vector<float> targets) {
  standardise(task, statistics, targets);
  const auto columns = static_cast<std::size_t>(task.columns());
  const auto units = static_cast<std::size_t>(task.units());
  std::vector<RatioTerm> terms;
  for (std::size_t i = 0; i * columns < targets.size(); ++i) {
    const LossValue value =
        task_loss(task.loss, logits.subspan(i * units, units),
                  std::span(targets).subspan(i * columns, columns), {},
                  task.columns(), task.units());
    terms.push_back({value.weighted_sum, value.observed});
  }
  return terms;
}

// The weighted sum of the tasks' losses over the images, each counted so often.
double total_loss(const std::vector<Task>& tasks,
                  const std::vector<std::vector<RatioTerm>>& terms,
                  std::span<const std::uint32_t> times) {
  double total = 0.0;
  bool any = false;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    double sum = 0.0;
    double observed = 0.0;
    for (std::size_t i = 0; i < times.size(); ++i) {
      sum += times[i] * terms[t][i].numerator;
      observed += times[i] * terms[t][i].denominator;
    }
    if (observed == 0.0) continue;
    total += tasks[t].weight * tasks[t].columns() * sum / observed;
    any = true;
  }
  return any ? total : std::nan("");
}

// The images of which some task knows something.
std::int64_t images_that_count(
    const std::vector<std::vector<RatioTerm>>& terms) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < terms.front().size(); ++i) {
    count += std::ranges::any_of(terms, [&](const auto& of_task) {
      return of_task[i].denominator > 0.0;
    });
  }
  return count;
}

Number loss_number(const std::vector<Task>& tasks,
                   const std::vector<std::vector<RatioTerm>>& terms,
                   const BootstrapOptions& bootstrap) {
  const std::size_t images = terms.front().size();
  const std::vector<std::uint32_t> once(images, 1);
  Number loss =
      number_of(total_loss(tasks, terms, once), images_that_count(terms), "");
  Number* const only = &loss;
  set_intervals(images, bootstrap, {&only, 1},
                [&](std::span<const std::uint32_t> times) {
                  return std::vector<double>{total_loss(tasks, terms, times)};
                });
  return loss;
}

// Which tasks are judged: one alone may have nameless columns.
std::vector<Task> judged_tasks(const std::vector<Task>& tasks,
                               const DatasetSpec& data) {
  const std::vector<ColumnUse> uses = column_uses(tasks);
  std::vector<Task> judged;
  for (std::size_t t = 0; t < tasks.size() && tasks.size() > 1; ++t) {
    if (has_column(data, uses[t])) judged.push_back(tasks[t]);
  }
  return judged.empty() ? tasks : judged;
}

// The columns of the tasks; adds to the problems found before, so that all of
// them are said at once.
DatasetPtr columns_of_tasks(const std::vector<Task>& tasks, const Dataset& all,
                            Problems& problems) {
  // Not owned: the view does not outlive the evaluation.
  const DatasetPtr borrowed(DatasetPtr(), &all);
  try {
    return select_columns(borrowed, column_uses(tasks));
  } catch (const Error& e) {
    if (problems.empty()) throw;
    problems.emplace_back(e.what());
  }
  return nullptr;
}

// The best constant answer's loss, where it is known.
void add_baseline(const Answered& a, ModelEvaluation& result) {
  const Task& task = a.task;
  if (task.loss != LossOptions{}) return;
  const auto loss = baseline_loss({.task = task.name,
                                   .labels = task.labels,
                                   .probabilities = a.answers,
                                   .targets = a.targets,
                                   .thresholds = thresholds_of(task),
                                   .prior = a.statistics.shares});
  if (loss) result.evaluation.loss.baseline = *loss;
}

// [N, units of all tasks]
std::vector<float> logits_of(Predictor& predictor, const Dataset& data) {
  Problems problems;
  check_images(predictor.model().spec, data.spec(), problems);
  throw_if_any(problems);
  std::vector<float> all;
  Batch batch(data, kImagesAtATime);
  for_each_batch(batch, [&](std::span<const std::int64_t>) {
    const std::vector<float> some =
        predictor.logits({.count = batch.size(),
                          .type = data.spec().pixels,
                          .pixels = batch.pixels()});
    all.insert(all.end(), some.begin(), some.end());
    return true;
  });
  return all;
}

// The tasks that are judged, each with its targets.
struct Judged {
  const std::vector<Task>& tasks;
  std::vector<std::vector<float>> targets;
};

// What the model, which may have other tasks too, says to them.
//   answers, logits   of all its tasks
std::vector<Answered> answers_to(const Model& model, const Judged& judged,
                                 const std::vector<float>& answers,
                                 const std::vector<float>& logits) {
  const std::size_t images =
      judged.targets.front().size() /
      static_cast<std::size_t>(judged.tasks.front().columns());
  std::vector<Answered> all;
  std::size_t answer = 0;
  std::size_t unit = 0;
  for (std::size_t t = 0; t < model.spec.tasks.size(); ++t) {
    const Task& task = model.spec.tasks[t];
    const auto count = static_cast<std::size_t>(answer_count(task));
    const auto units = static_cast<std::size_t>(task.units());
    const auto at = all.size();
    if (at < judged.tasks.size() && judged.tasks[at].name == task.name) {
      all.push_back({.task = task,
                     .statistics = statistics_of(model, t),
                     .answers = columns_of(answers, images, answer, count),
                     .targets = judged.targets[at],
                     .logits = columns_of(logits, images, unit, units)});
    }
    answer += count;
    unit += units;
  }
  return all;
}

}  // namespace

std::vector<float> predict_dataset(Predictor& predictor, const Dataset& data) {
  return predictor.answers_of(logits_of(predictor, data));
}

ModelEvaluation evaluate_model(Predictor& predictor, const Dataset& all,
                               const BootstrapOptions& bootstrap) {
  const Model& model = predictor.model();
  const std::vector<Task> judged = judged_tasks(model.spec.tasks, all.spec());
  Problems problems;
  if (all.size() == 0) problems.emplace_back("the data has no images");
  check_images(model.spec, all.spec(), problems);
  const DatasetPtr data = columns_of_tasks(judged, all, problems);
  throw_if_any(problems);
  const std::vector<float> logits = logits_of(predictor, *data);
  ModelEvaluation result;
  result.answers = predictor.answers_of(logits);
  result.evaluation.images = data->size();
  const auto answered = answers_to(model, {judged, targets_of(judged, *data)},
                                   result.answers, logits);
  std::vector<std::vector<RatioTerm>> terms;
  for (const Answered& a : answered) {
    terms.push_back(loss_terms(a.task, a.statistics, a.logits, a.targets));
    result.evaluation.tasks.push_back(evaluate_task(a, bootstrap));
    if (judged.size() == 1) continue;
    Task alone = a.task;
    alone.weight = 1.0;
    auto& metrics = result.evaluation.tasks.back().metrics;
    metrics.insert(metrics.begin(),
                   {"loss", loss_number({alone}, {terms.back()}, bootstrap)});
  }
  std::vector<Task> weighed = judged;
  // As in training: a weight is one among several.
  if (judged.size() == 1) weighed.front().weight = 1.0;
  result.evaluation.loss = loss_number(weighed, terms, bootstrap);
  if (judged.size() == 1) add_baseline(answered.front(), result);
  for (const Task& task : model.spec.tasks) {
    if (std::ranges::count(judged, task.name, &Task::name) > 0) continue;
    result.not_judged.push_back(task.name);
  }
  return result;
}

}  // namespace polytask
