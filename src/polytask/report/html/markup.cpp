#include "polytask/report/html/markup.h"

#include "polytask/report/html/html_text.h"

namespace polytask {
namespace {

std::string opening(std::string_view tag,
                    std::initializer_list<Attribute> attributes) {
  std::string text = cat('<', tag);
  for (const auto& [name, value] : attributes) {
    text += cat(' ', name, "=\"", html_text(value), '"');
  }
  return text;
}

}  // namespace

std::string element(std::string_view tag,
                    std::initializer_list<Attribute> attributes) {
  return opening(tag, attributes) + "/>";
}

std::string element(std::string_view tag,
                    std::initializer_list<Attribute> attributes,
                    std::string_view content) {
  return cat(opening(tag, attributes), '>', content, "</", tag, '>');
}

}  // namespace polytask
