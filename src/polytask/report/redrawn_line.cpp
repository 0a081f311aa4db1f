#include "polytask/report/redrawn_line.h"

#include <algorithm>
#include <ostream>

#include "polytask/report/terminal_text.h"

namespace polytask {

void RedrawnLine::draw(const std::string& line, std::size_t columns) {
  const std::size_t most = columns == 0 ? std::string::npos : columns - 1;
  const std::string shown = clipped(line, most);
  out_ << '\r' << left(shown, std::min(width_, most)) << std::flush;
  width_ = display_width(shown);
}

void RedrawnLine::clear() {
  if (width_ == 0) return;
  out_ << '\r' << std::string(width_, ' ');
  width_ = 0;
  out_ << '\r' << std::flush;
}

void RedrawnLine::end() {
  out_ << '\n' << std::flush;
  forget();
}

}  // namespace polytask
