#include "polytask/checkpoint/safetensors_header.h"

#include <algorithm>
#include <limits>
#include <set>

#include "polytask/base/error.h"
#include "polytask/base/json.h"
#include "polytask/base/text.h"
#include "polytask/checkpoint/safetensors_header_reader.h"

namespace polytask {
namespace {

constexpr std::string_view kMetadata = "__metadata__";

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::vector<std::string> axes;
  axes.reserve(shape.size());
  for (const std::int64_t axis : shape) axes.push_back(std::to_string(axis));
  return cat("[", join(axes, ","), "]");
}

// A JSON string, quotes included.
std::string json_string(const std::string& text, const std::string& place) {
  if (auto quoted = exact_json(text)) return *quoted;
  throw Error(Fault::data, cat(place, ": expected UTF-8, found other bytes in ",
                               in_quotes(text), "; write the text as UTF-8"));
}

std::string metadata_entries(const Metadata& metadata,
                             const std::string& place) {
  std::string text;
  for (const auto& [key, value] : metadata) {
    if (key == kChecksumKey) {
      throw Error(Fault::data, cat(place, ": the metadata key ", in_quotes(key),
                                   " is reserved; choose another"));
    }
    text += cat(",", json_string(key, place), ":", json_string(value, place));
  }
  return text;
}

void check_tensor(const TensorView& tensor, std::set<std::string>& names,
                  const std::string& place) {
  if (tensor.name == kMetadata || !names.insert(tensor.name).second) {
    throw Error(Fault::data,
                cat(place, ": the tensor name ", in_quotes(tensor.name),
                    " is taken; give each tensor its own"));
  }
  if (bytes_of_shape(tensor.shape) == tensor.values.size_bytes()) return;
  throw Error(Fault::shape, cat(place, ": tensor ", in_quotes(tensor.name),
                                ": expected values "
                                "of shape ",
                                shape_text(tensor.shape), ", got ",
                                tensor.values.size(), " values"));
}

std::string tensor_entry(const TensorView& tensor, std::uint64_t begin,
                         const std::string& place) {
  return cat(",", json_string(tensor.name, place),
             R"(:{"dtype":"F32","shape":)", shape_text(tensor.shape),
             R"(,"data_offsets":[)", begin, ",",
             begin + tensor.values.size_bytes(), "]}");
}

// Little-endian, on any machine.
std::string length_bytes(std::uint64_t length) {
  std::string bytes(8, '\0');
  for (char& byte : bytes) {
    byte = static_cast<char>(length & 0xFF);
    length >>= 8;
  }
  return bytes;
}

void check_layout(Header& header, const std::string& place) {
  std::ranges::stable_sort(header.tensors, {}, [](const HeaderTensor& t) {
    return std::pair(t.begin, t.end);
  });
  for (const HeaderTensor& tensor : header.tensors) {
    const std::string tensor_place =
        cat(place, ": header: tensor ", in_quotes(tensor.name));
    const auto bytes = bytes_of_shape(tensor.shape);
    if (tensor.begin != header.value_bytes) {
      throw Error(Fault::data,
                  cat(tensor_place, ": expected values from byte ",
                      header.value_bytes, " on, found ", tensor.begin,
                      " (an overlap or a hole)", kDamageAdvice));
    }
    if (tensor.end < tensor.begin || bytes != tensor.end - tensor.begin) {
      throw Error(Fault::data,
                  cat(tensor_place, ": the shape ", shape_text(tensor.shape),
                      " does not fit the bytes ", tensor.begin, " to ",
                      tensor.end, kDamageAdvice));
    }
    header.value_bytes = tensor.end;
  }
}

}  // namespace

std::string hex_digits(std::uint32_t checksum) {
  std::string digits(kChecksumDigits, '0');
  for (std::size_t i = digits.size(); i-- > 0; checksum >>= 4) {
    digits[i] = "0123456789abcdef"[checksum & 0xF];
  }
  return digits;
}

std::string in_quotes(std::string_view name) {
  constexpr std::size_t kLongest = 80;
  const bool cut = name.size() > kLongest;
  return ascii_json(name.substr(0, kLongest)) + (cut ? "..." : "");
}

std::optional<std::uint64_t> bytes_of_shape(
    const std::vector<std::int64_t>& shape) {
  std::int64_t bytes = sizeof(float);
  for (const std::int64_t axis : shape) {
    if (axis < 0 || __builtin_mul_overflow(bytes, axis, &bytes)) return {};
  }
  return static_cast<std::uint64_t>(bytes);
}

Header parse_header(std::string_view json, const std::string& place) {
  Header header = read_header_json(json, place);
  check_layout(header, place);
  return header;
}

std::string format_header(const Metadata& metadata,
                          const std::vector<TensorView>& tensors,
                          const std::string& place) {
  std::string json = cat(kChecksumLead, std::string(kChecksumDigits, '0'), "\"",
                         metadata_entries(metadata, place), "}");
  std::set<std::string> names;
  std::uint64_t begin = 0;
  for (const TensorView& tensor : tensors) {
    check_tensor(tensor, names, place);
    json += tensor_entry(tensor, begin, place);
    begin += tensor.values.size_bytes();
  }
  json += "}";
  json.append((8 - json.size() % 8) % 8, ' ');
  if (json.size() > kMaxHeaderBytes) {
    throw Error(Fault::data, cat(place,
                                 ": expected metadata and names of at "
                                 "most ",
                                 kMaxHeaderBytes, " bytes, got ", json.size(),
                                 "; shorten them"));
  }
  return length_bytes(json.size()) + json;
}

}  // namespace polytask
