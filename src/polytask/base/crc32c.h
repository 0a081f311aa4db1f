// CRC-32C (Castagnoli), the checksum of model files and event files.
//
// Polynomial 0x1EDC6F41, reflected, initial value and final xor 0xFFFFFFFF:
// crc32c("123456789") = 0xE3069283. Detects every burst up to 32 bits.
// Source: RFC 3720, appendix B.4.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace polytask {

// The checksum of `bytes`, continuing from that of what came before them:
// crc32c(b, crc32c(a)) is the checksum of a followed by b.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes,
                                   std::uint32_t before = 0);

// The same on any processor, several times slower: what crc32c falls back to
// and is tested against.
[[nodiscard]] std::uint32_t crc32c_by_table(std::span<const std::byte> bytes,
                                            std::uint32_t before = 0);

}  // namespace polytask
