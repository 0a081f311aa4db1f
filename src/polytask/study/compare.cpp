#include "polytask/study/compare.h"

#include <algorithm>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/model/task_columns.h"
#include "polytask/study/study_parts.h"
#include "polytask/study/trained_network.h"
#include "polytask/weighting/weighting_settings.h"

namespace polytask {
namespace {

constexpr int kMostSeeds = 100;

// What every seed trains once.
struct Variant {
  std::string title;   // for people: "joint", "weather alone"
  std::string folder;  // below seed-N/
  ModelSpec model;
  WeightingOptions weighting;
  bool record_conflicts = false;
};

Variant joint_network(const StudyInput& input, WeightingKind kind) {
  Variant joint{.title = name_of(kind),
                .folder = cat("joint-", name_of(kind)),
                .model = input.model,
                .weighting = input.train.weighting,
                .record_conflicts = input.train.record_conflicts};
  joint.weighting.kind = kind;
  return joint;
}

// Letters, digits and '_' of a task's name; a file system takes them all.
std::string file_name(std::string name) {
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9');
    if (!plain) c = '_';
  }
  return name;
}

Variant network_alone(const StudyInput& input, std::size_t task) {
  Variant alone{.model = input.model, .weighting = {}};
  alone.model.tasks = {input.model.tasks[task]};
  alone.title = cat(alone.model.tasks.front().name, " alone");
  alone.folder =
      cat("alone-", task + 1, '-', file_name(alone.model.tasks.front().name));
  return alone;
}

std::vector<Variant> variants_of(const StudyInput& input,
                                 const CompareOptions& options) {
  std::vector<Variant> variants;
  if (options.weightings.empty()) {
    variants.push_back(joint_network(input, input.train.weighting.kind));
    variants.back().title = "joint";
    for (std::size_t t = 0; t < input.model.tasks.size(); ++t) {
      variants.push_back(network_alone(input, t));
    }
    return variants;
  }
  variants.push_back(joint_network(input, WeightingKind::equal));
  for (const WeightingKind kind : options.weightings) {
    const bool known = std::ranges::any_of(
        variants, [&](const Variant& v) { return v.weighting.kind == kind; });
    if (!known) variants.push_back(joint_network(input, kind));
  }
  return variants;
}

void check(const StudyInput& input, const CompareOptions& options) {
  std::vector<std::string> wrong;
  if (options.seeds < 1 || options.seeds > kMostSeeds) {
    wrong.push_back(
        cat("seeds: expected 1 to ", kMostSeeds, ", got ", options.seeds));
  }
  add_margin_problem(options.margin, wrong);
  if (input.model.tasks.size() < 2) {
    wrong.push_back(cat("tasks: a comparison needs at least two, got ",
                        input.model.tasks.size()));
  }
  for (const Task& task : input.model.tasks) {
    if (task.weight != 0.0) continue;
    wrong.push_back(cat("tasks.", task.name, ".weight: expected > 0, got 0: ",
                        "no network would learn the task; leave it out"));
  }
  if (!input.test || input.test->size() == 0) {
    wrong.emplace_back(
        "test images: expected some that are held back; set "
        "data.split.test_size, e.g. to 0.2");
  }
  if (options.folder.empty()) wrong.emplace_back("folder: expected one");
  for (const WeightingKind kind : options.weightings) {
    WeightingOptions weighting = input.train.weighting;
    weighting.kind = kind;
    for (const std::string& problem :
         problems(weighting, task_names(input.model.tasks))) {
      wrong.push_back(problem);
    }
  }
  if (wrong.empty()) return;
  throw Error(Fault::config, "compare:" + bullet_list(wrong));
}

void require_trainings(const StudyInput& input, const DatasetPtr& images,
                       int seeds) {
  std::vector<NamedPart> parts;
  for (int seed = 1; seed <= seeds; ++seed) {
    parts.push_back({cat("seed ", seed), parts_of(images, seed).train});
  }
  require_trainable(input, parts.front().train->size());
  require_answers("compare", input.model.tasks, parts);
}

bool is_joint(const Variant& variant, const StudyInput& input) {
  return variant.model.tasks.size() == input.model.tasks.size();
}

// All but its parts of the data.
NetworkToTrain network_of(const Variant& variant, int seed,
                          const StudyInput& input,
                          const CompareOptions& options) {
  NetworkToTrain network{
      .model = variant.model,
      .parts = {},
      .test = input.test,
      .train = input.train,
      .folder = options.folder / cat("seed-", seed) / variant.folder,
      .observer = options.observer,
      .stop = options.stop};
  network.train.seed += static_cast<std::uint64_t>(seed - 1);
  network.train.weighting = variant.weighting;
  network.train.record_conflicts = variant.record_conflicts;
  if (variant.record_conflicts && options.on_recorded) {
    const RecordedTraining recorded{
        .folder = network.folder,
        .conflicts = {.tasks = task_names(variant.model.tasks),
                      .gradients = variant.weighting.gradients,
                      .history = {}}};
    network.on_end = [recorded, &options](const TrainReport& report) {
      RecordedTraining ended = recorded;
      ended.conflicts.history = report.history;
      options.on_recorded(ended);
    };
  }
  return network;
}

// [variant][seed]
using Trainings = std::vector<std::vector<TrainedNetwork>>;

NetworkCost mean_cost(const std::vector<TrainedNetwork>& seeds) {
  NetworkCost cost;
  std::vector<double> answers;
  for (const TrainedNetwork& network : seeds) {
    cost.parameters = network.cost.parameters;
    cost.training_seconds += network.cost.training_seconds;
    answers.push_back(network.cost.answer_seconds);
  }
  cost.training_seconds /= static_cast<double>(seeds.size());
  std::ranges::sort(answers);
  cost.answer_seconds = answers[answers.size() / 2];
  return cost;
}

ComparedNetwork beside_networks_alone(const Trainings& all,
                                      const Judging& judging) {
  ComparedNetwork joint{.name = "joint", .cost = mean_cost(all.front())};
  for (std::size_t t = 0; t + 1 < all.size(); ++t) {
    joint.tasks.push_back(
        difference_of(all.front(), t, all[t + 1], 0, judging));
  }
  return joint;
}

ComparedNetwork beside_equal(const std::vector<TrainedNetwork>& network,
                             const std::string& name,
                             const std::vector<TrainedNetwork>& equal,
                             const Judging& judging) {
  ComparedNetwork other{.name = name, .cost = mean_cost(network)};
  for (std::size_t t = 0; t < network.front().scores.size(); ++t) {
    other.tasks.push_back(difference_of(network, t, equal, t, judging));
  }
  return other;
}

void add_results(const std::vector<Variant>& variants, const Trainings& all,
                 const CompareOptions& options, Comparison& result) {
  const Judging judging{options.bootstrap, options.margin};
  if (options.weightings.empty()) {
    result.reference = "one network per task";
    for (std::size_t v = 1; v < all.size(); ++v) {
      const NetworkCost cost = mean_cost(all[v]);
      result.reference_cost.parameters += cost.parameters;
      result.reference_cost.training_seconds += cost.training_seconds;
      result.reference_cost.answer_seconds += cost.answer_seconds;
    }
    result.networks.push_back(beside_networks_alone(all, judging));
    return;
  }
  result.reference = variants.front().title;
  result.reference_cost = mean_cost(all.front());
  for (std::size_t v = 1; v < all.size(); ++v) {
    result.networks.push_back(
        beside_equal(all[v], variants[v].title, all.front(), judging));
  }
}

}  // namespace

