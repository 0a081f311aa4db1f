#include "polytask/layers/dense_parameters.h"

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/layers/limits.h"

namespace polytask {

std::vector<ParameterSpec> dense_parameters(const std::string& name, int units,
                                            const Shape& src) {
  require_within(kLogitsLimit, name, units);
  if (src.size() != 1) {
    throw Error(Fault::shape,
                cat(name, ": expected a vector of features, ", "got ",
                    to_text(src), "; put a flatten layer before it"));
  }
  return {{name + "/kernel", {src[0], units}}, {name + "/bias", {units}}};
}

}  // namespace polytask
