#include "apps/cli/input.h"

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/checkpoint/run_model.h"
#include "polytask/data/file_kind.h"

namespace polytask::cli {

std::filesystem::path model_path(const std::filesystem::path& path) {
  const RecognizedFile found = recognize_file(path);
  if (found.kind == FileKind::model) return path;
  if (found.kind == FileKind::hdf5) {
    throw Error(Fault::data, cat(path.string(),
                                 ": expected a model, found a data set (HDF5); "
                                 "the model comes first, then the data"));
  }
  if (found.kind != FileKind::folder) {
    throw wrong_kind(path, "a model", found);
  }
  return find_model(path);
}

bool is_hdf5(const std::filesystem::path& path) {
  return recognize_file(path).kind == FileKind::hdf5;
}

}  // namespace polytask::cli
