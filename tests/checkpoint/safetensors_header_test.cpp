#include "polytask/checkpoint/safetensors_header.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

using test::TemporaryFolder;

const std::string damaged =
    "; the file is damaged: copy it again, or use an older checkpoint";

void expect_refused(const std::string& json, const std::string& text) {
  test::expect_error(Fault::data, "m: " + text,
                     [&] { (void)parse_header(json, "m"); });
}

std::string tensor(const std::string& name, const std::string& shape,
                   const std::string& offsets) {
  return cat('"', name, R"(":{"dtype":"F32","shape":)", shape,
             R"(,"data_offsets":)", offsets, "}");
}

TEST(SafetensorsHeader, TensorsMayStandInAnyOrderOfTheText) {
  const Header header = parse_header("{" + tensor("b", "[1]", "[8,12]") + "," +
                                         tensor("a", "[2]", "[0,8]") + "}   ",
                                     "m");
  EXPECT_EQ(header.tensors[0].name, "a");
  EXPECT_EQ(header.tensors[1].name, "b");
  EXPECT_EQ(header.value_bytes, 12u);
}

TEST(SafetensorsHeader, OverlapsAndHolesAreRefused) {
  expect_refused(
      "{" + tensor("a", "[2]", "[0,8]") + "," + tensor("b", "[1]", "[4,8]") +
          "}",
      "header: tensor \"b\": expected values from byte 8 on, found 4 (an "
      "overlap or a hole)" +
          damaged);
  expect_refused(
      "{" + tensor("a", "[2]", "[0,8]") + "," + tensor("b", "[1]", "[12,16]") +
          "}",
      "header: tensor \"b\": expected values from byte 8 on, found 12 (an "
      "overlap or a hole)" +
          damaged);
  expect_refused("{" + tensor("a", "[1]", "[4,8]") + "}",
                 "header: tensor \"a\": expected values from byte 0 on, found "
                 "4 (an overlap or a hole)" +
                     damaged);
}

TEST(SafetensorsHeader, ShapeAndBytesMustFit) {
  expect_refused("{" + tensor("a", "[2,3]", "[0,20]") + "}",
                 "header: tensor \"a\": the shape [2,3] does not fit the "
                 "bytes 0 to 20" +
                     damaged);
  expect_refused("{" + tensor("a", "[0]", "[0,18446744073709551615]") + "}",
                 "header: tensor \"a\": the shape [0] does not fit the bytes "
                 "0 to 18446744073709551615" +
                     damaged);
  // The product is 2^64 + 4 bytes, which is 4 in 64 bits.
  expect_refused("{" + tensor("a", "[4611686018427387905]", "[0,4]") + "}",
                 "header: tensor \"a\": the shape [4611686018427387905] does "
                 "not fit the bytes 0 to 4" +
                     damaged);
  // 2^32 * 2^30 * 4 bytes is 0 in 64 bits.
  expect_refused("{" + tensor("a", "[4294967296,1073741824]", "[0,0]") + "}",
                 "header: tensor \"a\": the shape [4294967296,1073741824] "
                 "does not fit the bytes 0 to 0" +
                     damaged);
}

TEST(SafetensorsHeader, AnEndBeforeItsBeginIsRefused) {
  expect_refused("{" + tensor("a", "[2]", "[0,8]") + "," +
                     tensor("b", "[0]", "[8,4]") + "}",
                 "header: tensor \"b\": the shape [0] does not fit the bytes 8 "
                 "to 4" +
                     damaged);
}

// Three tensors whose ends go once around 64 bits and fit a file of 4 bytes.
TEST(SafetensorsHeader, OffsetsThatWrapAroundAreRefused) {
  const std::string half = "9223372036854775804";    // 2^63 - 4
  const std::string whole = "18446744073709551608";  // 2^64 - 8
  const std::string floats = "[2305843009213693951]";
  expect_refused("{" + tensor("a", floats, "[0," + half + "]") + "," +
                     tensor("b", floats, "[" + half + "," + whole + "]") + "," +
                     tensor("c", "[3]", "[" + whole + ",4]") + "}",
                 "header: tensor \"c\": the shape [3] does not fit the bytes " +
                     whole + " to 4" + damaged);
}

TEST(SafetensorsHeader, KeysThatAppearTwiceAreRefused) {
  const std::string twice = " is unknown or appears twice" + damaged;
  const std::string a = tensor("a", "[0]", "[0,0]");
  expect_refused("{" + a + "," + a + "}", "header: key \"a\"" + twice);
  expect_refused(R"({"__metadata__":{},"__metadata__":{}})",
                 "header: key \"__metadata__\"" + twice);
  expect_refused(R"({"__metadata__":{"k":"1","k":"2"}})",
                 "header: key \"k\"" + twice);
  expect_refused(R"({"a":{"dtype":"F32","dtype":"F32"}})",
                 "header: key \"dtype\"" + twice);
  expect_refused(R"({"a":{"stride":[1]}})", "header: key \"stride\"" + twice);
}

