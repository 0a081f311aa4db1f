// JPEG files. Changes of a segment state its length anew, so they reach what
// lies behind it.

#include "tests/fuzz/changes.h"
#include "tests/fuzz/image_target.h"

namespace polytask::fuzz {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kStart = "\xff\xd8"sv;
constexpr char kStartOfScan = '\xda';

// A marker that has a length, and what follows up to the next such marker.
struct Segment {
  char marker = 0;
  std::string data;   // that the length counts
  std::string coded;  // of a scan: its entropy-coded bytes
};
using Segments = std::vector<Segment>;

// Of a scan's bytes those up to a marker that is neither one of a restart nor
// a stuffed 0xff.
std::size_t coded_bytes(std::string_view bytes) {
  std::size_t at = 0;
  for (; at + 1 < bytes.size(); ++at) {
    const auto next = static_cast<unsigned char>(bytes[at + 1]);
    const bool restarts = next >= 0xd0 && next <= 0xd7;
    if (bytes[at] == '\xff' && next != 0 && !restarts) return at;
  }
  return bytes.size();
}

// Up to the first one that does not fit; none of what is no JPEG.
Segments take_apart(std::string_view bytes) {
  Segments segments;
  if (!bytes.starts_with(kStart)) return segments;
  bytes.remove_prefix(kStart.size());
  while (bytes.size() >= 4 && bytes[0] == '\xff') {
    const std::uint64_t length = number_at(bytes, 2, 2);
    if (length < 2 || length + 2 > bytes.size()) break;
    Segment segment{.marker = bytes[1],
                    .data = std::string(bytes.substr(4, length - 2))};
    bytes.remove_prefix(2 + length);
    if (segment.marker == kStartOfScan) {
      segment.coded = bytes.substr(0, coded_bytes(bytes));
      bytes.remove_prefix(segment.coded.size());
    }
    segments.push_back(std::move(segment));
  }
  return segments;
}

std::string put_together(const Segments& segments) {
  std::string bytes(kStart);
  for (const Segment& segment : segments) {
    std::string lead{'\xff', segment.marker, 0, 0};
    put_number(lead, 2, 2, segment.data.size() + 2);
    bytes += lead + segment.data + segment.coded;
  }
  return bytes + "\xff\xd9";
}

bool starts_frame(const Segment& segment) {
  const auto marker = static_cast<unsigned char>(segment.marker);
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
         marker != 0xcc && segment.data.size() >= 6;
}

// Precision, height, width, components with their sampling; the kind of frame.
void change_frame(Segments& segments, std::minstd_rand& random) {
  const auto frame = std::ranges::find_if(segments, starts_frame);
  if (frame == segments.end()) return;
  switch (const auto what = random() % 4) {
    case 0:
    case 1:
      put_number(frame->data, 1 + 2 * what, 2, draw_side(random));
      return;
    case 2:
      put_number(frame->data, 5 + random() % (frame->data.size() - 5), 1,
                 random() % 0x55);
      return;
    default:
      frame->marker = static_cast<char>(0xc0 + random() % 16);
  }
}

std::string changed(Segments segments, std::minstd_rand& random) {
  Segment& one = segments[random() % segments.size()];
  switch (random() % 8) {
    case 0:
    case 1:
      change_frame(segments, random);
      break;
    case 2:
    case 3:
      change_order(segments, random);
      break;
    case 4:
      one.marker = static_cast<char>(0xc0 + random() % 0x3f);
      break;
    default:
      change_bytes(one.coded.empty() || random() % 2 == 0 ? one.data
                                                          : one.coded);
  }
  return put_together(segments);
}

}  // namespace
}  // namespace polytask::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data,
                                               std::size_t size,
                                               std::size_t max_size,
                                               unsigned seed) {
  using namespace polytask::fuzz;
  std::minstd_rand random(seed);
  Segments segments = take_apart(text_of(data, size));
  if (segments.empty() || random() % 8 == 0) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  return put_changed(changed(std::move(segments), random), data, size,
                     max_size);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  polytask::fuzz::expect_image_or_refusal({data, size});
  return 0;
}
