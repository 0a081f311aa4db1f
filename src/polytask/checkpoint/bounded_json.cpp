#include "polytask/checkpoint/bounded_json.h"

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/checkpoint/safetensors_header.h"

namespace polytask {

nlohmann::json parse_bounded_json(std::string_view text,
                                  const JsonBounds& bounds,
                                  const std::string& place) {
  using Event = nlohmann::json::parse_event_t;
  std::size_t values = 0;
  const auto count = [&](int depth, Event event, const nlohmann::json&) {
    const bool opens =
        event == Event::object_start || event == Event::array_start;
    if (!opens && event != Event::value) return true;
    if (opens && depth >= bounds.depth) {
      throw Error(Fault::data,
                  cat(place, ": expected lists and maps nested ", "at most ",
                      bounds.depth, " deep, found more"));
    }
    if (++values > bounds.values) {
      throw Error(Fault::data, cat(place, ": expected at most ", bounds.values,
                                   " values, found more"));
    }
    return true;
  };
  try {
    return nlohmann::json::parse(text, count);
  } catch (const nlohmann::json::exception&) {
    throw Error(Fault::data,
                cat(place, ": expected JSON, found ", in_quotes(text)));
  }
}

}  // namespace polytask
