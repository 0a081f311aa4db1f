#include "polytask/checkpoint/run_model.h"

#include <system_error>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {

std::filesystem::path find_model(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return path;
  const std::filesystem::path inside = path / kModelFile;
  if (std::filesystem::exists(inside, error)) return inside;
  throw Error(Fault::io, cat(path.string(),
                             ": expected a model file or a run folder with ",
                             kModelFile, ", found a folder without one"));
}

}  // namespace polytask
