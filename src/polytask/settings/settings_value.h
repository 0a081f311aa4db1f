// Single values of a recipe: text to type and back.
//
// read_setting overwrites `field` when the node holds a value of its type, and
// otherwise leaves it and adds one problem, worded as setting_problem does:
//
//   blog.yaml:14: train.epochs: expected a whole number, found "five"
//
// write_setting is the other way; reading what it wrote gives an equal value.
//
// A type of one's own takes part with two functions in its own namespace:
//
//   void read_setting(const Settings& node, const std::string& path,
//                     std::vector<std::string>& problems, Kernel& field);
//   Settings write_setting(const Kernel& field);
//
// and an enum with one, which makes its values the words of the recipe:
//
//   constexpr auto names_of(Padding) {
//     return std::array{std::pair{std::string_view("same"), Padding::same},
//                       std::pair{std::string_view("valid"), Padding::valid}};
//   }

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "polytask/settings/setting_problem.h"
#include "polytask/settings/settings.h"

namespace polytask {

using Problems = std::vector<std::string>;

// true or false.
void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, bool& field);

// Whole numbers in decimal, within the range of the type.
void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, int& field);
void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, std::int64_t& field);
void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, std::uint32_t& field);
void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, std::uint64_t& field);

// 5, .25, 1e-3; never infinite and never NaN.
void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, double& field);

// Any scalar, as it was written; a path in the home folder may begin with ~/.
void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, std::string& field);
void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, std::filesystem::path& field);

[[nodiscard]] Settings write_setting(bool field);
[[nodiscard]] Settings write_setting(int field);
[[nodiscard]] Settings write_setting(std::int64_t field);
[[nodiscard]] Settings write_setting(std::uint32_t field);
[[nodiscard]] Settings write_setting(std::uint64_t field);
// The shortest text that reads back as the same number.
[[nodiscard]] Settings write_setting(double field);
[[nodiscard]] Settings write_setting(const std::string& field);
[[nodiscard]] Settings write_setting(const std::filesystem::path& field);
Settings write_setting(const char*) = delete;  // would become a bool

template <class E>
concept NamedEnum = std::is_enum_v<E> && requires(E value) {
  names_of(value);
};

// The word for an enum value; "" for a number that is none of its values.
template <NamedEnum E>
[[nodiscard]] std::string name_of(E value) {
  for (const auto& [name, named] : names_of(E{})) {
    if (named == value) return std::string(name);
  }
  return "";
}

// The problem of a word that is none of `names`.
[[nodiscard]] std::string unknown_word(const Settings& node,
                                       const std::string& path,
                                       const std::vector<std::string>& names);

// One of the names of the enum.
template <NamedEnum E>
void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, E& field) {
  std::vector<std::string> names;
  for (const auto& [name, value] : names_of(E{})) {
    if (node.is_scalar() && node.text() == name) {
      field = value;
      return;
    }
    names.emplace_back(name);
  }
  problems.push_back(unknown_word(node, path, names));
}

template <NamedEnum E>
[[nodiscard]] Settings write_setting(E field) {
  return Settings::string(name_of(field));
}

class SettingsReader;
class SettingsWriter;

// A struct of options: settings_reader.h says how it is described.
template <class T>
concept Described = requires(SettingsReader& reader, SettingsWriter& writer,
                             T& options) {
  describe(reader, options);
  describe(writer, options);
};

// Declared before any is defined, so that each may hold the others. Those of a
// described struct are defined in settings_reader.h.
template <Described T>
void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, T& options);
template <Described T>
[[nodiscard]] Settings write_setting(const T& options);
template <class T>
void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, std::vector<T>& field);
template <class T>
void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, std::optional<T>& field);
template <class T>
[[nodiscard]] Settings write_setting(const std::vector<T>& field);
template <class T>
[[nodiscard]] Settings write_setting(const std::optional<T>& field);

// The problem of a node that should be a list.
[[nodiscard]] std::string not_a_list(const Settings& node,
                                     const std::string& path);

// A list; replaces all of `field`, or none of it when an item has a problem.
template <class T>
void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, std::vector<T>& field) {
  if (!node.is_list()) {
    problems.push_back(not_a_list(node, path));
    return;
  }
  const std::size_t problems_before = problems.size();
  std::vector<T> read;
  for (const Settings& item : node.items()) {
    T value{};
    read_setting(item, child_path(path, std::to_string(read.size())), problems,
                 value);
    read.push_back(std::move(value));
  }
  if (problems.size() == problems_before) field = std::move(read);
}

template <class T>
Settings write_setting(const std::vector<T>& field) {
  Settings list = Settings::list();
  for (const T& value : field) list.append(write_setting(value));
  return list;
}

// Null is nullopt.
template <class T>
void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, std::optional<T>& field) {
  if (node.is_null()) {
    field.reset();
    return;
  }
  const std::size_t problems_before = problems.size();
  T value{};
  read_setting(node, path, problems, value);
  if (problems.size() == problems_before) field = std::move(value);
}

template <class T>
Settings write_setting(const std::optional<T>& field) {
  return field ? write_setting(*field) : Settings();
}

}  // namespace polytask
