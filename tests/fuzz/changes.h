// What mutators that know a format share: they take a file apart, change one
// part and put it together again, so that the change reaches what lies behind
// the checks of lengths and checksums.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size,
                                        std::size_t max_size);

namespace polytask::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// A change that knows nothing of the format.
inline void change_bytes(std::string& text) {
  constexpr std::size_t kGrowth = 64;
  const std::size_t size = text.size();
  text.resize(size + kGrowth);
  text.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(text.data()),
                               size, text.size()));
}

// Numbers of `bytes` bytes, the first the highest, at `at`.
inline void put_number(std::string& text, std::size_t at, std::size_t bytes,
                       std::uint64_t number) {
  for (std::size_t i = 0; i < bytes; ++i) {
    text[at + i] = static_cast<char>(number >> 8 * (bytes - 1 - i));
  }
}
inline std::uint64_t number_at(std::string_view text, std::size_t at,
                               std::size_t bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes; ++i) {
    number = number << 8 | static_cast<unsigned char>(text[at + i]);
  }
  return number;
}

// A side of an image that a hostile file might state.
inline std::uint64_t draw_side(std::minstd_rand& random) {
  constexpr std::uint64_t kSides[] = {
      0,     1,     2,     3,          7,          8,         9,
      15,    16,    17,    255,        256,        257,       4096,
      65535, 65536, 99999, 0x7fffffff, 0x80000000, 0xffffffff};
  return kSides[random() % std::size(kSides)];
}

// One of the parts is lost, doubled, or changes places with another one.
template <class Parts>
void change_order(Parts& parts, std::minstd_rand& random) {
  if (parts.empty()) return;
  const auto at = [&] {
    return parts.begin() + static_cast<std::ptrdiff_t>(random() % parts.size());
  };
  switch (random() % 3) {
    case 0:
      parts.erase(at());
      return;
    case 1: {
      const auto copy = *at();
      parts.insert(at(), copy);
      return;
    }
    default:
      std::iter_swap(at(), at());
  }
}

// The answer of a mutator: `changed`, or where it has become too long, a change
// that knows nothing.
inline std::size_t put_changed(const std::string& changed, std::uint8_t* data,
                               std::size_t size, std::size_t max_size) {
  if (changed.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::ranges::copy(changed, data);
  return changed.size();
}

}  // namespace polytask::fuzz
