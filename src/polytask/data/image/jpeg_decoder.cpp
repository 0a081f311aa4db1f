#include <cstdio>  // jpeglib.h uses FILE and size_t without declaring them

#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <cstdint>

#include "polytask/base/error.h"
#include "polytask/data/image/exif.h"
#include "polytask/data/image/image_decoders.h"
#include "polytask/data/image/image_rows.h"

namespace polytask {
namespace {

constexpr char kFormat[] = "JPEG";

// A progressive file may refine its coefficients in as many scans as it likes,
// each a few bytes long and each a pass over the whole image, 1 ns a pixel.
// Those that cameras and tools write have 10 to 20.
constexpr std::int64_t kScansOfAnySize = 20;
constexpr std::int64_t kMaxScans = 200;
constexpr std::int64_t kMaxScannedPixels = 1'000'000'000;

// Coefficients of a progressive image of kMaxImagePixels, and some room.
constexpr long kMaxWorkingBytes = 640L << 20;

class Session {
 public:
  explicit Session(std::span<const std::byte> file);
  ~Session() { jpeg_destroy_decompress(&info_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] bool read_header();
  [[nodiscard]] ImageClaim claim() const;
  [[nodiscard]] ImageInfo describe() const;
  [[nodiscard]] bool decode(ImageRows& rows);

  [[nodiscard]] std::string reason() const { return exit_.reason(); }

 private:
  void decode_rows(ImageRows& rows, JSAMPARRAY row);

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

std::int64_t most_scans(const jpeg_decompress_struct& info) {
  const std::int64_t pixels =
      std::int64_t{info.image_height} * info.image_width;
  return std::clamp(kMaxScannedPixels / pixels, kScansOfAnySize, kMaxScans);
}

void on_progress(j_common_ptr info) {
  const auto* decoder = reinterpret_cast<j_decompress_ptr>(info);
  if (decoder->input_scan_number > most_scans(*decoder)) {
    exit_of(info).fail("it has more scans than an image of its size needs");
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
          .least_bytes = info_.arith_code != 0 ? 0 : blocks / 8,
          .orientation = orientation_of_jpeg(file_)};
}

ImageInfo Session::describe() const {
  const char* colors = info_.num_components == 1   ? "grey"
                       : info_.num_components == 3 ? "colour"
                                                   : "CMYK";
  return {.format = kFormat,
          .height = static_cast<int>(info_.image_height),
          .width = static_cast<int>(info_.image_width),
          .colors = colors,
          .bits = info_.data_precision,
          .orientation = orientation_of_jpeg(file_)};
}

bool Session::decode(ImageRows& rows) {
  return exit_.completes([this, &rows] {
    jpeg_start_decompress(&info_);
    // One more row for what becomes of inks.
    const JSAMPARRAY two =
        (*info_.mem->alloc_sarray)(reinterpret_cast<j_common_ptr>(&info_),
                                   JPOOL_IMAGE, 4 * info_.output_width, 2);
    decode_rows(rows, two);
    jpeg_finish_decompress(&info_);
  });
}

void Session::decode_rows(ImageRows& rows, JSAMPARRAY row) {
  const bool inks = info_.out_color_space == JCS_CMYK;
  while (info_.output_scanline < info_.output_height) {
    const auto y = static_cast<int>(info_.output_scanline);
    jpeg_read_scanlines(&info_, row, 1);
    if (inks) cmyk_to_rgb(row[0], row[1], info_.output_width);
    rows.put(y, inks ? row[1] : row[0]);
  }
}

}  // namespace

Image decode_jpeg(std::span<const std::byte> file, std::string_view name,
                  const ImageRequest& request) {
  Session session(file);
  if (!session.read_header()) throw_damaged(name, kFormat, session.reason());
  ImageRows rows(session.claim(), file.size(), name, request);
  if (!session.decode(rows)) throw_damaged(name, kFormat, session.reason());
  return rows.take();
}

ImageInfo describe_jpeg(std::span<const std::byte> file,
                        std::string_view name) {
  Session session(file);
  if (!session.read_header()) throw_damaged(name, kFormat, session.reason());
  return session.describe();
}

}  // namespace polytask
