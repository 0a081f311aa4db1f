// Large grey JPEG files made of a few bytes: their headers, and codes of 0.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace polytask::test {

class FlatJpeg {
 public:
  FlatJpeg(int height, int width, bool progressive)
      : blocks_(std::size_t{1} * static_cast<std::size_t>((height + 7) / 8) *
                static_cast<std::size_t>((width + 7) / 8)) {
    using namespace std::string_view_literals;
    text_ += "\xff\xd8"sv;
    text_ += "\xff\xdb\0\x43\0"sv;
    text_ += std::string(64, '\1');
    text_ += progressive ? "\xff\xc2"sv : "\xff\xc0"sv;
    text_ += "\0\x0b\x08"sv;
    text_ += {static_cast<char>(height >> 8), static_cast<char>(height)};
    text_ += {static_cast<char>(width >> 8), static_cast<char>(width)};
    text_ += "\1\1\x11\0"sv;
    // Both tables have one code, 0: no difference of DC; end of block, or of a
    // run of 2^14 and more blocks.
    add_table('\0', '\0');
    add_table('\x10', progressive ? '\xe0' : '\0');
  }

  // Every block: no difference, and nothing else.
  void add_baseline_scan() {
    add_scan(0, 63, 0);
    text_.append(blocks_ / 4 + 1, '\0');
  }
  void add_first_scan() {
    add_scan(0, 0, 0);
    text_.append(blocks_ / 8 + 1, '\0');
  }
  // No coefficient changes; runs of 2^14 blocks in 15 bits each.
  void add_empty_scan() {
    add_scan(1, 63, 0);
    text_.append((blocks_ / (1 << 14) + 1) * 15 / 8 + 1, '\0');
  }

  [[nodiscard]] std::vector<std::byte> finish() {
    text_ += "\xff\xd9";
    const auto* first = reinterpret_cast<const std::byte*>(text_.data());
    return {first, first + text_.size()};
  }

 private:
  // A Huffman table: its one code is a single bit.
  void add_table(char number, char symbol) {
    using namespace std::string_view_literals;
    text_ += "\xff\xc4\0\x14"sv;
    text_ += {number, '\1'};
    text_ += std::string(15, '\0');
    text_ += symbol;
  }

  void add_scan(char first, char last, char bits) {
    using namespace std::string_view_literals;
    text_ += "\xff\xda\0\x08\1\1\0"sv;
    text_ += {first, last, bits};
  }

  std::size_t blocks_;
  std::string text_;
};

}  // namespace polytask::test
