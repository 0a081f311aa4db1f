#include "polytask/data/image_file.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/bounded_file.h"
#include "polytask/data/image_decoders.h"

namespace polytask {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kJpegStart = "\xff\xd8\xff"sv;
constexpr std::string_view kPngStart = "\x89PNG\r\n\x1a\n"sv;

// What people have that is neither: enough to tell them what they have.
struct Signature {
  std::string_view found;
  std::size_t offset;  // bytes from the start of the file
  std::string_view bytes;
};
constexpr Signature kOthers[] = {
    {"a GIF image", 0, "GIF8"sv},
    {"a BMP image", 0, "BM"sv},
    {"a TIFF image", 0, "II*\0"sv},
    {"a TIFF image", 0, "MM\0*"sv},
    {"a WebP image", 8, "WEBP"sv},
    {"an AVIF image", 4, "ftypavif"sv},
    {"a HEIC image", 4, "ftypheic"sv},
    {"a HEIC image", 4, "ftypmif1"sv},
    {"a JPEG 2000 image", 4, "jP  \r\n"sv},
    {"a JPEG XL image", 4, "JXL "sv},
    {"a JPEG XL image", 0, "\xff\x0a"sv},
    {"an HDF5 file", 0, "\x89HDF\r\n"sv},
    {"a PDF file", 0, "%PDF"sv},
    {"a ZIP file", 0, "PK\x03\x04"sv},
    {"a gzip file", 0, "\x1f\x8b"sv},
    {"a web page", 0, "<!DOCTYPE"sv},
    {"a web page", 0, "<html"sv},
    {"an SVG or XML file", 0, "<?xml"sv},
    {"an SVG or XML file", 0, "<svg"sv},
    {"a Git LFS pointer instead of the file", 0, "version https://git-lfs"sv},
};

bool has_at(std::string_view content, std::size_t offset,
            std::string_view bytes) {
  return content.size() >= offset &&
         content.substr(offset, bytes.size()) == bytes;
}

std::string describe(std::string_view content) {
  if (content.empty()) return "an empty file";
  for (const Signature& other : kOthers) {
    if (has_at(content, other.offset, other.bytes)) {
      return std::string(other.found);
    }
  }
  const auto start = content.substr(0, 4);
  if (std::ranges::all_of(start, [](char c) { return c == '\0'; })) {
    return "zeros";
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "a file that starts with the bytes";
  for (const char c : start) {
    const auto byte = static_cast<unsigned char>(c);
    text += {' ', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return text;
}

}  // namespace

Image read_image_file(const std::filesystem::path& path) {
  const std::string content = read_bounded_file(
      path, {.what = "an image file", .most_bytes = kMaxImageFileBytes});
  return decode_image(std::as_bytes(std::span(content)), path.string());
}

Image decode_image(std::span<const std::byte> file, std::string_view name) {
  const std::string_view content(reinterpret_cast<const char*>(file.data()),
                                 file.size());
  if (content.starts_with(kJpegStart)) return decode_jpeg(file, name);
  if (content.starts_with(kPngStart)) return decode_png(file, name);
  throw Error(Fault::data,
              cat(name, ": expected a JPEG or PNG image, found ",
                  describe(content), "; convert it to JPEG or PNG"));
}

Image allocate_image(const ImageClaim& claim, std::size_t file_bytes,
                     std::string_view name) {
  const std::uint64_t pixels = std::uint64_t{claim.height} * claim.width;
  const std::uint32_t longest = std::max(claim.height, claim.width);
  if (pixels > std::uint64_t{kMaxImagePixels} ||
      longest > std::uint32_t{kMaxImageSide}) {
    throw Error(
        Fault::data,
        cat(name, ": expected a ", claim.format, " image of at most ",
            kMaxImagePixels, " pixels and sides of at most ", kMaxImageSide,
            ", found ", claim.width, " x ", claim.height, "; save it smaller"));
  }
  if (file_bytes < claim.least_bytes) {
    throw_damaged(name, claim.format,
                  cat("only ", file_bytes, " bytes for ", claim.width, " x ",
                      claim.height, " pixels"));
  }
  try {
    return {.height = static_cast<int>(claim.height),
            .width = static_cast<int>(claim.width),
            .pixels = std::vector<std::uint8_t>(3 * pixels)};
  } catch (const std::bad_alloc&) {
    throw Error(Fault::resource,
                cat(name, ": no memory for ", claim.width, " x ", claim.height,
                    " pixels; save it smaller"));
  }
}

void throw_damaged(std::string_view name, const char* format,
                   const std::string& reason) {
  throw Error(Fault::data,
              cat(name, ": expected a whole ", format, " image, found damage (",
                  reason, "); get the file again or leave it out"));
}

void StepExit::fail(const char* reason) noexcept {
  std::strncpy(reason_.data(), reason, reason_.size() - 1);
  std::longjmp(jump_, 1);
}

}  // namespace polytask
