#include "polytask/data/image_file.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/bounded_file.h"
#include "polytask/data/file_kind.h"
#include "polytask/data/image_decoders.h"

namespace polytask {
namespace {

[[noreturn]] void throw_no_image(std::string_view name,
                                 const RecognizedFile& found) {
  throw Error(
      Fault::data,
      cat(name, ": expected a JPEG or PNG image, found ", found.words, "; ",
          found.advice.empty() ? "convert it to JPEG or PNG" : found.advice));
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
  const RecognizedFile found = recognize_content(content);
  if (found.kind == FileKind::jpeg) return decode_jpeg(file, name);
  if (found.kind == FileKind::png) return decode_png(file, name);
  throw_no_image(name, found);
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
