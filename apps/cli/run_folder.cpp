#include "apps/cli/run_folder.h"

#include <chrono>
#include <ctime>
#include <thread>

#include "apps/cli/held_back.h"
#include "apps/cli/machine.h"
#include "polytask/base/atomic_file.h"
#include "polytask/base/json.h"

namespace polytask::cli {
namespace {

std::string now_utc() {
  const std::time_t now = std::time(nullptr);
  std::tm parts = {};
  gmtime_r(&now, &parts);
  char text[sizeof "2026-01-01T00:00:00Z"];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::string run_text(const Recipe& recipe,
                     const std::vector<std::string>& command,
                     const DatasetPtr& held_back) {
  Json json{{"polytask", POLYTASK_VERSION},
            {"started", now_utc()},
            {"processor", processor_name()},
            {"vector_extensions", vector_extensions()},
            {"processors", std::thread::hardware_concurrency()},
            {"threads", recipe.train.threads},
            {"seed", recipe.train.seed},
            {"data", recipe.data.path.string()}};
  if (!command.empty()) json["command"] = command;
  if (!recipe.start.from.empty()) json["from"] = recipe.start.from.string();
  if (held_back) json["held_back"] = held_back_record(*held_back);
  return json.text(2) + '\n';
}

}  // namespace

Recipe names_alone(Recipe recipe) {
  for (std::filesystem::path* path :
       {&recipe.data.path, &recipe.data.table, &recipe.data.test,
        &recipe.start.from, &recipe.run.dir}) {
    const bool ends_in_slash = path->has_parent_path() && !path->has_filename();
    *path = (ends_in_slash ? path->parent_path() : *path).filename();
  }
  return recipe;
}

std::string provenance_text(const Recipe& recipe,
                            const std::vector<std::string>& command) {
  return run_text(recipe, command, nullptr);
}

void write_conflicts(const std::filesystem::path& folder,
                     const RecordedConflicts& recorded) {
  const std::string page = conflicts_html(recorded);
  if (page.empty()) return;
  write_file_atomically({Folder(folder), "conflicts.html"}, page);
}

RunFolder::RunFolder(const Recipe& recipe, std::vector<std::string> command,
                     const DatasetPtr& held_back)
    : recipe_(recipe), command_(std::move(command)), held_back_(held_back) {
  // So that the run can be resumed and evaluated from any folder.
  for (std::filesystem::path* path :
       {&recipe_.data.path, &recipe_.data.table, &recipe_.data.test,
        &recipe_.start.from}) {
    if (!path->empty()) *path = std::filesystem::absolute(*path);
  }
}

RunFolder::~RunFolder() = default;

void RunFolder::on_start(const TrainStart& start) {
  const Folder folder(recipe_.run.dir);
  write_file_atomically({folder, "recipe.yaml"}, recipe_text(recipe_));
  write_file_atomically({folder, "run.json"},
                        run_text(recipe_, command_, held_back_));
  json_ = std::make_unique<JsonLog>(folder.path() / "log.jsonl", start.done);
  csv_ = std::make_unique<CsvLog>(folder.path() / "metrics.csv", start.done);
}

void RunFolder::on_epoch(const EpochReport& epoch) {
  json_->on_epoch(epoch);
  csv_->on_epoch(epoch);
}

}  // namespace polytask::cli
