// What a file is, by its content: the one place that decides, for every verb.
//
//   hdf5     the signature of HDF5 at byte 0, 512, 1024, 2048 ..., whatever
//            stands before it: MATLAB's files have 512 bytes of their own there
//   model    the length and the opening brace of a safetensors header
//   png, jpeg   their signatures
//   recipe   text whose first line reads "key:"
//   table    text whose first line has a comma, a semicolon or a tab
//   text     any other text, JSON too
//   other    everything else; `words` says what, as far as it is known
//
// What no signature tells, a name ending in .yaml or .yml makes a recipe, in
// .csv or .tsv a table, in .safetensors a model: their readers then say what is
// wrong with it.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "polytask/base/error.h"

namespace polytask {

enum class FileKind {
  folder,
  hdf5,
  model,
  png,
  jpeg,
  recipe,
  table,
  text,
  other
};

struct RecognizedFile {
  FileKind kind = FileKind::other;
  std::string words = {};   // "a NumPy file"
  std::string advice = {};  // what to do with one that is of no use as it is
};

// Reads a few bytes; never waits, for a pipe neither.
// Throws Fault::io when there is nothing of this name, it cannot be read, or it
// is a device or pipe.
[[nodiscard]] RecognizedFile recognize_file(const std::filesystem::path& path);

// The same for the first bytes of a file, 4096 or all: of HDF5 the signature
// within them is found.
[[nodiscard]] RecognizedFile recognize_content(std::string_view begin);

// "x.npy: expected a model, found a NumPy file; ...", Fault::data.
//   expected   "a model"
[[nodiscard]] Error wrong_kind(const std::filesystem::path& path,
                               std::string_view expected,
                               const RecognizedFile& found);

}  // namespace polytask
