#include "apps/cli/held_back.h"

#include "polytask/base/error.h"
#include "polytask/base/json.h"
#include "polytask/base/text.h"
#include "polytask/base/text_file.h"
#include "polytask/data/columns.h"
#include "polytask/model/task_columns.h"
#include "polytask/train/fingerprint.h"

namespace polytask::cli {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20;

// Null where there is none.
Json record_in(const std::filesystem::path& run) {
  const std::filesystem::path file = run / "run.json";
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return {};
  const auto json = Json::parse(read_text_file(file, kMostBytes));
  const Json* record = json ? json->find("held_back") : nullptr;
  return record ? *record : Json();
}

}  // namespace

Json held_back_record(const Dataset& part) {
  return {{"images", part.size()}, {"crc32c", data_checksum(part)}};
}

void require_same_images(const std::filesystem::path& run, const Recipe& recipe,
                         const DatasetPtr& part) {
  const Json record = record_in(run);
  if (record.is_null()) return;
  const DatasetPtr asked = select_columns(
      part, column_uses(recipe.tasks),
      recipe.start.from.empty() ? ColumnNames::as_found : ColumnNames::full);
  const std::string before = record.text();
  const std::string now = held_back_record(*asked).text();
  if (before == now) return;
  throw Error(Fault::data,
              cat(recipe.data.path.string(), ": the data has changed since ",
                  run.string(), " was trained: expected the images it held ",
                  "back (", before, "), found others (", now,
                  "); some may be images it was trained on. Bring the old data "
                  "back, or name data to judge on: polytask evaluate ",
                  run.string(), " DATA"));
}

}  // namespace polytask::cli
