// The header of a safetensors file: text to values and back.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "polytask/checkpoint/safetensors.h"

namespace polytask {

// A header may not be longer, and not hold more texts or tensors. The format
// allows more; a model needs a thousandth.
inline constexpr std::uint64_t kMaxHeaderBytes = std::uint64_t{32} << 20;
inline constexpr std::size_t kMaxTexts = 4096;
inline constexpr std::size_t kMaxTensors = 65'536;

// What stands before the eight digits of the checksum, right after the length.
inline constexpr std::string_view kChecksumKey = "polytask.checksum";
inline constexpr std::string_view kChecksumLead =
    R"({"__metadata__":{"polytask.checksum":"crc32c:)";
inline constexpr std::size_t kChecksumOffset = 8 + kChecksumLead.size();
inline constexpr std::size_t kChecksumDigits = 8;

// How a message about a file that is not what was written ends.
inline constexpr std::string_view kDamageAdvice =
    "; the file is damaged: copy it again, or use an older checkpoint";

// One tensor as the header describes it; begin and end count bytes from the
// first value of the first tensor.
struct HeaderTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct Header {
  Metadata metadata;                  // everything, the checksum too
  std::vector<HeaderTensor> tensors;  // ascending, without overlap or hole
  std::uint64_t value_bytes = 0;      // of all tensors
};

// `place` begins every message: the file. Throws Fault::data.
[[nodiscard]] Header parse_header(std::string_view json,
                                  const std::string& place);

// The length and the header, with zeros for the checksum's digits. The tensors
// are laid out in the given order. Throws as SafetensorsWriter's constructor.
[[nodiscard]] std::string format_header(const Metadata& metadata,
                                        const std::vector<TensorView>& tensors,
                                        const std::string& place);

// The checksum's digits: eight of 0123456789abcdef, the highest first.
[[nodiscard]] std::string hex_digits(std::uint32_t checksum);

// In quotes, with everything but printable ASCII escaped and the end cut when
// long: a name from a file must not reach a terminal as it is.
[[nodiscard]] std::string in_quotes(std::string_view name);

// Product of the axes times 4, or nothing when it does not fit 63 bits or an
// axis is negative.
[[nodiscard]] std::optional<std::uint64_t> bytes_of_shape(
    const std::vector<std::int64_t>& shape);

}  // namespace polytask
