#include "polytask/base/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace polytask {
namespace {

constexpr std::uint32_t kReflectedPolynomial = 0x82F63B78;

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? kReflectedPolynomial : 0);
    }
    table[byte] = crc;
  }
  return table;
}

std::uint32_t by_table(std::span<const std::byte> bytes, std::uint32_t crc) {
  static constexpr std::array<std::uint32_t, 256> kTable = make_table();
  for (const std::byte b : bytes) {
    crc = (crc >> 8) ^ kTable[(crc ^ static_cast<std::uint32_t>(b)) & 0xFF];
  }
  return crc;
}

#if defined(__x86_64__)
// What becomes of each bit of the sum where zeros follow; a sum is the
// exclusive or of its bits, and so is what becomes of it.
using ZerosBehind = std::array<std::uint32_t, 32>;

constexpr std::uint32_t behind(const ZerosBehind& zeros, std::uint32_t crc) {
  std::uint32_t sum = 0;
  for (const std::uint32_t becomes : zeros) {
    sum ^= (crc & 1) != 0 ? becomes : 0;
    crc >>= 1;
  }
  return sum;
}

// Of 2^doublings bytes.
constexpr ZerosBehind make_zeros_behind(int doublings) {
  ZerosBehind zeros{};
  for (std::size_t bit = 0; bit < zeros.size(); ++bit) {
    const std::uint32_t crc = std::uint32_t{1} << bit;
    zeros[bit] = (crc >> 8) ^ make_table()[crc & 0xFF];
  }
  for (int i = 0; i < doublings; ++i) {
    const ZerosBehind half = zeros;
    for (std::uint32_t& becomes : zeros) becomes = behind(half, becomes);
  }
  return zeros;
}

// One instruction for eight bytes, where the processor has it. It takes three
// clock ticks and a new one can begin with each, so three stretches are summed
// at a time.
__attribute__((target("sse4.2"))) std::uint32_t by_instruction(
    std::span<const std::byte> bytes, std::uint32_t crc) {
  constexpr int kDoublings = 13;
  constexpr std::size_t kStretch = std::size_t{1} << kDoublings;
  static constexpr ZerosBehind kZeros = make_zeros_behind(kDoublings);
  const auto word = [](const std::byte* from) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, from, sizeof eight);
    return eight;
  };
  while (bytes.size() >= 3 * kStretch) {
    std::uint64_t a = crc;
    std::uint64_t b = 0;
    std::uint64_t c = 0;
    const std::byte* at = bytes.data();
    for (std::size_t i = 0; i < kStretch; i += 8, at += 8) {
      a = _mm_crc32_u64(a, word(at));
      b = _mm_crc32_u64(b, word(at + kStretch));
      c = _mm_crc32_u64(c, word(at + 2 * kStretch));
    }
    crc = behind(kZeros, static_cast<std::uint32_t>(a)) ^
          static_cast<std::uint32_t>(b);
    crc = behind(kZeros, crc) ^ static_cast<std::uint32_t>(c);
    bytes = bytes.subspan(3 * kStretch);
  }
  std::uint64_t wide = crc;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    wide = _mm_crc32_u64(wide, word(bytes.data() + i));
  }
  crc = static_cast<std::uint32_t>(wide);
  for (; i < bytes.size(); ++i) {
    crc = _mm_crc32_u8(crc, static_cast<unsigned char>(bytes[i]));
  }
  return crc;
}
#endif

}  // namespace

std::uint32_t crc32c_by_table(std::span<const std::byte> bytes,
                              std::uint32_t before) {
  return ~by_table(bytes, ~before);
}

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before) {
  const std::uint32_t start = ~before;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) return ~by_instruction(bytes, start);
#endif
  return ~by_table(bytes, start);
}

}  // namespace polytask
