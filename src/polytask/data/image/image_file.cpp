#include "polytask/data/image_file.h"

#include <cstring>

#include "polytask/base/bounded_file.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/file_kind.h"
#include "polytask/data/image/image_decoders.h"

namespace polytask {
namespace {

[[noreturn]] void throw_no_image(std::string_view name,
                                 const RecognizedFile& found) {
  throw Error(
      Fault::data,
      cat(name, ": expected a JPEG or PNG image, found ", found.words, "; ",
          found.advice.empty() ? "convert it to JPEG or PNG" : found.advice));
}

void require_channels(const ImageRequest& request) {
  if (request.channels == 1 || request.channels == 3) return;
  throw Error(Fault::shape,
              cat("images: expected 1 or 3 channels, got ", request.channels));
}

std::string content_of(const std::filesystem::path& path) {
  return read_bounded_file(
      path, {.what = "an image file", .most_bytes = kMaxImageFileBytes});
}

}  // namespace

Image read_image_file(const std::filesystem::path& path,
                      const ImageRequest& request) {
  const std::string content = content_of(path);
  return decode_image(std::as_bytes(std::span(content)), path.string(),
                      request);
}

ImageInfo describe_image_file(const std::filesystem::path& path) {
  const std::string content = content_of(path);
  const auto file = std::as_bytes(std::span(content));
  const RecognizedFile found = recognize_content(content);
  const std::string name = path.string();
  if (found.kind == FileKind::jpeg) return describe_jpeg(file, name);
  if (found.kind == FileKind::png) return describe_png(file, name);
  throw_no_image(name, found);
}

Image decode_image(std::span<const std::byte> file, std::string_view name,
                   const ImageRequest& request) {
  const std::string_view content(reinterpret_cast<const char*>(file.data()),
                                 file.size());
  require_channels(request);
  const RecognizedFile found = recognize_content(content);
  if (found.kind == FileKind::jpeg) return decode_jpeg(file, name, request);
  if (found.kind == FileKind::png) return decode_png(file, name, request);
  throw_no_image(name, found);
}

void StepExit::fail(const char* reason) noexcept {
  std::strncpy(reason_.data(), reason, reason_.size() - 1);
  std::longjmp(jump_, 1);
}

}  // namespace polytask
