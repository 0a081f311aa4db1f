#include "polytask/study/study_parts.h"

#include <cmath>

#include "polytask/base/atomic_file.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/text_file.h"
#include "polytask/data/dataset.h"
#include "polytask/data/problem_list.h"
#include "polytask/data/split.h"
#include "polytask/model/model_plan.h"
#include "polytask/model/target_statistics.h"
#include "polytask/train/train_settings.h"

namespace polytask {
namespace {

constexpr const char* kIdentityFile = "study.txt";
constexpr double kValidationShare = 0.2;
constexpr std::size_t kMostIdentityBytes = std::size_t{1} << 24;

// What is trained below a folder that someone else has made stays below it.
void require_no_linked_folders(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  ProblemList found;
  std::error_code error;
  fs::recursive_directory_iterator at(
      folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && at != fs::recursive_directory_iterator();
       at.increment(error)) {
    std::error_code unknown;  // A link that leads nowhere is no folder.
    if (at->is_symlink(unknown) && at->is_directory(unknown)) {
      found.add(at->path().string());
    }
  }
  if (found.count() == 0) return;
  throw Error(Fault::io, cat(folder.string(),
                             ": expected folders, found symbolic links to "
                             "folders, which are not followed here; move them "
                             "away, or choose another folder:",
                             found.text()));
}

}  // namespace

void claim_folder(const std::filesystem::path& folder,
                  const std::string& identity) {
  const std::filesystem::path file = folder / kIdentityFile;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw Error(Fault::io, cat(folder.string(),
                               ": cannot create the folder of the study: ",
                               error.message(), "; choose another folder"));
  }
  require_no_linked_folders(folder);
  if (!std::filesystem::exists(file)) {
    write_file_atomically({Folder(folder), kIdentityFile}, identity);
    return;
  }
  if (read_text_file(file, kMostIdentityBytes) == identity) return;
  throw Error(Fault::config,
              cat(folder.string(), ": holds a study of another recipe (see ",
                  file.string(), "); choose another folder"));
}

TrainData parts_of(const DatasetPtr& images, int seed) {
  Split split = train_test_split(
      images->size(), {.test_size = kValidationShare,
                       .random_state = static_cast<std::uint32_t>(seed)});
  return {.train = subset(images, std::move(split.train)),
          .validation = subset(images, std::move(split.test))};
}

void add_margin_problem(double margin, std::vector<std::string>& problems) {
  if (std::isfinite(margin) && margin >= 0.0) return;
  problems.push_back(cat("margin: expected 0 or more, got ", margin));
}

void require_trainable(const StudyInput& input, std::int64_t train_images) {
  require_batch(input.train, train_images);
  (void)plan_model(input.model, {});
}

void require_answers(const std::string& study, const std::vector<Task>& tasks,
                     const std::vector<NamedPart>& parts) {
  ProblemList found;
  for (const NamedPart& part : parts) {
    for (const std::string& what :
         unanswered(tasks, target_statistics_of(tasks, *part.train))) {
      found.add(
          cat(part.name, ": ", what, " is missing in every training image"));
    }
  }
  if (found.count() == 0) return;
  throw Error(Fault::data,
              cat(study,
                  ": some trainings could not learn every task; give "
                  "more answers, or leave the task out:",
                  found.text()));
}

TaskDifference difference_of(const std::vector<TrainedNetwork>& network,
                             std::size_t task,
                             const std::vector<TrainedNetwork>& reference,
                             std::size_t reference_task,
                             const Judging& judging) {
  const TaskScores& scores = network.front().scores[task];
  PairedInput pairs{.direction = scores.direction, .margin = judging.margin};
  for (std::size_t s = 0; s < network.size(); ++s) {
    pairs.candidate.push_back(network[s].scores[task].images);
    pairs.reference.push_back(reference[s].scores[reference_task].images);
  }
  return {.task = scores.task,
          .metric = scores.metric,
          .direction = scores.direction,
          .scores = paired_difference(pairs, judging.bootstrap)};
}

}  // namespace polytask
