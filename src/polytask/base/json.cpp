#include "polytask/base/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace polytask {

namespace {

using Library = nlohmann::ordered_json;

constexpr int kDeepest = 100;
constexpr auto kReplace = Library::error_handler_t::replace;

}  // namespace

// Our values as the library's, and back.
struct JsonText {
  static Library to_library(const Json& json) {
    return std::visit([](const auto& value) { return of(value); }, json.value_);
  }

  static Library of(const Json::Number& number) {
    return std::visit([](auto value) { return Library(value); }, number);
  }

  static Library of(const Json::Items& items) {
    Library array = Library::array();
    for (const Json& item : items) array.push_back(to_library(item));
    return array;
  }

  static Library of(const Json::Members& members) {
    Library::object_t::Container object;
    for (const auto& [name, value] : members) {
      object.emplace_back(name, to_library(value));
    }
    Library json = Library::object();
    static_cast<Library::object_t::Container&>(
        json.get_ref<Library::object_t&>()) = std::move(object);
    return json;
  }

  static Library of(const std::string& text) { return text; }
  static Library of(bool value) { return value; }
  static Library of(std::nullptr_t) { return nullptr; }

  static Json from_library(const Library& json) {
    if (json.is_boolean()) return json.get<bool>();
    if (json.is_number_unsigned()) return json.get<std::uint64_t>();
    if (json.is_number_integer()) return json.get<std::int64_t>();
    if (json.is_number()) return json.get<double>();
    if (json.is_string()) return json.get_ref<const std::string&>();
    if (json.is_object()) {
      Json object = Json::object();
      for (const auto& [name, value] : json.items()) {
        object.append(name, from_library(value));
      }
      return object;
    }
    if (!json.is_array()) return nullptr;
    Json array = Json::array();
    for (const Library& item : json) array.push_back(from_library(item));
    return array;
  }
};

Json::Json() = default;
Json::Json(std::nullptr_t) {}
Json::Json(bool value) : value_(value) {}
Json::Json(double value) : value_(Number(value)) {}
Json::Json(const char* text) : value_(std::string(text)) {}
Json::Json(std::string text) : value_(std::move(text)) {}
Json::Json(Number value) : value_(value) {}
Json::Json(const Json& other) = default;
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(const Json& other) = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;

Json::Json(std::initializer_list<Json> items) {
  const auto is_member = [](const Json& item) {
    const auto* pair = std::get_if<Items>(&item.value_);
    return pair != nullptr && pair->size() == 2 && (*pair)[0].string();
  };
  if (!std::ranges::all_of(items, is_member)) {
    value_ = Items(items);
    return;
  }
  value_ = Members();
  for (const Json& item : items) {
    const Items& pair = std::get<Items>(item.value_);
    append(*pair[0].string(), pair[1]);
  }
}

Json Json::array() {
  Json json;
  json.value_ = Items();
  return json;
}

Json Json::object() {
  Json json;
  json.value_ = Members();
  return json;
}

std::optional<Json> Json::parse(std::string_view text) {
  bool deep = false;
  const auto bounded = [&](int depth, auto, const Library&) {
    deep = deep || depth > kDeepest;
    return !deep;
  };
  const Library json = Library::parse(text, bounded, false);
  if (deep || json.is_discarded()) return std::nullopt;
  return JsonText::from_library(json);
}

std::string Json::text(int indent) const {
  return JsonText::to_library(*this).dump(indent, ' ', false, kReplace);
}

bool Json::is_null() const {
  return std::holds_alternative<std::nullptr_t>(value_);
}

bool Json::is_array() const { return std::holds_alternative<Items>(value_); }

bool Json::is_object() const { return std::holds_alternative<Members>(value_); }

std::optional<double> Json::number() const {
  const auto* number = std::get_if<Number>(&value_);
  if (number == nullptr) return std::nullopt;
  return std::visit([](auto value) { return static_cast<double>(value); },
                    *number);
}

const std::string* Json::string() const {
  return std::get_if<std::string>(&value_);
}

Json& Json::operator[](std::string_view name) {
  if (is_null()) value_ = Members();
  auto& members = std::get<Members>(value_);
  const auto found = std::ranges::find(members, name, &Member::name);
  if (found != members.end()) return found->value;
  append(std::string(name), nullptr);
  return members.back().value;
}

const Json* Json::find(std::string_view name) const {
  if (!is_object()) return nullptr;
  const auto found = std::ranges::find(members(), name, &Member::name);
  return found == members().end() ? nullptr : &found->value;
}

const Json::Members& Json::members() const { return std::get<Members>(value_); }

void Json::append(std::string name, Json value) {
  if (is_null()) value_ = Members();
  std::get<Members>(value_).push_back({std::move(name), std::move(value)});
}

void Json::update(const Json& other) {
  for (const auto& [name, value] : other.members()) (*this)[name] = value;
}

void Json::push_back(Json value) {
  if (is_null()) value_ = Items();
  std::get<Items>(value_).push_back(std::move(value));
}

std::optional<std::string> exact_json(std::string_view text) {
  try {
    return Library(text).dump();
  } catch (const Library::exception&) {
    return std::nullopt;
  }
}

std::string ascii_json(std::string_view text) {
  return Library(text).dump(-1, ' ', true, kReplace);
}

}  // namespace polytask
