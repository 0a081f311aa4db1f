#include "polytask/data/hdf5/hdf5_description.h"

#include <cstring>
#include <string_view>
#include <type_traits>

namespace polytask {
namespace {

constexpr int kLongestSide = 65535;  // pixels
constexpr std::size_t kMostLabels = 65536;
constexpr std::size_t kMostBytes = std::size_t{1} << 46;

template <class Value>
void put(std::string& text, Value value) {
  static_assert(std::is_trivially_copyable_v<Value>);
  text.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put_names(std::string& text, const std::vector<std::string>& names) {
  put(text, names.size());
  for (const std::string& name : names) {
    put(text, name.size());
    text += name;
  }
}

// Takes values off the front of a text. Beyond its end it gives zeros and is
// no longer ok.
class Reader {
 public:
  explicit Reader(std::string_view text) : left_(text) {}

  [[nodiscard]] bool ok() const { return ok_; }

  template <class Value>
  Value take() {
    Value value{};
    const std::string_view bytes = take_text(sizeof value);
    if (ok_) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }

  std::vector<std::string> take_names() {
    std::vector<std::string> names;
    const auto count = take<std::size_t>();
    for (std::size_t i = 0; ok_ && i < count; ++i) {
      names.emplace_back(take_text(take<std::size_t>()));
    }
    return names;
  }

  std::string_view take_text(std::size_t count) {
    ok_ = ok_ && count <= left_.size();
    if (!ok_) return {};
    const std::string_view text = left_.substr(0, count);
    left_.remove_prefix(count);
    return text;
  }

 private:
  std::string_view left_;
  bool ok_ = true;
};

}  // namespace

std::size_t Hdf5Description::image_bytes() const {
  return static_cast<std::size_t>(size) * spec.bytes_per_image();
}

std::size_t Hdf5Description::targets_offset() const {
  return (image_bytes() + 63) / 64 * 64;
}

std::size_t Hdf5Description::target_count() const {
  return has_targets ? static_cast<std::size_t>(size) * spec.labels.size() : 0;
}

std::size_t Hdf5Description::total_bytes() const {
  return targets_offset() + target_count() * sizeof(float);
}

bool is_plausible(const Hdf5Description& description) {
  const DatasetSpec& spec = description.spec;
  const auto side_ok = [](int side) {
    return side >= 1 && side <= kLongestSide;
  };
  const bool spec_ok =
      side_ok(spec.height) && side_ok(spec.width) &&
      (spec.channels == 1 || spec.channels == 3) &&
      (spec.pixels == PixelType::uint8 || spec.pixels == PixelType::float32) &&
      spec.labels.size() <= kMostLabels;
  if (!spec_ok || description.size < 1) return false;
  // At most 2^36 bytes an image and 2^18 a row of targets: no overflow here.
  const std::size_t row =
      spec.bytes_per_image() + spec.labels.size() * sizeof(float);
  return static_cast<std::size_t>(description.size) <= kMostBytes / row;
}

std::string encode(const Hdf5Description& description) {
  const DatasetSpec& spec = description.spec;
  std::string text;
  put(text, description.size);
  put(text, spec.height);
  put(text, spec.width);
  put(text, spec.channels);
  put(text, spec.pixels);
  put(text, static_cast<char>(description.has_targets));
  put_names(text, spec.labels);
  put(text, spec.classes.size());
  for (const ColumnClasses& classes : spec.classes) {
    put_names(text, {classes.column});
    put_names(text, classes.names);
  }
  return text;
}

std::optional<Hdf5Description> decode(const std::string& text) {
  Reader reader(text);
  Hdf5Description description;
  DatasetSpec& spec = description.spec;
  description.size = reader.take<std::int64_t>();
  spec.height = reader.take<int>();
  spec.width = reader.take<int>();
  spec.channels = reader.take<int>();
  spec.pixels = reader.take<PixelType>();
  description.has_targets = reader.take<char>() != 0;
  spec.labels = reader.take_names();
  const auto classes = reader.take<std::size_t>();
  for (std::size_t i = 0; reader.ok() && i < classes; ++i) {
    const std::vector<std::string> column = reader.take_names();
    if (column.size() != 1) return std::nullopt;
    spec.classes.push_back(
        {.column = column.front(), .names = reader.take_names()});
  }
  if (reader.ok() && is_plausible(description)) return description;
  return std::nullopt;
}

}  // namespace polytask
