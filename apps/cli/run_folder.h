// The files of a run folder that are not the training's own: the resolved
// recipe, what ran where, the logs, and the drawing of its conflicts.

#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "polytask/recipe/recipe.h"
#include "polytask/report/epoch_log.h"
#include "polytask/report/html/conflicts_html.h"

namespace polytask::cli {

// Watches a training and writes recipe.yaml (with absolute paths of the data),
// run.json, log.jsonl and metrics.csv. It starts with the training, which by
// then owns the folder, so a run that is there already is never touched.
class RunFolder final : public TrainObserver {
 public:
  //   command     what the user typed, for run.json
  //   held_back   the images the run will be judged on, or null
  RunFolder(const Recipe& recipe, std::vector<std::string> command,
            const DatasetPtr& held_back);
  ~RunFolder() override;

  void on_start(const TrainStart& start) override;
  void on_epoch(const EpochReport& epoch) override;

 private:
  Recipe recipe_;
  std::vector<std::string> command_;
  DatasetPtr held_back_;
  std::unique_ptr<JsonLog> json_;
  std::unique_ptr<CsvLog> csv_;
};

// Writes conflicts.html, the conflicts a training has recorded, into its
// folder; nothing when there is none to draw.
void write_conflicts(const std::filesystem::path& folder,
                     const RecordedConflicts& recorded);

// The recipe with the names of its files and folders in place of their paths:
// what may travel with a model to others.
[[nodiscard]] Recipe names_alone(Recipe recipe);

// {"polytask": version, "processor": ..., ...}: what produced a file; with the
// command unless it is empty.
[[nodiscard]] std::string provenance_text(
    const Recipe& recipe, const std::vector<std::string>& command);

}  // namespace polytask::cli
