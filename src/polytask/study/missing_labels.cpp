#include "polytask/study/missing_labels.h"

#include <algorithm>

#include "polytask/base/error.h"
#include "polytask/base/number_text.h"
#include "polytask/base/text.h"
#include "polytask/checkpoint/model_file.h"
#include "polytask/checkpoint/run_model.h"
#include "polytask/data/batch.h"
#include "polytask/model/task_columns.h"
#include "polytask/study/answer_value.h"
#include "polytask/study/hidden_answers.h"
#include "polytask/study/observed_answers.h"
#include "polytask/study/study_parts.h"
#include "polytask/study/trained_network.h"
#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;

constexpr int kMostSeeds = 100;

void check(const StudyInput& input, const MissingOptions& options) {
  std::vector<std::string> wrong;
  if (options.seeds < 1 || options.seeds > kMostSeeds) {
    wrong.push_back(
        cat("seeds: expected 1 to ", kMostSeeds, ", got ", options.seeds));
  }
  add_margin_problem(options.margin, wrong);
  if (options.levels.empty()) wrong.emplace_back("levels: expected at least 1");
  for (const double level : options.levels) {
    if (level >= 0.0 && level < 1.0) continue;
    wrong.push_back(
        cat("levels: expected 0 % to less than 100 %, got ", 100.0 * level));
  }
  const bool only_ignores = std::ranges::all_of(
      options.policies,
      [](UnknownPolicy policy) { return policy == UnknownPolicy::ignore; });
  if (!only_ignores && most_labels(input.model.tasks) == 0) {
    wrong.emplace_back(
        "policies: only multilabel tasks have others than ignore, and there "
        "is none");
  }
  if (!input.test || input.test->size() == 0) {
    wrong.emplace_back(
        "test images: expected some that are held back; set "
        "data.split.test_size, e.g. to 0.2");
  }
  if (options.folder.empty()) wrong.emplace_back("folder: expected one");
  if (wrong.empty()) return;
  throw Error(Fault::config, "study missing:" + bullet_list(wrong));
}

std::vector<double> sorted_levels(std::vector<double> levels) {
  std::ranges::sort(levels);
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  return levels;
}

std::vector<UnknownPolicy> with_ignore_first(
    const std::vector<UnknownPolicy>& policies) {
  std::vector<UnknownPolicy> all{UnknownPolicy::ignore};
  for (const UnknownPolicy policy : policies) {
    if (std::ranges::count(all, policy) == 0) all.push_back(policy);
  }
  return all;
}

std::string percent(double share) { return significant_text(100.0 * share, 6); }

// Trains and measures one point after another; each of a point's seeds in turn.
class Study {
 public:
  Study(const StudyInput& input, const MissingOptions& options)
      : input_(input),
        options_(options),
        levels_(sorted_levels(options.levels)),
        policies_(with_ignore_first(options.policies)),
        // Columns in the order of the tasks, and no others.
        images_(select_columns(input.images, column_uses(input.model.tasks))) {}

  // What the first training would refuse, and what the last would.
  void require_trainings() const {
    std::vector<NamedPart> parts;
    for (const double level : levels_) {
      for (int seed = 1; seed <= options_.seeds; ++seed) {
        parts.push_back({cat(percent(level), " % hidden, seed ", seed),
                         parts_at(level, seed).train});
      }
    }
    require_trainable(input_, parts.front().train->size());
    require_answers("study missing", input_.model.tasks, parts);
  }

  MissingStudy run() {
    MissingStudy study{.test_images = input_.test->size(),
                       .seeds = options_.seeds,
                       .margin = options_.margin};
    for (const UnknownPolicy policy : policies_) {
      for (const double level : levels_) {
        study.points.push_back({.policy = policy, .hidden = level});
        const TrainedNetwork last = add_point(study);
        if (last.outcome == Outcome::finished) continue;
        return {.outcome = last.outcome, .message = last.message};
      }
    }
    study.values = answer_values(
        input_.model.tasks,
        {study.points.begin(),
         study.points.begin() + static_cast<std::ptrdiff_t>(levels_.size())});
    return study;
  }

 private:
  static std::string title(UnknownPolicy policy, double level) {
    return cat(percent(level), " % hidden, ", to_text(policy));
  }

  [[nodiscard]] fs::path folder_of(UnknownPolicy policy, double level,
                                   int seed) const {
    return options_.folder / cat("hidden-", percent(level)) / to_text(policy) /
           cat("seed-", seed);
  }

