// polytask demo: the whole job in about two minutes, on a drawn data set.

#include <ostream>

#include "apps/cli/commands.h"
#include "apps/cli/flags.h"
#include "apps/cli/run_recipe.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/checkpoint/model_file.h"
#include "polytask/data/hdf5_writer.h"
#include "polytask/data/image/png_writer.h"
#include "polytask/evaluate/evaluate_model.h"
#include "polytask/report/evaluation_text.h"
#include "polytask/report/predictions_text.h"
#include "polytask/worlds/drawing/contact_sheet.h"
#include "polytask/worlds/worlds.h"

namespace polytask::cli {
namespace {

constexpr int kShownImages = 5;

// The post's network and settings, for fewer epochs.
Recipe demo_recipe(const std::filesystem::path& folder, int epochs) {
  const Activation relu = Activation::relu;
  Recipe recipe;
  recipe.data.path = folder / "scenes.h5";
  recipe.data.split = {.test_size = 0.2, .random_state = 100};
  recipe.tasks = {
      multilabel("scene", {"desert", "mountains", "sea", "sunset", "trees"})};
  recipe.network.trunk = {
      Conv2D{.filters = 32, .padding = Padding::same, .activation = relu},
      Conv2D{.filters = 32, .activation = relu},
      MaxPooling2D{},
      Dropout{.rate = 0.25},
      Conv2D{.filters = 64, .padding = Padding::same, .activation = relu},
      Conv2D{.filters = 64, .activation = relu},
      MaxPooling2D{},
      Dropout{.rate = 0.25},
      Flatten{},
      Dense{.units = 512, .activation = relu},
      Dropout{.rate = 0.5}};
  recipe.train.epochs = epochs;
  recipe.run.dir = folder / "run";
  return recipe;
}

void draw(const std::filesystem::path& folder, const Console& console) {
  console.err << "Drawing 2000 natural scenes ...\n";
  const DatasetPtr scenes = draw_scenes({});
  write_hdf5(*scenes, folder / "scenes.h5");
  const ContactSheet sheet = draw_contact_sheet(*scenes);
  write_png(folder / "scenes.png", sheet.height, sheet.width, sheet.rgb);
}

// A few new scenes, which are in no part of the data, and their answers.
void answer_new_scenes(const RecipeRun& run, const Console& console) {
  const DatasetPtr scenes = draw_scenes({.count = kShownImages, .seed = 2});
  Predictor predictor(load_model(run.model), {.batch = kShownImages});
  const auto labels = predictor.labels(predict_dataset(predictor, *scenes));
  console.out << "\nFive new scenes: what they show, and the answer\n\n";
  std::vector<float> targets(scenes->spec().labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    scenes->read_targets(static_cast<std::int64_t>(i), targets);
    std::vector<std::string> shown;
    for (std::size_t l = 0; l < targets.size(); ++l) {
      if (targets[l] > 0.5f) shown.push_back(scenes->spec().labels[l]);
    }
    std::string truth = join(shown);
    truth.resize(std::max<std::size_t>(truth.size(), 24), ' ');
    console.out << "  " << truth << "  "
                << (labels[i].empty() ? "(none)" : join(labels[i])) << '\n';
  }
}

int run(Arguments arguments, const Console& console) {
  std::string folder = "demo";
  int epochs = 8;
  Flags flags(
      "The whole job in about two minutes: draw a data set, train on it, "
      "evaluate, predict.",
      "demo");
  flags.add_option("--dir", folder, "where everything goes (demo)");
  flags.add_option("--epochs", epochs, "of training (8)");
  if (!parse_flags(flags, arguments, console)) return kOk;
  if (std::filesystem::exists(std::filesystem::path(folder) / "run")) {
    throw Error(Fault::config,
                cat(folder,
                    ": a demo is there already; remove the folder, or "
                    "choose another with --dir"));
  }
  std::filesystem::create_directories(folder);
  draw(folder, console);
  const std::vector<std::string> command{"polytask", "demo"};
  const RecipeRun done =
      run_recipe(demo_recipe(folder, epochs), false, command, console);
  if (done.report.outcome != Outcome::finished) {
    return report_outcome(done, console);
  }
  console.out << "\nThe best model (epoch " << done.report.best_epoch << "), "
              << evaluation_table(done.evaluation);
  answer_new_scenes(done, console);
  console.out << "\nthe images   " << printable(folder)
              << "/scenes.png, scenes.h5\n"
              << "the run      " << printable(done.folder.string())
              << "/ (recipe.yaml, log.jsonl, evaluation.json, ...)\n"
              << "the model    " << printable(done.model.string())
              << "\n\nNext:\n"
              << "  polytask predict " << printable(done.model.string())
              << " YOUR-IMAGE.jpg\n"
              << "  polytask train recipes/blog.yaml data.path="
              << printable(folder) << "/scenes.h5\n";
  return kOk;
}

}  // namespace

const Command demo_command{
    "demo", "the whole job in two minutes, on a drawn data set", run};

}  // namespace polytask::cli
