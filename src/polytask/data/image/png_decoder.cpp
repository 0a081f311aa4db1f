#include <png.h>

#include <cstring>
#include <new>
#include <vector>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/image/exif.h"
#include "polytask/data/image/image_decoders.h"
#include "polytask/data/image/image_rows.h"

namespace polytask {
namespace {

constexpr char kFormat[] = "PNG";
constexpr png_alloc_size_t kMaxChunkBytes = 8 << 20;

// Deflate shrinks by at most 1032 : 1.
constexpr std::uint64_t kBestCompression = 1032;

class Session {
 public:
  explicit Session(std::span<const std::byte> file)
      : file_(file), rest_(file) {}
  ~Session() { png_destroy_read_struct(&png_, &info_, nullptr); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] bool read_header();
  [[nodiscard]] ImageClaim claim() const;
  [[nodiscard]] ImageInfo describe() const;
  [[nodiscard]] bool interlaced() const {
    return png_get_interlace_type(png_, info_) != PNG_INTERLACE_NONE;
  }

  // Room for one row, or for the whole image where it is interlaced.
  [[nodiscard]] bool decode(ImageRows& rows, std::vector<std::uint8_t>& room);

  [[nodiscard]] std::string reason() const { return exit_.reason(); }

 private:
  void require_rgb_rows();
  void ignore_what_is_not_pixels();

  static void on_error(png_structp png, png_const_charp reason) {
    static_cast<Session*>(png_get_error_ptr(png))->exit_.fail(reason);
  }
  static void on_warning(png_structp, png_const_charp) {}
  static void on_read(png_structp png, png_bytep bytes, std::size_t count);

  std::span<const std::byte> file_;
  std::span<const std::byte> rest_;
  StepExit exit_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

void Session::on_read(png_structp png, png_bytep bytes, std::size_t count) {
  auto& rest = static_cast<Session*>(png_get_io_ptr(png))->rest_;
  if (count > rest.size()) png_error(png, "it ends too early");
  std::memcpy(bytes, rest.data(), count);
  rest = rest.subspan(count);
}

bool Session::read_header() {
  return exit_.completes([this] {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error,
                                  on_warning);
    if (png_ == nullptr) exit_.fail("libpng could not start");
    info_ = png_create_info_struct(png_);
    if (info_ == nullptr) exit_.fail("libpng could not start");
    png_set_read_fn(png_, this, on_read);
    ignore_what_is_not_pixels();
    png_read_info(png_, info_);
  });
}

// Texts, profiles and times are never even held in memory.
void Session::ignore_what_is_not_pixels() {
  png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_set_chunk_malloc_max(png_, kMaxChunkBytes);
  png_set_chunk_cache_max(png_, 16);
  // allocate_image refuses a size by its own limits and in its own words.
  png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
}

ImageClaim Session::claim() const {
  const png_uint_32 height = png_get_image_height(png_, info_);
  const std::uint64_t packed = png_get_rowbytes(png_, info_) + 1;
  return {.format = kFormat,
          .height = height,
          .width = png_get_image_width(png_, info_),
          .least_bytes = packed * height / kBestCompression,
          .orientation = orientation_of_png(file_)};
}

void Session::require_rgb_rows() {
  png_set_expand(png_);  // palette to RGB, grey of 1, 2, 4 bits to 8
  png_set_strip_16(png_);
  png_set_strip_alpha(png_);
  const int color = png_get_color_type(png_, info_);
  if ((color & PNG_COLOR_MASK_COLOR) == 0) png_set_gray_to_rgb(png_);
}

ImageInfo Session::describe() const {
  const auto colors = [&] {
    switch (png_get_color_type(png_, info_)) {
      case PNG_COLOR_TYPE_GRAY:
        return "grey";
      case PNG_COLOR_TYPE_GRAY_ALPHA:
        return "grey with alpha";
      case PNG_COLOR_TYPE_PALETTE:
        return "palette";
      case PNG_COLOR_TYPE_RGB_ALPHA:
        return "colour with alpha";
      default:
        return "colour";
    }
  };
  return {.format = kFormat,
          .height = static_cast<int>(png_get_image_height(png_, info_)),
          .width = static_cast<int>(png_get_image_width(png_, info_)),
          .colors = colors(),
          .bits = png_get_bit_depth(png_, info_),
          .orientation = orientation_of_png(file_)};
}

bool Session::decode(ImageRows& rows, std::vector<std::uint8_t>& room) {
  const auto height = static_cast<int>(png_get_image_height(png_, info_));
  const std::size_t row_bytes =
      std::size_t{3} * png_get_image_width(png_, info_);
  const bool whole = interlaced();
  std::uint8_t* const begin = room.data();
  return exit_.completes([this, &rows, height, row_bytes, whole, begin] {
    require_rgb_rows();
    const int passes = png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    if (png_get_rowbytes(png_, info_) != row_bytes) {
      exit_.fail("its rows are not what its header says");
    }
    for (int pass = 0; pass < passes; ++pass) {
      for (int y = 0; y < height; ++y) {
        std::uint8_t* const row =
            whole ? begin + static_cast<std::size_t>(y) * row_bytes : begin;
        png_read_row(png_, row, nullptr);
        if (pass + 1 == passes) rows.put(y, row);
      }
    }
    png_read_end(png_, nullptr);
  });
}

// Throws Fault::resource when there is no memory.
std::vector<std::uint8_t> make_room(const ImageClaim& claim, bool whole,
                                    std::string_view name) {
  try {
    return std::vector<std::uint8_t>(std::size_t{3} * claim.width *
                                     (whole ? claim.height : 1));
  } catch (const std::bad_alloc&) {
    throw Error(Fault::resource,
                cat(name, ": no memory for ", claim.width, " x ", claim.height,
                    " pixels; save it smaller"));
  }
}

}  // namespace

Image decode_png(std::span<const std::byte> file, std::string_view name,
                 const ImageRequest& request) {
  Session session(file);
  if (!session.read_header()) throw_damaged(name, kFormat, session.reason());
  const ImageClaim claim = session.claim();
  ImageRows rows(claim, file.size(), name, request);
  std::vector<std::uint8_t> room = make_room(claim, session.interlaced(), name);
  if (!session.decode(rows, room)) {
    throw_damaged(name, kFormat, session.reason());
  }
  return rows.take();
}

ImageInfo describe_png(std::span<const std::byte> file, std::string_view name) {
  Session session(file);
  if (!session.read_header()) throw_damaged(name, kFormat, session.reason());
  return session.describe();
}

}  // namespace polytask