  // The parts of a seed with the answers that a level leaves.
  [[nodiscard]] TrainData parts_at(double level, int seed) const {
    const TrainData parts = parts_of(images_, seed);
    const auto draw = 2 * static_cast<std::uint64_t>(seed);
    return {.train = hide_answers(parts.train, level, draw),
            .validation = hide_answers(parts.validation, level, draw + 1)};
  }

  // Trains the networks of the last point and says how they differ from those
  // of the first. Returns the last that was trained; its message names it where
  // it did not come to its end.
  TrainedNetwork add_point(MissingStudy& study) {
    MissingPoint& point = study.points.back();
    std::vector<TrainedNetwork> networks;
    for (int seed = 1; seed <= options_.seeds; ++seed) {
      networks.push_back(train_one(study, seed));
      TrainedNetwork& network = networks.back();
      if (network.outcome == Outcome::finished) continue;
      network.message = cat(title(point.policy, point.hidden), ", seed ", seed,
                            ": ", network.message);
      return network;
    }
    if (reference_.empty()) reference_ = networks;
    for (std::size_t t = 0; t < input_.model.tasks.size(); ++t) {
      point.tasks.push_back(difference_of(
          networks, t, reference_, t, {options_.bootstrap, options_.margin}));
    }
    return networks.back();
  }

  // Trains the last point's network with this seed and adds what it is worth.
  TrainedNetwork train_one(MissingStudy& study, int seed) {
    MissingPoint& point = study.points.back();
    TrainData parts = parts_at(point.hidden, seed);
    study.train_images = parts.train->size();
    study.validation_images = parts.validation->size();
    const UnknownPolicy policy = policy_in(point, *parts.train);
    report_start(point, seed);
    if (policy == UnknownPolicy::pseudo_label) {
      Predictor teacher =
          predictor_of(folder_of(UnknownPolicy::ignore, point.hidden, seed));
      parts.train =
          add_guesses(parts.train, sure_answers(teacher, *parts.train));
    }
    const fs::path folder = folder_of(policy, point.hidden, seed);
    TrainedNetwork network =
        train_network({.model = input_.model,
                       .parts = parts,
                       .test = input_.test,
                       .train = train_options(policy, seed),
                       .folder = folder,
                       .observer = options_.observer,
                       .stop = options_.stop});
    if (network.outcome != Outcome::finished) return network;
    Predictor predictor = predictor_of(folder);
    point.trainings.push_back({.folder = folder,
                               .result = evaluate_model(predictor, *input_.test,
                                                        options_.bootstrap)});
    point.trainings.back().result.evaluation.part = ImagesPart::test;
    return network;
  }

  // Adds the seed's share to the point's means. Where no label is unknown, all
  // policies are one.
  UnknownPolicy policy_in(MissingPoint& point, const Dataset& train) const {
    const std::vector<std::int64_t> observed = observed_answers(train);
    point.columns.resize(observed.size());
    for (std::size_t c = 0; c < observed.size(); ++c) {
      point.columns[c].column = train.spec().labels[c];
      point.columns[c].observed +=
          static_cast<double>(observed[c]) / options_.seeds;
    }
    const bool labels_known =
        knows_every_label(input_.model.tasks, observed, train.size());
    return labels_known ? UnknownPolicy::ignore : point.policy;
  }

  void report_start(const MissingPoint& point, int seed) {
    ++number_;
    if (!options_.on_training) return;
    options_.on_training(
        {title(point.policy, point.hidden), seed, number_,
         static_cast<int>(policies_.size() * levels_.size()) * options_.seeds});
  }

  [[nodiscard]] TrainOptions train_options(UnknownPolicy policy,
                                           int seed) const {
    TrainOptions train = input_.train;
    train.seed += static_cast<std::uint64_t>(seed - 1);
    train.missing_label_weight =
        missing_label_weight(policy, input_.model.tasks);
    return train;
  }

  [[nodiscard]] Predictor predictor_of(const fs::path& folder) const {
    return Predictor(
        load_model(folder / kModelFile),
        {.threads = input_.train.threads, .batch = kImagesAtATime});
  }

  const StudyInput& input_;
  const MissingOptions& options_;
  std::vector<double> levels_;
  std::vector<UnknownPolicy> policies_;
  DatasetPtr images_;
  std::vector<TrainedNetwork> reference_;  // the lowest level, ignore
  int number_ = 0;
};

}  // namespace

MissingStudy study_missing(const StudyInput& input,
                           const MissingOptions& options) {
  check(input, options);
  Study study(input, options);
  study.require_trainings();
  claim_folder(options.folder, options.identity);
  return study.run();
}

}  // namespace polytask
