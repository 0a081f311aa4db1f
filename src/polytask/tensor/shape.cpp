#include "polytask/tensor/shape.h"

#include "polytask/base/text.h"

namespace polytask {

std::size_t element_count(const Shape& shape) {
  std::size_t count = 1;
  for (const int axis : shape) count *= static_cast<std::size_t>(axis);
  return count;
}

std::string to_text(const Shape& shape) {
  std::vector<std::string> axes;
  for (const int axis : shape) axes.push_back(std::to_string(axis));
  return cat("[", join(axes), "]");
}

}  // namespace polytask
