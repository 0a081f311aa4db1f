#include "polytask/settings/settings_value.h"

#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>

#include "polytask/base/text.h"

namespace polytask {
namespace {

void add_problem(const Settings& node, const std::string& path,
                 Problems& problems, const std::string& expected) {
  problems.push_back(
      setting_problem(node.place(), path,
                      cat("expected ", expected, ", found ", found_in(node))));
}

// from_chars takes no plus sign.
std::string_view without_plus(std::string_view text) {
  const bool plus = text.size() > 1 && text[0] == '+' && text[1] != '-';
  return plus ? text.substr(1) : text;
}

bool is_whole_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

template <class Integer>
void read_integer(const Settings& node, const std::string& path,
                  Problems& problems, Integer& field) {
  using Limits = std::numeric_limits<Integer>;
  const std::string_view text = without_plus(node.text());
  if (!node.is_scalar() || !is_whole_number(text)) {
    return add_problem(node, path, problems, "a whole number");
  }
  Integer value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) {
    return add_problem(
        node, path, problems,
        cat("a whole number from ", Limits::min(), " to ", Limits::max()));
  }
  field = value;
}

template <class Text>
void read_text(const Settings& node, const std::string& path,
               Problems& problems, Text& field) {
  if (!node.is_scalar()) return add_problem(node, path, problems, "text");
  field = node.text();
}

template <class Number>
Settings number(Number field) {
  std::array<char, 32> digits{};
  const auto [end, error] =
      std::to_chars(digits.data(), digits.data() + digits.size(), field);
  return Settings::scalar(std::string(digits.data(), end));
}

}  // namespace

void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, bool& field) {
  const std::string& text = node.text();
  const bool is_true = text == "true" || text == "True" || text == "TRUE";
  const bool is_false = text == "false" || text == "False" || text == "FALSE";
  if (!is_true && !is_false) {
    return add_problem(node, path, problems, "true or false");
  }
  field = is_true;
}

void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, int& field) {
  read_integer(node, path, problems, field);
}

void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, std::int64_t& field) {
  read_integer(node, path, problems, field);
}

void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, std::uint32_t& field) {
  read_integer(node, path, problems, field);
}

void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, std::uint64_t& field) {
  read_integer(node, path, problems, field);
}

void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, double& field) {
  const std::string_view text = without_plus(node.text());
  // Only these characters: from_chars would take "inf" and "nan" too.
  const bool numeric =
      text.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (!numeric || stop != end || error == std::errc::invalid_argument) {
    return add_problem(node, path, problems, "a number");
  }
  if (error == std::errc::result_out_of_range) {
    return add_problem(node, path, problems,
                       "a number that a double can hold, up to 1.8e308");
  }
  field = value;
}

void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, std::string& field) {
  read_text(node, path, problems, field);
}

void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, std::filesystem::path& field) {
  std::string text = field.string();
  read_text(node, path, problems, text);
  const char* const home = std::getenv("HOME");
  const bool at_home = text == "~" || text.starts_with("~/");
  field = at_home && home != nullptr ? home + text.substr(1) : text;
}

Settings write_setting(bool field) {
  return Settings::scalar(field ? "true" : "false");
}
Settings write_setting(int field) { return number(field); }
Settings write_setting(std::int64_t field) { return number(field); }
Settings write_setting(std::uint32_t field) { return number(field); }
Settings write_setting(std::uint64_t field) { return number(field); }
Settings write_setting(double field) { return number(field); }
Settings write_setting(const std::string& field) {
  return Settings::string(field);
}
Settings write_setting(const std::filesystem::path& field) {
  return Settings::string(field.string());
}

std::string unknown_word(const Settings& node, const std::string& path,
                         const std::vector<std::string>& names) {
  std::string text =
      cat("expected one of ", join(names), ", found ", found_in(node));
  const std::string near = node.text().size() <= Settings::kMaxKeyBytes
                               ? nearest(node.text(), names)
                               : "";
  if (!near.empty()) text += cat("; did you mean \"", near, "\"?");
  return setting_problem(node.place(), path, text);
}

std::string not_a_list(const Settings& node, const std::string& path) {
  return setting_problem(
      node.place(), path,
      cat("expected a list, e.g. [a, b], found ", found_in(node)));
}

}  // namespace polytask
