// The page that stands around figures: one file that needs nothing else, no
// script, nothing from elsewhere; for light and dark.
//
// Its style defines the colours --page, --ink, --soft, --line and --empty,
// which figures use, and the classes `soft` (text that explains) and `map` (a
// figure or a table that scrolls when it is wider than the window).

#pragma once

#include <string>

namespace polytask {

struct HtmlPage {
  std::string title;  // any characters; also the page's heading
  std::string style;  // of the figures
  std::string body;   // markup, below the heading
};

[[nodiscard]] std::string html_page(const HtmlPage& page);

}  // namespace polytask