TEST(SafetensorsHeader, AnotherTypeOfTensorIsNamed) {
  expect_refused(
      R"({"ids":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}})",
      "tensor \"ids\": expected values of type F32, found \"I64\"; convert the "
      "file to 32-bit floats");
}

TEST(SafetensorsHeader, MissingFieldsAreRefused) {
  const std::string text =
      "header: tensor \"a\": expected dtype, shape and two data_offsets" +
      damaged;
  expect_refused(R"({"a":{}})", text);
  expect_refused(R"({"a":{"dtype":"F32","shape":[0]}})", text);
  expect_refused("{" + tensor("a", "[0]", "[0]") + "}", text);
  expect_refused("{" + tensor("a", "[0]", "[]") + "}", text);
}

TEST(SafetensorsHeader, EveryOtherTypeOfValueIsRefused) {
  const std::string none = ", where safetensors has none" + damaged;
  const auto refused = [&](const std::string& json, const std::string& found) {
    expect_refused(json, "header: found " + found + none);
  };
  refused(R"({"a":null})", "null at key \"a\"");
  refused(R"({"a":true})", "true or false at key \"a\"");
  refused(R"({"a":"b"})", "a text at key \"a\"");
  refused(R"({"a":1})", "a number at key \"a\"");
  refused(R"({"a":[]})", "a list at key \"a\"");
  refused(R"({"__metadata__":{"k":{}}})", "an object at key \"k\"");
  refused(R"({"__metadata__":{"k":1}})", "a number at key \"k\"");
  refused("{" + tensor("a", "[-1]", "[0,0]") + "}",
          "a negative number at key \"shape\"");
  refused("{" + tensor("a", "[1.5]", "[0,0]") + "}",
          "a number that is not whole or too large at key \"shape\"");
  refused("{" + tensor("a", "[18446744073709551616]", "[0,0]") + "}",
          "a number that is not whole or too large at key \"shape\"");
  refused("{" + tensor("a", "[9223372036854775808]", "[0,0]") + "}",
          "too large a shape at key \"shape\"");
  refused("{" + tensor("a", "[0]", "[0,0,0]") + "}",
          "a number at key \"data_offsets\"");
  refused("{" + tensor("a", "[[0]]", "[0,0]") + "}", "a list at key \"shape\"");
  refused("[]", "a list");
}

