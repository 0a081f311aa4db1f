// Model files: whatever the bytes, a refusal or a model whose network can be
// planned. Changes are sealed again with a checksum that is right, so they
// reach what lies behind it.

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>

#include "polytask/base/crc32c.h"
#include "polytask/checkpoint/model_file.h"
#include "polytask/checkpoint/safetensors_header.h"
#include "polytask/model/model_plan.h"
#include "tests/fuzz/changes.h"
#include "tests/fuzz/fuzz_target.h"

namespace polytask::fuzz {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLengthBytes = 8;

// A safetensors file taken apart.
struct Parts {
  Json header;  // an object with metadata, the checksum first
  std::string values;
};

std::optional<Parts> take_apart(std::string_view bytes) {
  std::uint64_t length = 0;
  if (bytes.size() < kLengthBytes) return std::nullopt;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > bytes.size() - kLengthBytes) return std::nullopt;
  Parts parts{.header = Json::parse(bytes.substr(kLengthBytes, length), nullptr,
                                    /*allow_exceptions=*/false),
              .values = std::string(bytes.substr(kLengthBytes + length))};
  const bool whole =
      parts.header.is_object() && parts.header.contains("__metadata__") &&
      parts.header["__metadata__"].contains(std::string(kChecksumKey));
  if (!whole) return std::nullopt;
  return parts;
}

//   header   JSON, or what a change has made of it
std::string seal(std::string header, const std::string& values) {
  header.append((8 - header.size() % 8) % 8, ' ');
  const std::uint64_t length = header.size();
  std::string bytes(kLengthBytes, '\0');
  std::memcpy(bytes.data(), &length, kLengthBytes);
  bytes += header + values;
  if (!header.starts_with(kChecksumLead)) return bytes;
  if (bytes.size() < kChecksumOffset + kChecksumDigits) return bytes;
  bytes.replace(kChecksumOffset, kChecksumDigits, kChecksumDigits, '0');
  const std::string digits =
      hex_digits(crc32c(std::as_bytes(std::span(bytes))));
  return bytes.replace(kChecksumOffset, kChecksumDigits, digits);
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// One of its numbers becomes one that a hostile file might state.
void change_number(std::string& text, std::minstd_rand& random) {
  constexpr std::array<const char*, 16> kExtremes{
      "0",          "-1",
      "1",          "2",
      "15",         "16",
      "255",        "1000",
      "65535",      "65536",
      "2147483647", "2147483648",
      "4294967295", "9223372036854775807",
      "1e300",      "nan"};
  if (text.empty()) return;
  const auto is_digit = [](char c) { return std::isdigit(c & 0x7F) != 0; };
  const auto from =
      text.begin() + static_cast<std::ptrdiff_t>(random() % text.size());
  const auto begin = std::find_if(from, text.end(), is_digit);
  const auto end = std::find_if_not(begin, text.end(), is_digit);
  text.replace(begin, end, kExtremes[random() % kExtremes.size()]);
}

void change_metadata(Json& metadata, std::minstd_rand& random) {
  std::string key = "polytask.model";
  if (random() % 4 == 0) {
    auto entry = metadata.begin();
    std::advance(entry, random() % metadata.size());
    key = entry.key();
  }
  const auto found = metadata.find(key);
  if (key == kChecksumKey || found == metadata.end() || !found->is_string()) {
    return;
  }
  auto& text = found->get_ref<std::string&>();
  random() % 2 == 0 ? change_bytes(text) : change_number(text, random);
}

std::string changed(Parts parts, std::minstd_rand& random) {
  const auto what = random() % 8;
  if (what < 4) change_metadata(parts.header["__metadata__"], random);
  if (what == 4) change_bytes(parts.values);
  std::string header = dump(parts.header);
  if (what == 5) change_number(header, random);
  if (what > 5) change_bytes(header);
  return seal(std::move(header), parts.values);
}

}  // namespace
}  // namespace polytask::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data,
                                               std::size_t size,
                                               std::size_t max_size,
                                               unsigned seed) {
  using namespace polytask::fuzz;
  std::minstd_rand random(seed);
  auto parts = take_apart(text_of(data, size));
  if (!parts || random() % 16 == 0) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  return put_changed(changed(std::move(*parts), random), data, size, max_size);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace polytask;
  const fuzz::MemoryFile file({data, size});
  fuzz::expect_answer_or_refusal([&] {
    const Model model = load_model(file.path());
    (void)plan_model(model, {});
  });
  return 0;
}
