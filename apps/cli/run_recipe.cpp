#include "apps/cli/run_recipe.h"

#include <ostream>

#include "apps/cli/answers.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/machine.h"
#include "apps/cli/recipe_job.h"
#include "apps/cli/run_folder.h"
#include "polytask/base/atomic_file.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/checkpoint/model_file.h"
#include "polytask/checkpoint/run_model.h"
#include "polytask/data/batch.h"
#include "polytask/evaluate/evaluate_model.h"
#include "polytask/recipe/recipe_start.h"
#include "polytask/report/evaluation_text.h"
#include "polytask/report/keras_progress.h"
#include "polytask/report/predictions_text.h"

namespace polytask::cli {
namespace {

// Hands every event on to all of them.
class Observers final : public TrainObserver {
 public:
  explicit Observers(std::vector<TrainObserver*> all) : all_(std::move(all)) {}

  void on_warning(const std::string& text) override {
    for (TrainObserver* o : all_) o->on_warning(text);
  }
  void on_features(std::int64_t seen, std::int64_t images) override {
    for (TrainObserver* o : all_) o->on_features(seen, images);
  }
  void on_start(const TrainStart& e) override {
    for (TrainObserver* o : all_) o->on_start(e);
  }
  void on_step(const StepReport& e) override {
    for (TrainObserver* o : all_) o->on_step(e);
  }
  void on_validation(int epoch) override {
    for (TrainObserver* o : all_) o->on_validation(epoch);
  }
  void on_epoch(const EpochReport& e) override {
    for (TrainObserver* o : all_) o->on_epoch(e);
  }
  void on_checkpoint(const CheckpointReport& e) override {
    for (TrainObserver* o : all_) o->on_checkpoint(e);
  }

 private:
  std::vector<TrainObserver*> all_;
};

// The best model on test images, or where there are none on those that chose
// its epoch.
Evaluation evaluate_best(const RecipeRun& run, const PreparedRun& prepared,
                         int threads) {
  Predictor predictor(load_model(run.model),
                      {.threads = threads, .batch = kImagesAtATime});
  const DatasetPtr& data =
      prepared.test ? prepared.test : prepared.data.validation;
  ModelEvaluation result = evaluate_model(predictor, *data);
  result.evaluation.part =
      prepared.test ? ImagesPart::test : ImagesPart::validation;
  const Folder folder(run.folder);
  write_file_atomically({folder, "evaluation.json"},
                        evaluation_json(result.evaluation));
  write_file_atomically({folder, "predictions.csv"},
                        predictions_csv_with_truth(answers_with_truth(
                            predictor.model(), data, result)));
  return result.evaluation;
}

// Also of a training that ended early: what it has recorded is worth a look.
void draw_conflicts(const RecipeRun& run, const Recipe& recipe) {
  if (!recipe.train.record_conflicts) return;
  write_conflicts(run.folder, {.tasks = task_names(recipe.tasks),
                               .gradients = recipe.train.weighting.gradients,
                               .history = run.report.history});
}

}  // namespace

RecipeRun run_recipe(Recipe recipe, bool resume, Arguments command,
                     const Console& console) {
  // A run that began with a model goes on with what it has made of it.
  std::shared_ptr<const Model> begun;
  if (resume && !recipe.start.from.empty()) {
    begun = saved_model_of(recipe.run.dir);
  }
  PreparedRun prepared = prepare_run(recipe, begun);
  say_findings(prepared, console);
  RecipeRun run;
  run.folder = recipe.run.dir;
  run.model = run.folder / kModelFile;
  run.command.assign(command.begin(), command.end());

  Model model = first_model(prepared, recipe.train.seed);
  const Recipe named = names_alone(recipe);
  model.notes["recipe"] = recipe_text(named);
  model.notes["provenance"] = provenance_text(named, {});

  const InterruptGuard interrupt;
  KerasProgress progress(console.err, console.err_is_terminal,
                         terminal_columns);
  RunFolder files(recipe, run.command,
                  prepared.test ? prepared.test : prepared.data.validation);
  Observers observers({&progress, &files});
  run.report = train(model, prepared.data, recipe.train,
                     {.folder = run.folder,
                      .resume = resume,
                      .observer = &observers,
                      .stop = &interrupt.flag()});
  draw_conflicts(run, recipe);
  const bool evaluates = run.report.outcome == Outcome::finished;
  if (evaluates && (prepared.test || prepared.data.validation)) {
    run.evaluation = evaluate_best(run, prepared, recipe.train.threads);
  }
  return run;
}

int report_outcome(const RecipeRun& run, const Console& console) {
  switch (run.report.outcome) {
    case Outcome::finished:
      return kOk;
    case Outcome::interrupted:
      console.err << "\npolytask: " << printable_lines(run.report.message)
                  << '\n';
      return kInterrupted;
    case Outcome::diverged:
      console.err << "\npolytask: " << printable_lines(run.report.message)
                  << '\n';
      return kDiverged;
  }
  return kInternal;
}

}  // namespace polytask::cli
