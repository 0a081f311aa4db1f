// Named float tensors and texts in one safetensors file, with a checksum.
//
//   8 bytes   N, the header's length, little-endian
//   N bytes   header: JSON, padded with spaces to a multiple of 8
//   the rest  the tensors' values, one after the other, no holes
//
// docs/formats/model.md describes every byte. The checksum is the metadata
// entry "polytask.checksum": the CRC-32C of the whole file, its own eight
// digits read as zeros. Any tool that reads safetensors reads these files.
//
// A file is not trusted: lengths are bounded before anything is allocated,
// and a header that lies in any way is refused.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "polytask/base/atomic_file.h"

namespace polytask {

// Texts are UTF-8 of any length. Keys are in the order of the map.
using Metadata = std::map<std::string, std::string>;

struct TensorView {
  std::string name;                 // UTF-8, unique in its file
  std::vector<std::int64_t> shape;  // outermost first; {}: a scalar
  std::span<const float> values;    // row-major, as many as the shape says
};

// True when a value is NaN or infinite. As fast as the values come from the
// cache.
[[nodiscard]] bool any_non_finite(std::span<const float> values);

// The first value that is NaN or infinite, counted from 0.
[[nodiscard]] std::optional<std::size_t> first_non_finite(
    std::span<const float> values);

// Writes one file in three moments, so that a save can go on in the background:
// construct (checks all), write_bytes (reads the values), commit (waits for the
// disk). Without commit() no file appears.
class SafetensorsWriter {
 public:
  // The values must stay until write_bytes() has returned.
  // Throws Fault::shape when a shape and the number of its values differ,
  // Fault::data for a name that appears twice or is reserved, and for text that
  // is not UTF-8; Fault::io as AtomicFile does.
  SafetensorsWriter(
      const Destination& destination, const Metadata& metadata,
      std::vector<TensorView> tensors,
      const FileOperations& operations = system_file_operations());

  // Writes everything and computes the checksum on the way. The values are not
  // read any more afterwards. Call once. Throws Fault::io.
  void write_bytes();

  // The file is in place and durable when this returns. Throws Fault::io.
  void commit() { file_.commit(); }

  [[nodiscard]] std::uint64_t file_bytes() const { return file_bytes_; }
  // Eight digits, as in the file, once write_bytes() has returned.
  [[nodiscard]] std::string checksum() const;

 private:
  void append(std::span<const std::byte> bytes);

  std::vector<TensorView> tensors_;
  std::string head_;  // length and header, the checksum's digits still zero
  std::uint64_t file_bytes_;
  std::uint32_t checksum_ = 0;
  AtomicFile file_;
};

struct ReadOptions {
  // False accepts files of other programs, which carry no checksum.
  bool require_checksum = true;
  // True refuses values that are NaN or infinite.
  bool require_finite = false;
  // Called before any value is read, with tensors that have none yet; what it
  // throws refuses the file. Unless the file turns out to be damaged, which is
  // then what is said of it. Empty: any file is welcome.
  std::function<void(const Metadata&, const std::vector<TensorView>&)> accept =
      {};
};

// The content of a checked file, in memory: whatever happens to the file
// afterwards changes nothing. Moves, never copies: a copy of 70 MB should be
// seen in the code that makes it. Immutable, safe for any number of threads.
class SafetensorsFile {
 public:
  // Reads the whole file and verifies its checksum.
  // Throws Fault::io when the file cannot be read, Fault::data when it is
  // damaged, truncated, no safetensors file, holds a tensor that is not F32, or
  // not what the options require; Fault::resource when there is not enough
  // memory; and what options.accept throws.
  explicit SafetensorsFile(std::filesystem::path path,
                           ReadOptions options = {});
  SafetensorsFile(SafetensorsFile&&) = default;
  SafetensorsFile& operator=(SafetensorsFile&&) = default;
  SafetensorsFile(const SafetensorsFile&) = delete;
  SafetensorsFile& operator=(const SafetensorsFile&) = delete;

  // Only reads and verifies, without memory for the values, and returns the
  // checksum, as checksum() does; asks no one whether to accept the file.
  // Throws as the constructor.
  static std::string verify(const std::filesystem::path& path,
                            ReadOptions options = {});

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  // Without the checksum.
  [[nodiscard]] const Metadata& metadata() const { return metadata_; }

  // In the order of their values in the file, and of those in memory.
  [[nodiscard]] const std::vector<TensorView>& tensors() const {
    return tensors_;
  }
  // Null when there is none of this name; lives as long as this object.
  [[nodiscard]] const TensorView* find(std::string_view name) const;

  // False for a file without a checksum. A wrong one is always refused.
  [[nodiscard]] bool verified() const { return !checksum_.empty(); }
  // Eight digits, as in the file; empty when it has none.
  [[nodiscard]] const std::string& checksum() const { return checksum_; }

  // All values, for their next owner: they lie as in a ParameterStore of these
  // tensors. Afterwards tensors() have none.
  [[nodiscard]] std::shared_ptr<float[]> take_values() &&;

 private:
  std::filesystem::path path_;
  Metadata metadata_;
  std::vector<TensorView> tensors_;
  std::string checksum_;
  std::shared_ptr<float[]> values_;  // owns the memory they lie in
};

}  // namespace polytask
