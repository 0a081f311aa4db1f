// polytask inspect: what a file holds: a model, a data set or a recipe.

#include <ostream>
#include <sstream>

#include "apps/cli/commands.h"
#include "apps/cli/flags.h"
#include "apps/cli/input.h"
#include "apps/cli/inspect_data.h"
#include "apps/cli/naming_recipe.h"
#include "apps/cli/output.h"
#include "apps/cli/recipe_job.h"
#include "polytask/base/error.h"
#include "polytask/base/json.h"
#include "polytask/base/text.h"
#include "polytask/base/thread_pool.h"
#include "polytask/base/utf8.h"
#include "polytask/checkpoint/model_file.h"
#include "polytask/data/file_kind.h"
#include "polytask/model/model_plan.h"
#include "polytask/model/model_settings.h"
#include "polytask/recipe/recipe.h"
#include "polytask/report/document_version.h"
#include "polytask/report/plan_text.h"
#include "polytask/train/training_step.h"

namespace polytask::cli {
namespace {

Json describe_network(const ModelSpec& spec) {
  const auto plan = plan_model(spec, {.training = true});
  Json parameters = Json::array();
  for (const ParameterSpec& p : plan->parameters().specs()) {
    parameters.push_back({{"name", p.name}, {"shape", p.shape}});
  }
  return {{"image", spec.image},
          {"parameters", plan->parameters().parameter_count()},
          {"forward_mflop", plan->forward_flops() / 1e6},
          {"tensors", parameters},
          {"layers", plan->describe()}};
}

Json describe_tasks(const std::vector<Task>& tasks) {
  Json all = Json::object();
  for (const Task& task : tasks) {
    all[task.name] = {{"kind", name_of(task.kind)}, {"labels", task.outputs()}};
  }
  return all;
}

Json inspect_model(const std::filesystem::path& path) {
  const Model model = load_model(path);
  Json json{{"file", path.string()},
            {"kind", "model"},
            {"tasks", describe_tasks(model.spec.tasks)},
            {"network", describe_network(model.spec)}};
  for (const auto& [name, text] : model.notes) json["notes"][name] = text;
  return json;
}

Json inspect_recipe(const std::filesystem::path& path,
                    const std::vector<std::string>& overrides) {
  Recipe recipe = load_recipe(path, overrides);
  const PreparedRun run = prepare_run(recipe);
  return {{"file", path.string()},
          {"kind", "recipe"},
          {"train_images", run.data.train->size()},
          {"validation_images",
           run.data.validation ? run.data.validation->size() : 0},
          {"tasks", describe_tasks(run.model.tasks)},
          {"network", describe_network(run.model)},
          {"recipe", recipe_text(recipe)}};
}

struct InspectArguments {
  std::vector<std::string> words;  // the file, then key=value ...
  bool plan = false;
  std::string input;
  bool json = false;

  [[nodiscard]] std::filesystem::path file() const { return words.front(); }
  [[nodiscard]] std::vector<std::string> overrides() const {
    return {words.begin() + 1, words.end()};
  }
};

// Refuses what the file or the other flags leave without an effect.
void require_use(const InspectArguments& args) {
  if (!args.plan && !args.input.empty()) {
    throw Error(Fault::config, "inspect: --input says nothing without --plan");
  }
  if (!args.plan && args.words.size() == 1) return;
  if (recognize_file(args.file()).kind == FileKind::recipe) return;
  throw Error(Fault::config,
              cat("inspect: ", args.plan ? "--plan" : args.words[1],
                  ": expected a recipe (YAML), found ", args.file().string()));
}

Json inspect(const InspectArguments& args) {
  const std::filesystem::path path = args.file();
  const RecognizedFile found = recognize_file(path);
  switch (found.kind) {
    case FileKind::hdf5:
      return inspect_data(path);
    case FileKind::png:
    case FileKind::jpeg:
      return inspect_image(path);
    case FileKind::recipe:
      return inspect_recipe(path, args.overrides());
    case FileKind::folder:
    case FileKind::model:
      return inspect_model(model_path(path));
    default:
      throw Error(
          Fault::data,
          cat(path.string(), ": not a model, data set or recipe: ", found.words,
              found.advice.empty() ? "" : "; ", found.advice));
  }
}

// What a training by this recipe runs; behind a frozen trunk, forward alone.
std::shared_ptr<const NetworkPlan> plan_of(const RecipeJob& job) {
  const TrainOptions& train = job.recipe.train;
  const int workers = ThreadPool(train.threads).workers();
  if (!job.recipe.start.freeze_trunk) {
    return plan_training(job.model, train, workers);
  }
  return plan_model(job.model, {.batch = train.batch_size, .workers = workers});
}

int print_plan(const InspectArguments& args, const Console& console) {
  const RecipeJob job = load_job({.verb = "inspect",
                                  .recipe = args.file(),
                                  .overrides = args.overrides(),
                                  .input = args.input});
  const auto plan = plan_of(job);
  const AdamOptions& adam = job.recipe.train.adam;
  if (!plan->options().training) {
    console.err << "the trunk is frozen: it runs once, forward, before the "
                   "heads train on what it gives\n";
  }
  if (args.json) {
    Json json{{"version", kDocumentVersion},
              {"file", args.file().string()},
              {"kind", "plan"}};
    json.update(plan_json(*plan, adam));
    print_json(console, json.text(2) + '\n');
  } else {
    console.out << plan_table(*plan, adam);
  }
  return kOk;
}

// The document as indented lines: texts of several lines keep them.
void print(const Json& json, const std::string& indent, std::ostream& out) {
  for (const auto& [name, value] : json.members()) {
    const std::string key = printable(name);
    const std::string* text = value.string();
    if (value.is_object()) {
      out << indent << key << '\n';
      print(value, indent + "  ", out);
    } else if (text && text->find('\n') != std::string::npos) {
      out << indent << key << '\n';
      std::istringstream lines(*text);
      for (std::string line; std::getline(lines, line);) {
        out << indent << "  " << line << '\n';
      }
    } else if (key != "tensors") {
      out << indent << key << "  " << (text ? *text : value.text()) << '\n';
    }
  }
}

int run(Arguments arguments, const Console& console) {
  InspectArguments args;
  Flags flags("Say what a file holds: a model, a data set or a recipe.",
              "inspect");
  flags
      .add_option("file", args.words,
                  "a model, a run folder, an HDF5 file, or a recipe and then\n"
                  "key=value ... that override it")
      .required();
  flags.add_flag(
      "--plan", args.plan,
      "of a recipe: who computes each layer, why, and what it takes");
  flags.add_option("--input", args.input,
                   "with --plan: the size of the images, such as 100x100x3,\n"
                   "instead of the data's");
  flags.add_flag("--json", args.json,
                 "print one JSON document instead of text");
  if (!parse_flags(flags, arguments, console)) return kOk;
  require_use(args);
  if (args.plan) {
    return naming_recipe(args.file(),
                         [&] { return print_plan(args, console); });
  }
  const Json found = naming_recipe(args.file(), [&] { return inspect(args); });
  if (args.json) {
    Json document{{"version", kDocumentVersion}};
    document.update(found);
    print_json(console, document.text(2) + '\n');
  } else {
    print(found, "", console.out);
  }
  return kOk;
}

}  // namespace

const Command inspect_command{
    "inspect", "say what a model, a data set or a recipe holds", run};

}  // namespace polytask::cli
