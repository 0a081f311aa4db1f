#include "apps/cli/input.h"

#include <array>
#include <fstream>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask::cli {

std::filesystem::path model_path(const std::filesystem::path& path) {
  if (std::filesystem::is_regular_file(path) && is_hdf5(path)) {
    throw Error(Fault::data, cat(path.string(),
                                 ": expected a model, found a data set (HDF5); "
                                 "the model comes first, then the data"));
  }
  if (!std::filesystem::is_directory(path)) return path;
  const std::filesystem::path inside = path / "model.safetensors";
  if (std::filesystem::exists(inside)) return inside;
  throw Error(Fault::io, cat(path.string(),
                             ": expected a model file or a run folder with "
                             "model.safetensors, found a folder without one"));
}

bool is_hdf5(const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path)) return false;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw Error(Fault::io, cat(path.string(),
                               ": no such file, or it may not "
                               "be read; check the path"));
  }
  constexpr std::array<char, 8> kSignature{'\x89', 'H',  'D',    'F',
                                           '\r',   '\n', '\x1a', '\n'};
  std::array<char, 8> begin{};
  file.read(begin.data(), begin.size());
  return file && begin == kSignature;
}

}  // namespace polytask::cli
