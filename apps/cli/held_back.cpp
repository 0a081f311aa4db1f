#include "apps/cli/held_back.h"

#include <nlohmann/json.hpp>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/text_file.h"
#include "polytask/data/columns.h"
#include "polytask/model/task_columns.h"
#include "polytask/train/fingerprint.h"

namespace polytask::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostBytes = std::size_t{1} << 20;

// Null where there is none.
Json record_in(const std::filesystem::path& run) {
  const std::filesystem::path file = run / "run.json";
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return {};
  const Json json =
      Json::parse(read_text_file(file, kMostBytes), nullptr, false);
  if (!json.is_object() || !json.contains("held_back")) return {};
  return json["held_back"];
}

}  // namespace

Json held_back_record(const Dataset& part) {
  return {{"images", part.size()}, {"crc32c", data_checksum(part)}};
}

void require_same_images(const std::filesystem::path& run, const Recipe& recipe,
                         const DatasetPtr& part) {
  const Json before = record_in(run);
  if (before.is_null()) return;
  const DatasetPtr asked = select_columns(
      part, column_uses(recipe.tasks),
      recipe.start.from.empty() ? ColumnNames::as_found : ColumnNames::full);
  const Json now = held_back_record(*asked);
  if (before == now) return;
  throw Error(Fault::data,
              cat(recipe.data.path.string(), ": the data has changed since ",
                  run.string(), " was trained: expected the images it held ",
                  "back (", before.dump(), "), found others (", now.dump(),
                  "); some may be images it was trained on. Bring the old data "
                  "back, or name data to judge on: polytask evaluate ",
                  run.string(), " DATA"));
}

}  // namespace polytask::cli