TEST(SafetensorsHeader, DeepNestingIsRefusedAtItsFirstStep) {
  expect_refused(R"({"a":)" + std::string(1'000'000, '['),
                 "header: found a list at key \"a\", where safetensors has "
                 "none" +
                     damaged);
  std::string objects = R"({"__metadata__":)";
  for (int i = 0; i < 100'000; ++i) objects += R"({"a":)";
  expect_refused(objects,
                 "header: found an object at key \"a\", where "
                 "safetensors has none" +
                     damaged);
}

// Of which a gigabyte of bookkeeping could be made.
TEST(SafetensorsHeader, TooManyTextsAndTensorsAreRefused) {
  std::string texts = R"({"__metadata__":{"0":"")";
  for (int i = 1; i < 5000; ++i) texts += cat(",\"", i, R"(":"")");
  expect_refused(texts + "}}",
                 "header: found more than 4096 texts at key \"4096\", where "
                 "safetensors has none" +
                     damaged);
  std::string tensors = "{" + tensor("0", "[0]", "[0,0]");
  for (int i = 1; i < 70'000; ++i) {
    tensors += "," + tensor(std::to_string(i), "[0]", "[0,0]");
  }
  expect_refused(tensors + "}",
                 "header: found more than 65536 tensors at key \"65536\", "
                 "where safetensors has none" +
                     damaged);
}

TEST(SafetensorsHeader, TooManyAxesAreRefused) {
  std::string axes = "1";
  for (int i = 0; i < 100; ++i) axes += ",1";
  expect_refused("{" + tensor("a", "[" + axes + "]", "[0,4]") + "}",
                 "header: found too large a shape at key \"shape\", where "
                 "safetensors has none" +
                     damaged);
}

TEST(SafetensorsHeader, BadJsonSaysAtWhichByteOfTheFile) {
  expect_refused("{\"a\"}", "header: not JSON at byte 12" + damaged);
  expect_refused("{} x", "header: not JSON at byte 11" + damaged);
  expect_refused("{\"\xFF\":1}", "header: not JSON at byte 10" + damaged);
}

TEST(SafetensorsHeader, NamesReachMessagesEscapedAndCut) {
  EXPECT_EQ(in_quotes("a\x1B[31m\n\xC3\xA4\xFF"),
            "\"a\\u001b[31m\\n\\u00e4\\ufffd\"");
  EXPECT_EQ(in_quotes(std::string(1000, 'n')),
            "\"" + std::string(80, 'n') + "\"...");
}

// A file with this length field and rest.
void expect_file_refused(std::uint64_t length, const std::string& rest,
                         const std::string& text) {
  const TemporaryFolder folder;
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  test::write_bytes(folder / "m", bytes + rest);
  test::expect_error(Fault::data, (folder / "m").string() + ": " + text, [&] {
    SafetensorsFile(folder / "m", {.require_checksum = false});
  });
}

TEST(SafetensorsHeader, ALyingLengthIsRefused) {
  const std::string range =
      "not a safetensors file: expected a header of 2 to 33554432 bytes, "
      "found ";
  expect_file_refused(0, "{}", range + "0 at byte 0" + damaged);
  expect_file_refused(std::uint64_t{1} << 63, "{}",
                      range + "9223372036854775808 at byte 0" + damaged);
  expect_file_refused(~std::uint64_t{0}, "{}",
                      range + "18446744073709551615 at byte 0" + damaged);
  expect_file_refused(std::uint64_t{32} << 20, "{}",
                      "the file is damaged or truncated: 10 of 33554440 bytes "
                      "are there; copy it again, or use an older checkpoint");
  expect_file_refused(
      2, "[]",
      "not a safetensors file: expected \"{\" at byte 8, found \"[\"" +
          damaged);
}

TEST(SafetensorsHeader, ExtraBytesAreRefused) {
  expect_file_refused(2, "{}1234", "expected 10 bytes, found 14" + damaged);
}

void write_foreign(const std::filesystem::path& path,
                   const std::string& header) {
  std::string bytes(8, '\0');
  bytes[0] = static_cast<char>(header.size());
  test::write_bytes(path, bytes + header + std::string(3, '\0') + '\x3F');
}

TEST(SafetensorsHeader, AFileOfAnotherProgramIsReadOnDemand) {
  for (const std::string padding : {"", " ", "  ", "   "}) {
    const TemporaryFolder folder;
    write_foreign(folder / "m",
                  "{" + tensor("t", "[1]", "[0,4]") + "}" + padding);
    test::expect_error(
        Fault::data,
        (folder / "m").string() +
            ": it has no checksum of polytask's, so nothing proves that it is "
            "whole; save it with polytask, or use another file",
        [&] { SafetensorsFile(folder / "m"); });
    const SafetensorsFile file(folder / "m", {.require_checksum = false});
    EXPECT_FALSE(file.verified());
    EXPECT_EQ(file.find("t")->values[0], 0.5f);
  }
}

// Other programs keep metadata they do not know when they rewrite a file.
TEST(SafetensorsHeader, AnInheritedChecksumProvesNothing) {
  const TemporaryFolder folder;
  write_foreign(
      folder / "m",
      "{" + tensor("t", "[1]", "[0,4]") +
          R"(,"__metadata__":{"polytask.checksum":"crc32c:12345678"}})");
  const SafetensorsFile file(folder / "m", {.require_checksum = false});
  EXPECT_FALSE(file.verified());
  EXPECT_TRUE(file.metadata().empty());
}

// Pieces of valid headers, cut, doubled and overwritten at random: whatever
// comes, it is read or refused.
TEST(SafetensorsHeader, NoMutationDoesAnythingButFail) {
  constexpr unsigned kSeed = 7;
  std::mt19937 random(kSeed);
  const std::string good = R"({"__metadata__":{"a":"b"},)" +
                           tensor("a", "[2]", "[0,8]") + "," +
                           tensor("b", "[1,2]", "[8,16]") + "}";
  const std::string spice = "{}[]\",:0189-\\ue\x01\x80\xFF";
  int refused = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string bad = good;
    for (unsigned edit = 0; edit <= random() % 3; ++edit) {
      const std::size_t at = random() % bad.size();
      const std::size_t n = 1 + random() % 6;
      const auto kind = random() % 3;
      if (kind == 0) bad[at] = spice[random() % spice.size()];
      if (kind == 1) bad.erase(at, n);
      if (kind == 2) bad.insert(random() % bad.size(), bad.substr(at, n));
      if (bad.empty()) bad = "{";
    }
    try {
      (void)parse_header(bad, "m");
    } catch (const Error& e) {
      EXPECT_EQ(e.fault(), Fault::data);
      ++refused;
    }
  }
  EXPECT_GT(refused, 3000);
}

}  // namespace
}  // namespace polytask
