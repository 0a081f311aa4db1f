// Elements of HTML and SVG as text.

#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "polytask/base/text.h"

namespace polytask {

struct Attribute {
  template <class Value>
  Attribute(std::string_view of_name, const Value& of_value)
      : name(of_name), value(cat(of_value)) {}

  std::string_view name;
  std::string value;  // of any characters: it is escaped
};

// element("path", {{"d", "M0 0"}}) is <path d="M0 0"/>
[[nodiscard]] std::string element(std::string_view tag,
                                  std::initializer_list<Attribute> attributes);

// The same around its content, which is markup: <g class="level">...</g>
[[nodiscard]] std::string element(std::string_view tag,
                                  std::initializer_list<Attribute> attributes,
                                  std::string_view content);

}  // namespace polytask
