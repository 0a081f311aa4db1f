#include <cstdio>  // jpeglib.h uses FILE and size_t without declaring them

#include <jerror.h>
#include <jpeglib.h>

#include "polytask/base/error.h"
#include "polytask/data/image_decoders.h"

namespace polytask {
namespace {

constexpr char kFormat[] = "JPEG";

// A progressive file may refine its coefficients in as many scans as it likes,
// each a few bytes long and each a pass over the whole image.
constexpr int kMaxScans = 200;

// Coefficients of a progressive image of kMaxImagePixels, and some room.
constexpr long kMaxWorkingBytes = 512L << 20;

class Session {
 public:
  explicit Session(std::span<const std::byte> file);
  ~Session() { jpeg_destroy_decompress(&info_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] bool read_header();
  [[nodiscard]] ImageClaim claim() const;
  [[nodiscard]] bool decode(Image& image);

  [[nodiscard]] std::string reason() const { return exit_.reason(); }

 private:
  void decode_rows(std::uint8_t* pixels, JSAMPARRAY cmyk_row);

  std::span<const std::byte> file_;
  StepExit exit_;
  jpeg_error_mgr errors_ = {};
  jpeg_progress_mgr progress_ = {};
  jpeg_decompress_struct info_ = {};
};

StepExit& exit_of(j_common_ptr info) {
  return *static_cast<StepExit*>(info->client_data);
}

void on_error(j_common_ptr info) {
  char reason[JMSG_LENGTH_MAX];
  info->err->format_message(info, reason);
  exit_of(info).fail(reason);
}

// Level -1 is a warning. These cost no pixel; after any other one the pixels
// are made up.
void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
    case JWRN_TOO_MUCH_DATA:
      return;
    default:
      on_error(info);
  }
}

boolean on_end_of_file(j_decompress_ptr info) {
  exit_of(reinterpret_cast<j_common_ptr>(info)).fail("it ends too early");
}

void on_progress(j_common_ptr info) {
  const auto* decoder = reinterpret_cast<j_decompress_ptr>(info);
  if (decoder->input_scan_number > kMaxScans) {
    exit_of(info).fail("it has more than 200 scans");
  }
}

// R = C' * K' / 255, to the nearest, where C' and K' are the stored values:
// 255 - ink, as Adobe writes them.
std::uint8_t under_black(unsigned ink_free, unsigned black_free) {
  return static_cast<std::uint8_t>((ink_free * black_free + 127) / 255);
}

void cmyk_to_rgb(const JSAMPLE* cmyk, std::uint8_t* rgb, unsigned width) {
  for (unsigned x = 0; x < width; ++x) {
    for (unsigned c = 0; c < 3; ++c) {
      rgb[3 * x + c] = under_black(cmyk[4 * x + c], cmyk[4 * x + 3]);
    }
  }
}

Session::Session(std::span<const std::byte> file) : file_(file) {
  info_.err = jpeg_std_error(&errors_);
  info_.client_data = &exit_;
  errors_.error_exit = on_error;
  errors_.emit_message = on_message;
  progress_.progress_monitor = on_progress;
}

bool Session::read_header() {
  return exit_.completes([this] {
    jpeg_create_decompress(&info_);
    info_.progress = &progress_;
    info_.mem->max_memory_to_use = kMaxWorkingBytes;
    jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(file_.data()),
                 static_cast<unsigned long>(file_.size()));
    // libjpeg's own would invent an end-of-image marker and go on.
    info_.src->fill_input_buffer = on_end_of_file;
    jpeg_read_header(&info_, TRUE);
    const bool inks = info_.jpeg_color_space == JCS_CMYK ||
                      info_.jpeg_color_space == JCS_YCCK;
    info_.out_color_space = inks ? JCS_CMYK : JCS_RGB;
  });
}

// A Huffman code has at least one bit, and an 8 x 8 block at least one code.
// Arithmetic coding has no such bound.
ImageClaim Session::claim() const {
  const std::uint64_t blocks =
      std::uint64_t{info_.image_height / 8} * (info_.image_width / 8);
  return {.format = kFormat,
          .height = info_.image_height,
          .width = info_.image_width,
          .least_bytes = info_.arith_code != 0 ? 0 : blocks / 8};
}

bool Session::decode(Image& image) {
  std::uint8_t* const pixels = image.pixels.data();
  return exit_.completes([this, pixels] {
    jpeg_start_decompress(&info_);
    JSAMPARRAY cmyk_row = nullptr;
    if (info_.out_color_space == JCS_CMYK) {
      cmyk_row =
          (*info_.mem->alloc_sarray)(reinterpret_cast<j_common_ptr>(&info_),
                                     JPOOL_IMAGE, 4 * info_.output_width, 1);
    }
    decode_rows(pixels, cmyk_row);
    jpeg_finish_decompress(&info_);
  });
}

void Session::decode_rows(std::uint8_t* pixels, JSAMPARRAY cmyk_row) {
  const std::size_t row_bytes = 3 * std::size_t{info_.output_width};
  while (info_.output_scanline < info_.output_height) {
    JSAMPROW row = pixels + info_.output_scanline * row_bytes;
    if (cmyk_row == nullptr) {
      jpeg_read_scanlines(&info_, &row, 1);
    } else {
      jpeg_read_scanlines(&info_, cmyk_row, 1);
      cmyk_to_rgb(cmyk_row[0], row, info_.output_width);
    }
  }
}

}  // namespace

Image decode_jpeg(std::span<const std::byte> file, std::string_view name) {
  Session session(file);
  if (!session.read_header()) throw_damaged(name, kFormat, session.reason());
  Image image = allocate_image(session.claim(), file.size(), name);
  if (!session.decode(image)) throw_damaged(name, kFormat, session.reason());
  return image;
}

}  // namespace polytask
