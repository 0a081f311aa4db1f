#include "polytask/checkpoint/safetensors_header_reader.h"

#include <nlohmann/json.hpp>
#include <unordered_set>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

constexpr std::size_t kMaxAxes = 32;

// Where in the structure the reader stands.
enum class At { outside, file, metadata, tensor, shape, offsets };

// The parser calls these functions in the order of the text; a call that the
// structure has no place for is an error. So the depth is bounded, too.
class HeaderReader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit HeaderReader(std::string place) : place_(std::move(place)) {}

  Header take() { return std::move(header_); }

  bool null() override { refuse("null"); }
  bool boolean(bool) override { refuse("true or false"); }
  bool number_integer(std::int64_t) override { refuse("a negative number"); }
  bool number_float(double, const std::string&) override {
    refuse("a number that is not whole or too large");
  }
  bool binary(nlohmann::json::binary_t&) override { refuse("binary"); }

  bool number_unsigned(std::uint64_t value) override {
    if (at_ == At::shape) {
      add_axis(value);
    } else if (at_ == At::offsets && offset_count_ < 2) {
      (offset_count_++ == 0 ? tensor().begin : tensor().end) = value;
    } else {
      refuse("a number");
    }
    return true;
  }

  bool string(std::string& value) override {
    if (at_ == At::metadata) {
      if (header_.metadata.size() == kMaxTexts) {
        refuse(cat("more than ", kMaxTexts, " texts"));
      }
      header_.metadata[key_] = std::move(value);
    } else if (at_ == At::tensor && key_ == "dtype") {
      require_float(value);
    } else {
      refuse("a text");
    }
    return true;
  }

  bool start_object(std::size_t) override {
    if (at_ == At::outside) {
      at_ = At::file;
    } else if (at_ == At::file && key_ == "__metadata__") {
      at_ = At::metadata;
    } else if (at_ == At::file) {
      if (header_.tensors.size() == kMaxTensors) {
        refuse(cat("more than ", kMaxTensors, " tensors"));
      }
      header_.tensors.emplace_back().name = key_;
      at_ = At::tensor;
    } else {
      refuse("an object");
    }
    return true;
  }

  bool key(std::string& key) override {
    key_ = std::move(key);
    if (at_ == At::tensor) {
      const bool known =
          key_ == "dtype" || key_ == "shape" || key_ == "data_offsets";
      if (!known || !fields_.insert(key_).second) refuse_key();
    } else if (at_ == At::metadata) {
      if (header_.metadata.contains(key_)) refuse_key();
    } else if (!names_.insert(key_).second) {
      refuse_key();
    }
    return true;
  }

  bool end_object() override {
    if (at_ == At::tensor) finish_tensor();
    at_ = at_ == At::file ? At::outside : At::file;
    return true;
  }

  bool start_array(std::size_t) override {
    if (at_ == At::tensor && key_ == "shape") {
      at_ = At::shape;
    } else if (at_ == At::tensor && key_ == "data_offsets") {
      at_ = At::offsets;
    } else {
      refuse("a list");
    }
    return true;
  }

  bool end_array() override {
    at_ = At::tensor;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception&) override {
    throw Error(Fault::data, cat(place_, ": header: not JSON at byte ",
                                 8 + position - 1, kDamageAdvice));
  }

 private:
  HeaderTensor& tensor() { return header_.tensors.back(); }

  void add_axis(std::uint64_t value) {
    const bool fits = value <= static_cast<std::uint64_t>(
                                   std::numeric_limits<std::int64_t>::max()) &&
                      tensor().shape.size() < kMaxAxes;
    if (!fits) refuse("too large a shape");
    tensor().shape.push_back(static_cast<std::int64_t>(value));
  }

  void require_float(const std::string& type) const {
    if (type == "F32") return;
    throw Error(Fault::data,
                cat(place_, ": tensor ", in_quotes(header_.tensors.back().name),
                    ": expected values of type F32, found ", in_quotes(type),
                    "; convert the file to 32-bit floats"));
  }

  void finish_tensor() {
    if (fields_.size() != 3 || offset_count_ != 2) {
      throw Error(
          Fault::data,
          cat(place_, ": header: tensor ", in_quotes(tensor().name),
              ": expected dtype, shape and two data_offsets", kDamageAdvice));
    }
    fields_.clear();
    offset_count_ = 0;
  }

  [[noreturn]] void refuse(std::string_view found) const {
    const std::string where =
        at_ == At::outside ? "" : cat(" at key ", in_quotes(key_));
    throw Error(Fault::data,
                cat(place_, ": header: found ", found, where,
                    ", where safetensors has none", kDamageAdvice));
  }

  [[noreturn]] void refuse_key() const {
    throw Error(Fault::data,
                cat(place_, ": header: key ", in_quotes(key_),
                    " is unknown or appears twice", kDamageAdvice));
  }

  std::string place_;
  Header header_;
  At at_ = At::outside;
  std::string key_;                         // the last one read
  std::unordered_set<std::string> names_;   // of tensors, and "__metadata__"
  std::unordered_set<std::string> fields_;  // of the tensor being read
  int offset_count_ = 0;
};

}  // namespace

Header read_header_json(std::string_view json, const std::string& place) {
  HeaderReader reader(place);
  nlohmann::json::sax_parse(json, &reader);
  return reader.take();
}

}  // namespace polytask
