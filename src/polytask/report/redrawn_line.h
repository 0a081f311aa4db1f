// A line on a terminal that is drawn again in its place.

#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>

namespace polytask {

class RedrawnLine {
 public:
  // `out` must outlive this.
  explicit RedrawnLine(std::ostream& out) : out_(out) {}

  // Puts `line` in the place of the one before, and flushes. It is cut to stay
  // below `columns`, for a line that wraps cannot be redrawn; 0: never.
  void draw(const std::string& line, std::size_t columns = 0);
  // Takes the line away.
  void clear();
  // Leaves the line as it stands; the next is drawn below it. forget: below
  // what else was written since.
  void end();
  void forget() { width_ = 0; }

 private:
  std::ostream& out_;
  std::size_t width_ = 0;  // columns that are taken now
};

}  // namespace polytask
