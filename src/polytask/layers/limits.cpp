#include "polytask/layers/limits.h"

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {

void require_within(const NumberLimit& limit, const std::string& layer,
                    int value) {
  if (limit.allows(value)) return;
  throw Error(Fault::config,
              cat(layer, ": ", limit.key, ": expected ", limit.least, " to ",
                  limit.most, ", got ", value));
}

void require_size_of_result(const std::string& layer, const Shape& result) {
  if (element_count(result) <= kMostValues) return;
  throw Error(Fault::shape,
              cat(layer, ": expected a result of at most ", kMostValues,
                  " numbers, got ", to_text(result),
                  "; pool more, or use smaller images or fewer filters"));
}

}  // namespace polytask
