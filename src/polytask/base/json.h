// A JSON value: what documents for other programs are made of. Members of an
// object stay in the order in which they came.
//
// Json{{"epoch", 3}, {"loss", 0.5}} is an object and Json{1, 2} an array:
// braces make an object where every item is a pair that begins with a text.
// The library that reads and writes the text is included by json.cpp alone: it
// takes the compiler seconds per file.

#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace polytask {

class Json {
 public:
  struct Member;
  using Members = std::vector<Member>;

  Json();
  Json(std::nullptr_t);
  Json(bool value);
  Json(double value);  // one that is not finite is written as null
  Json(const char* text);
  Json(std::string text);
  Json(std::initializer_list<Json> items);
  template <std::signed_integral Integer>
  Json(Integer value) : Json(Number(std::int64_t{value})) {}
  template <std::unsigned_integral Integer>
  Json(Integer value) : Json(Number(std::uint64_t{value})) {}
  template <class Item>
  Json(const std::vector<Item>& items) : Json(array()) {
    for (const auto& item : items) push_back(Json(item));
  }
  Json(const Json& other);
  Json(Json&& other) noexcept;
  Json& operator=(const Json& other);
  Json& operator=(Json&& other) noexcept;
  ~Json();

  [[nodiscard]] static Json array();
  [[nodiscard]] static Json object();

  // Nothing when the text is no JSON, or nested more than 100 deep.
  [[nodiscard]] static std::optional<Json> parse(std::string_view text);

  // Without spaces, or with a line per value and `indent` spaces per level.
  // Bytes that are not UTF-8 become U+FFFD.
  [[nodiscard]] std::string text(int indent = -1) const;

  [[nodiscard]] bool is_null() const;
  [[nodiscard]] bool is_array() const;
  [[nodiscard]] bool is_object() const;
  [[nodiscard]] std::optional<double> number() const;  // if it is one
  [[nodiscard]] const std::string* string() const;     // null if it is none

  // The member of this name, which is added as null where there is none; what
  // was null becomes an object.
  [[nodiscard]] Json& operator[](std::string_view name);
  // Null where there is none.
  [[nodiscard]] const Json* find(std::string_view name) const;
  [[nodiscard]] const Members& members() const;
  // Adds a member without looking for one of this name, which would take the
  // square of their number.
  void append(std::string name, Json value);
  // Sets every member that the other object has.
  void update(const Json& other);
  void push_back(Json value);  // what was null becomes an array

 private:
  using Number = std::variant<std::int64_t, std::uint64_t, double>;
  using Items = std::vector<Json>;
  friend struct JsonText;

  explicit Json(Number value);

  std::variant<std::nullptr_t, bool, Number, std::string, Items, Members>
      value_;
};

struct Json::Member {
  std::string name;
  Json value;
};

// The text as a JSON string, quotes included; nothing when it is not UTF-8.
[[nodiscard]] std::optional<std::string> exact_json(std::string_view text);

// The same in ASCII alone, of any bytes.
[[nodiscard]] std::string ascii_json(std::string_view text);

}  // namespace polytask
