#include "polytask/base/crc32c.h"

#include <gtest/gtest.h>

#include <random>
#include <string_view>
#include <vector>

namespace polytask {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::vector<std::byte> ramp(int count) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::byte>(i);
  }
  return bytes;
}

TEST(Crc32c, CheckValueOfTheAlgorithm) {
  EXPECT_EQ(crc32c(bytes_of("123456789")), 0xE3069283);
}

TEST(Crc32c, NothingHasZero) { EXPECT_EQ(crc32c({}), 0u); }

// RFC 3720, B.4: 32 bytes of zeros, of ones, and ascending.
TEST(Crc32c, VectorsOfTheStandard) {
  EXPECT_EQ(crc32c(std::vector<std::byte>(32, std::byte{0})), 0x8A9136AA);
  EXPECT_EQ(crc32c(std::vector<std::byte>(32, std::byte{0xFF})), 0x62A8AB43);
  EXPECT_EQ(crc32c(ramp(32)), 0x46DD794E);
}

TEST(Crc32c, TableHasTheCheckValueToo) {
  EXPECT_EQ(crc32c_by_table(bytes_of("123456789")), 0xE3069283);
}

TEST(Crc32c, ContinuesFromWhatCameBefore) {
  const std::vector<std::byte> all = ramp(100);
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    const std::span whole(all);
    EXPECT_EQ(crc32c(whole.subspan(cut), crc32c(whole.first(cut))), crc32c(all))
        << "cut at " << cut;
  }
}

TEST(Crc32c, InstructionEqualsTableAtEveryOffsetAndLength) {
  const std::vector<std::byte> all = ramp(64);
  for (std::size_t offset = 0; offset < 9; ++offset) {
    for (std::size_t length = 0; length + offset <= all.size(); ++length) {
      const auto part = std::span(all).subspan(offset, length);
      ASSERT_EQ(crc32c(part, 7), crc32c_by_table(part, 7))
          << offset << " " << length;
    }
  }
}

// From 24 KiB on, three stretches of 8 KiB are summed at a time.
TEST(Crc32c, InstructionEqualsTableWhereItIsLong) {
  std::mt19937 random(1);
  std::vector<std::byte> all(120'000);
  for (std::byte& b : all) b = static_cast<std::byte>(random());
  for (const std::size_t around : {3 << 13, 6 << 13, 9 << 13, 12 << 13}) {
    for (std::size_t length = around - 9; length <= around + 9; ++length) {
      const auto part = std::span(all).subspan(length % 8, length);
      ASSERT_EQ(crc32c(part, 7), crc32c_by_table(part, 7)) << length;
    }
  }
}

}  // namespace
}  // namespace polytask
