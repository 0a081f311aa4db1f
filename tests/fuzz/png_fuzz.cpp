// PNG files. Changes of a chunk are sealed again with a checksum that is right,
// those of pixels are compressed again, so they reach what lies behind both.

#include <zlib.h>

#include <iterator>

#include "tests/fuzz/changes.h"
#include "tests/fuzz/image_target.h"

namespace polytask::fuzz {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n"sv;
constexpr std::size_t kMostPixelBytes = 1 << 18;  // that are changed

struct Chunk {
  std::string type;  // of four letters
  std::string data;
};
using Chunks = std::vector<Chunk>;

// Up to the first one that does not fit; none of what is no PNG.
Chunks take_apart(std::string_view bytes) {
  Chunks chunks;
  if (!bytes.starts_with(kSignature)) return chunks;
  bytes.remove_prefix(kSignature.size());
  while (bytes.size() >= 12) {
    const std::uint64_t length = number_at(bytes, 0, 4);
    if (length > bytes.size() - 12) break;
    chunks.push_back({.type = std::string(bytes.substr(4, 4)),
                      .data = std::string(bytes.substr(8, length))});
    bytes.remove_prefix(12 + length);
  }
  return chunks;
}

std::string seal(const Chunks& chunks) {
  std::string bytes(kSignature);
  for (const auto& [type, data] : chunks) {
    const std::string sealed = type + data;
    const auto checksum =
        ::crc32(0, reinterpret_cast<const Bytef*>(sealed.data()),
                static_cast<uInt>(sealed.size()));
    std::string numbers(8, '\0');
    put_number(numbers, 0, 4, data.size());
    put_number(numbers, 4, 4, checksum);
    bytes += numbers.substr(0, 4) + sealed + numbers.substr(4);
  }
  return bytes;
}

// Nothing when they are damaged or many.
std::string decompressed(const std::string& bytes) {
  std::string pixels(kMostPixelBytes, '\0');
  uLongf size = pixels.size();
  const int end =
      ::uncompress(reinterpret_cast<Bytef*>(pixels.data()), &size,
                   reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  pixels.resize(end == Z_OK ? size : 0);
  return pixels;
}

std::string compressed(const std::string& pixels) {
  uLongf size = ::compressBound(pixels.size());
  std::string bytes(size, '\0');
  ::compress(reinterpret_cast<Bytef*>(bytes.data()), &size,
             reinterpret_cast<const Bytef*>(pixels.data()), pixels.size());
  bytes.resize(size);
  return bytes;
}

// All of them become one chunk, where the first one stands.
void change_pixels(Chunks& chunks) {
  const auto is_pixels = [](const Chunk& c) { return c.type == "IDAT"; };
  const auto first = std::ranges::find_if(chunks, is_pixels);
  if (first == chunks.end()) return;
  std::string bytes;
  for (const Chunk& chunk : chunks) {
    if (is_pixels(chunk)) bytes += chunk.data;
  }
  std::string pixels = decompressed(bytes);
  change_bytes(pixels);
  first->data = compressed(pixels);
  chunks.erase(std::remove_if(first + 1, chunks.end(), is_pixels),
               chunks.end());
}

void change_header(Chunk& header, std::minstd_rand& random) {
  if (header.type != "IHDR" || header.data.size() != 13) return;
  switch (const auto what = random() % 4) {
    case 0:
    case 1:
      put_number(header.data, 4 * what, 4, draw_side(random));
      return;
    case 2:  // depth and colour
      put_number(header.data, 8, 1, 1U << random() % 6);
      put_number(header.data, 9, 1, random() % 8);
      return;
    default:  // compression, filter, interlace
      put_number(header.data, 10 + random() % 3, 1, random() % 3);
  }
}

void change_type(Chunk& chunk, std::minstd_rand& random) {
  constexpr const char* kTypes[] = {"IHDR", "PLTE", "IDAT", "IEND", "tRNS",
                                    "eXIf", "gAMA", "iCCP", "sBIT", "bKGD",
                                    "hIST", "zTXt", "iTXt", "acTL", "cHRM"};
  chunk.type = kTypes[random() % std::size(kTypes)];
}

std::string changed(Chunks chunks, std::minstd_rand& random) {
  Chunk& one = chunks[random() % chunks.size()];
  switch (random() % 8) {
    case 0:
    case 1:
      change_header(chunks.front(), random);
      break;
    case 2:
      change_order(chunks, random);
      break;
    case 3:
      change_type(one, random);
      break;
    case 4:
      change_pixels(chunks);
      break;
    default:
      change_bytes(one.data);
  }
  return seal(chunks);
}

}  // namespace
}  // namespace polytask::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data,
                                               std::size_t size,
                                               std::size_t max_size,
                                               unsigned seed) {
  using namespace polytask::fuzz;
  std::minstd_rand random(seed);
  Chunks chunks = take_apart(text_of(data, size));
  if (chunks.empty() || random() % 8 == 0) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  return put_changed(changed(std::move(chunks), random), data, size, max_size);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  polytask::fuzz::expect_image_or_refusal({data, size});
  return 0;
}
