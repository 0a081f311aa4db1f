#include "polytask/report/html/html_page.h"

#include <utility>

#include "polytask/base/text.h"
#include "polytask/report/html/assets.h"
#include "polytask/report/html/html_text.h"

namespace polytask {
namespace {

using Part = std::pair<std::string_view, std::string>;

// The skeleton with each {name} replaced by the part of this name.
std::string filled(std::string_view skeleton,
                   std::initializer_list<Part> parts) {
  std::string text;
  for (std::size_t at = 0; (at = skeleton.find('{')) != skeleton.npos;) {
    const std::size_t end = skeleton.find('}');
    text += skeleton.substr(0, at);
    for (const auto& [name, part] : parts) {
      if (name == skeleton.substr(at + 1, end - at - 1)) text += part;
    }
    skeleton.remove_prefix(end + 1);
  }
  return cat(text, skeleton);
}

}  // namespace

std::string html_page(const HtmlPage& page) {
  return filled(kPageSkeleton, {{"title", html_text(page.title)},
                                {"style", kPageStyle + page.style},
                                {"body", page.body}});
}

}  // namespace polytask