Comparison compare(const StudyInput& input, const CompareOptions& options) {
  check(input, options);
  const DatasetPtr images =
      select_columns(input.images, column_uses(input.model.tasks));
  require_trainings(input, images, options.seeds);
  claim_folder(options.folder, options.identity);
  const std::vector<Variant> variants = variants_of(input, options);
  Comparison result{.test_images = input.test->size(),
                    .seeds = options.seeds,
                    .margin = options.margin};
  Trainings all(variants.size());
  const int of = options.seeds * static_cast<int>(variants.size());
  int number = 0;
  for (int seed = 1; seed <= options.seeds; ++seed) {
    const TrainData parts = parts_of(images, seed);
    result.train_images = parts.train->size();
    result.validation_images = parts.validation->size();
    for (std::size_t v = 0; v < variants.size(); ++v) {
      const Variant& variant = variants[v];
      if (options.on_training) {
        options.on_training({variant.title, seed, ++number, of});
      }
      NetworkToTrain network = network_of(variant, seed, input, options);
      network.parts = parts;
      if (is_joint(variant, input)) {
        result.joint_folders.push_back(network.folder);
      }
      all[v].push_back(train_network(network));
      const TrainedNetwork& trained = all[v].back();
      if (trained.outcome == Outcome::finished) continue;
      return {.outcome = trained.outcome,
              .message =
                  cat(variant.title, ", seed ", seed, ": ", trained.message)};
    }
  }
  add_results(variants, all, options, result);
  result.advice = advice_on(result);
  return result;
}

}  // namespace polytask
