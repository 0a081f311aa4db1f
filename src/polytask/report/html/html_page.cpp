#include "polytask/report/html/html_page.h"

#include "polytask/base/text.h"
#include "polytask/report/html/html_text.h"

namespace polytask {
namespace {

constexpr const char* kPageStyle = R"(:root {
  color-scheme: light dark;
  --page: #ffffff; --ink: #1b1d22; --soft: #5a606b; --line: #d6d9df;
  --empty: #f3f4f6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14161a; --ink: #eceef2; --soft: #a3aab6; --line: #363b45;
    --empty: #1e2127;
  }
}
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 28px 24px 48px; }
h1 { font-size: 26px; margin: 0 0 12px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 34px 0 2px; overflow-wrap: anywhere; }
p { max-width: 76ch; margin: 0 0 10px; }
.soft { color: var(--soft); }
.map { overflow-x: auto; padding: 6px 0; }
)";

}  // namespace

std::string html_page(const HtmlPage& page) {
  const std::string title = html_text(page.title);
  return cat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta "
      "charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n<meta "
      "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'\">\n<title>",
      title, "</title>\n<style>\n", kPageStyle, page.style,
      "</style>\n</head>\n<body>\n<main>\n<h1>", title, "</h1>\n", page.body,
      "</main>\n</body>\n</html>\n");
}

}  // namespace polytask
