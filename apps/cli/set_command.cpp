// polytask set: a model with other thresholds, names or notes.
//
// out: each change, and where the new model is; one JSON document with --json.

#include <ostream>

#include "apps/cli/commands.h"
#include "apps/cli/flags.h"
#include "apps/cli/input.h"
#include "apps/cli/model_changes.h"
#include "apps/cli/output.h"
#include "polytask/base/error.h"
#include "polytask/base/json.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/checkpoint/model_content.h"
#include "polytask/checkpoint/model_file.h"
#include "polytask/checkpoint/run_model.h"
#include "polytask/report/document_version.h"

namespace polytask::cli {
namespace {

constexpr const char* kChangesNote = "changes";

struct SetArguments {
  std::vector<std::string> words;  // the model, then key=value ...
  std::filesystem::path out;
  bool json = false;
};

// Behind the changes the model has had before.
std::string changes_note(const Model& model, const std::string& checksum,
                         const std::vector<ModelChange>& changes) {
  const auto before = model.notes.find(kChangesNote);
  Json all = before == model.notes.end()
                 ? Json::array()
                 : Json::parse(before->second).value_or(Json());
  if (!all.is_array()) all = Json::array();
  Json entry{{"from_crc32c", checksum}, {"keys", Json::object()}};
  for (const ModelChange& change : changes) {
    entry["keys"][change.key] = change.to;
  }
  all.push_back(entry);
  return all.text();
}

void require_file_name(const SetArguments& args) {
  std::error_code error;
  if (args.words.size() < 2) {
    throw Error(Fault::config,
                "set: expected a model and what to change, e.g. polytask set "
                "runs/blog tasks.scene.thresholds.sea=.3 --out "
                "sea.safetensors");
  }
  if (!std::filesystem::is_directory(args.out, error)) return;
  throw Error(
      Fault::config,
      cat("set: --out: expected the name of a file, found the folder ",
          args.out.string(), "; say ", (args.out / kModelFile).string()));
}

void print(const std::vector<ModelChange>& changes, const SetArguments& args,
           const Console& console) {
  if (args.json) {
    Json json{{"version", kDocumentVersion},
              {"model", args.out.string()},
              {"changes", Json::array()}};
    for (const ModelChange& change : changes) {
      json["changes"].push_back(
          {{"key", change.key}, {"from", change.from}, {"to", change.to}});
    }
    print_json(console, json.text(2) + '\n');
    return;
  }
  for (const ModelChange& change : changes) {
    console.out << printable(
                       cat(change.key, ": ", change.from, " -> ", change.to))
                << '\n';
  }
  console.out << "model  " << printable(args.out.string()) << '\n';
}

int run(Arguments arguments, const Console& console) {
  SetArguments args;
  Flags flags("Write a model with other thresholds, names or notes.", "set");
  flags
      .add_option(
          "model", args.words,
          "a model file or a run folder, then key=value ...:\n"
          "tasks.TASK.thresholds.LABEL=NUMBER, "
          "tasks.TASK.thresholds=NUMBER,\n"
          "tasks.TASK.labels.OLD=NEW (classes too), tasks.TASK.name=NEW,\n"
          "note.NAME=TEXT")
      .required();
  flags.add_option("--out", args.out, "the file of the new model").required();
  flags.add_flag("--json", args.json,
                 "print one JSON document instead of text");
  if (!parse_flags(flags, arguments, console)) return kOk;
  require_file_name(args);

  SafetensorsFile file(model_path(args.words.front()));
  const std::string checksum = file.checksum();
  Model model = model_of(std::move(file));
  const std::vector<ModelChange> changes =
      change_model(model, {args.words.begin() + 1, args.words.end()});
  model.notes[kChangesNote] = changes_note(model, checksum, changes);
  save_model(model, args.out);
  print(changes, args, console);
  return kOk;
}

}  // namespace

const Command set_command{
    "set", "write a model with other thresholds, names or notes", run};

}  // namespace polytask::cli
