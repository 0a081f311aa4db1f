#include "polytask/report/redrawn_line.h"

#include <ostream>

#include "polytask/report/terminal_text.h"

namespace polytask {

void RedrawnLine::draw(const std::string& line) {
  out_ << '\r' << left(line, width_) << std::flush;
  width_ = display_width(line);
}

void RedrawnLine::clear() {
  if (width_ == 0) return;
  draw("");
  out_ << '\r' << std::flush;
}

void RedrawnLine::end() {
  out_ << '\n' << std::flush;
  width_ = 0;
}

}  // namespace polytask
