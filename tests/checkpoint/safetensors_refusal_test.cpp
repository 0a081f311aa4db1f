// Files that are not what was written, and files that are too much.

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <fstream>
#include <numeric>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "tests/checkpoint/safetensors_files.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;
using test::bits_of;
using test::kBias;
using test::kWeight;
using test::read_bytes;
using test::save;
using test::save_small;
using test::TemporaryFolder;

// What is said of a file, whether its values are wanted or not; "" when it is
// good.
std::string why_refused(const fs::path& path, ReadOptions options = {}) {
  const auto said = [&](auto read) -> std::string {
    try {
      read();
      return "";
    } catch (const Error& e) {
      EXPECT_EQ(e.fault(), Fault::data) << e.what();
      return e.what();
    }
  };
  const std::string text = said([&] { SafetensorsFile(path, options); });
  EXPECT_EQ(said([&] { SafetensorsFile::verify(path, options); }), text);
  if (text.empty()) return "";
  const std::string place = path.string() + ": ";
  EXPECT_TRUE(text.starts_with(place)) << text;
  return text.substr(place.size());
}

// Longer than a block, so that the checksum goes on from one to the next.
TEST(SafetensorsRefusal, LongTensorsAreReadAndVerifiedInBlocks) {
  const TemporaryFolder folder;
  std::vector<float> values(300'001);
  std::iota(values.begin(), values.end(), 0.0f);
  save(folder / "m", {}, {{"short", {1}, kBias}, {"long", {300'001}, values}});
  EXPECT_EQ(bits_of(SafetensorsFile(folder / "m").find("long")->values),
            bits_of(values));
  SafetensorsFile::verify(folder / "m");
  std::string bytes = read_bytes(folder / "m");
  for (const std::size_t back : {1, 300'000, 600'000, 900'000, 1'200'000}) {
    bytes[bytes.size() - back] ^= 1;
    test::write_bytes(folder / "m", bytes);
    EXPECT_NE(why_refused(folder / "m"), "") << back << " bytes from the end";
    bytes[bytes.size() - back] ^= 1;
  }
}

TEST(SafetensorsRefusal, EveryChangedByteIsDetected) {
  const TemporaryFolder folder;
  save_small(folder / "m");
  const std::string good = read_bytes(folder / "m");
  std::fstream file(folder / "m",
                    std::ios::binary | std::ios::in | std::ios::out);
  const auto put = [&](std::size_t at, int byte) {
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(byte)).flush();
  };
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const int flip : {0x01, 0x20, 0x80, 0xFF}) {
      put(at, good[at] ^ flip);
      ASSERT_NE(why_refused(folder / "m"), "") << at << " ^ " << flip;
    }
    put(at, good[at]);
  }
  EXPECT_EQ(why_refused(folder / "m"), "");
}

TEST(SafetensorsRefusal, EveryTruncationIsDetected) {
  const TemporaryFolder folder;
  save_small(folder / "m");
  const ReadOptions any{.require_checksum = false};
  const std::uint64_t whole = fs::file_size(folder / "m");
  fs::resize_file(folder / "m", whole + 1);
  EXPECT_NE(why_refused(folder / "m", any), "");
  for (std::uint64_t length = whole; length-- > 0;) {
    fs::resize_file(folder / "m", length);
    EXPECT_NE(why_refused(folder / "m", any), "") << length;
  }
}

TEST(SafetensorsRefusal, ATruncatedFileSaysHowMuchIsThere) {
  const TemporaryFolder folder;
  save(folder / "m", {}, {{"t", {2}, std::span(kWeight).first(2)}});
  const std::string good = read_bytes(folder / "m");
  ASSERT_EQ(good.size(), 128u);
  test::write_bytes(folder / "m", good.substr(0, 123));
  EXPECT_EQ(why_refused(folder / "m"),
            "the file is damaged or truncated: 123 of 128 bytes are there; "
            "copy it again, or use an older checkpoint");
  test::write_bytes(folder / "m", good.substr(0, 100));
  EXPECT_EQ(why_refused(folder / "m"),
            "the file is damaged or truncated: 100 of 120 bytes are there; "
            "copy it again, or use an older checkpoint");
  test::write_bytes(folder / "m", "");
  EXPECT_EQ(why_refused(folder / "m"),
            "the file is damaged or truncated: 0 of 10 bytes are there; copy "
            "it again, or use an older checkpoint");
}

TEST(SafetensorsRefusal, AChangedValueIsAWrongChecksum) {
  const TemporaryFolder folder;
  save(folder / "m", {{"a", "b"}}, {{"t", {1}, kBias}});
  std::string bytes = read_bytes(folder / "m");
  bytes[bytes.size() - 1] = '\x3F';  // -0.5 becomes 0.5
  test::write_bytes(folder / "m", bytes);
  EXPECT_EQ(why_refused(folder / "m"),
            "expected the checksum \"367bb987\", found \"b48d82ff\"; the file "
            "is damaged: copy it again, or use an older checkpoint");
}

TEST(SafetensorsRefusal, AMissingFileAndAFolderAreInputErrors) {
  test::expect_error(Fault::io, "/nowhere/m: no such file",
                     [] { SafetensorsFile("/nowhere/m"); });
  test::expect_error(Fault::io,
                     "/: expected a file, found a folder; name the "
                     "safetensors file itself",
                     [] { SafetensorsFile("/"); });
  test::expect_error(Fault::io,
                     "/dev/zero: expected a file, found a device; name the "
                     "safetensors file itself",
                     [] { SafetensorsFile("/dev/zero"); });
}

TEST(SafetensorsRefusal, APipeIsRefusedWithoutWaitingForAWriter) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "m").c_str(), 0600), 0);
  test::expect_error_parts(Fault::io, {"m: expected a file, found a device"},
                           [&] { SafetensorsFile(folder / "m"); });
}

// 8 TiB, nearly all of it a hole.
TEST(SafetensorsRefusal, AFileLargerThanTheMemoryIsNamed) {
  if (read_bytes("/proc/sys/vm/overcommit_memory") == "1\n") {
    GTEST_SKIP() << "this system promises any memory that it is asked for";
  }
  const TemporaryFolder folder;
  const std::string json = R"({"t":{"dtype":"F32","shape":[2199023255552],)"
                           R"("data_offsets":[0,8796093022208]}})";
  std::string head(8, '\0');
  head[0] = static_cast<char>(json.size());
  test::write_bytes(folder / "m", head + json);
  std::error_code no_room;
  fs::resize_file(folder / "m", 8 + json.size() + 8796093022208, no_room);
  if (no_room) GTEST_SKIP() << "no file of 8 TiB can be here";
  test::expect_error(
      Fault::resource,
      cat((folder / "m").string(),
          ": expected memory for its values, 8388608 MiB, and the system has "
          "not so much; close other programs, or use a larger machine"),
      [&] { SafetensorsFile(folder / "m", {.require_checksum = false}); });
}

}  // namespace
}  // namespace polytask
