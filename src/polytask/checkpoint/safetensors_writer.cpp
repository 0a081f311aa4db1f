#include <algorithm>
#include <bit>

#include "polytask/base/crc32c.h"
#include "polytask/checkpoint/safetensors.h"
#include "polytask/checkpoint/safetensors_header.h"

namespace polytask {
namespace {

static_assert(std::endian::native == std::endian::little,
              "values are written as they lie in memory");

// Small enough to stay in a core's cache between checksum and write.
constexpr std::size_t kBlockBytes = std::size_t{256} << 10;

std::uint64_t total_bytes(std::size_t head,
                          const std::vector<TensorView>& tensors) {
  std::uint64_t bytes = head;
  for (const TensorView& tensor : tensors) bytes += tensor.values.size_bytes();
  return bytes;
}

}  // namespace

SafetensorsWriter::SafetensorsWriter(const Destination& destination,
                                     const Metadata& metadata,
                                     std::vector<TensorView> tensors,
                                     const FileOperations& operations)
    : tensors_(std::move(tensors)),
      head_(format_header(metadata, tensors_, destination.path().string())),
      file_bytes_(total_bytes(head_.size(), tensors_)),
      file_(destination, operations) {}

void SafetensorsWriter::write_bytes() {
  file_.reserve(file_bytes_);
  append(std::as_bytes(std::span(head_)));
  for (const TensorView& tensor : tensors_) {
    append(std::as_bytes(tensor.values));
  }
  const std::string digits = checksum();
  file_.overwrite(kChecksumOffset, std::as_bytes(std::span(digits)));
  tensors_.clear();
}

std::string SafetensorsWriter::checksum() const {
  return hex_digits(checksum_);
}

void SafetensorsWriter::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto block = bytes.first(std::min(kBlockBytes, bytes.size()));
    checksum_ = crc32c(block, checksum_);
    file_.write(block);
    bytes = bytes.subspan(block.size());
  }
}

}  // namespace polytask
