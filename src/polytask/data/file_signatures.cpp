#include "polytask/data/file_signatures.h"

namespace polytask {
namespace {

using namespace std::string_view_literals;
using enum FileKind;

constexpr char kConvert[] = "convert it to JPEG or PNG";
constexpr char kUnpack[] = "unpack it and give what is in it";
constexpr char kNumpy[] =
    "put its arrays into an HDF5 file, in Python with "
    "h5py.File(\"data.h5\", \"w\")[\"x\"] = images";
constexpr char kCode[] =
    "such a file may run code when it is opened, so it is not; save arrays as "
    "HDF5, with h5py";
constexpr char kOldMatlab[] =
    "save it in MATLAB with save(\"data.mat\", \"-v7.3\")";
constexpr char kUtf8[] = "save it as UTF-8";
constexpr char kGetAgain[] = "get the file itself";
constexpr char kCsv[] = "save the table as CSV";
constexpr char kForeignModel[] =
    "polytask reads models that it has written, and safetensors";

// Names of members come before the archive itself.
constexpr FileSignature kSignatures[] = {
    {png, "a PNG image", "", 0, "\x89PNG\r\n\x1a\n"sv},
    {jpeg, "a JPEG image", "", 0, "\xff\xd8\xff"sv},
    {other, "a GIF image", kConvert, 0, "GIF87a"sv},
    {other, "a GIF image", kConvert, 0, "GIF89a"sv},
    {other, "a BMP image", kConvert, 6, "\0\0\0\0\x36\0\0\0"sv},
    {other, "a BMP image", kConvert, 6, "\0\0\0\0\x8a\0\0\0"sv},
    {other, "a TIFF image", kConvert, 0, "II*\0"sv},
    {other, "a TIFF image", kConvert, 0, "MM\0*"sv},
    {other, "a TIFF image", kConvert, 0, "II+\0"sv},
    {other, "a WebP image", kConvert, 8, "WEBP"sv},
    {other, "an AVIF image", kConvert, 4, "ftypavif"sv},
    {other, "a HEIC image", kConvert, 4, "ftyphei"sv},
    {other, "a HEIC image", kConvert, 4, "ftypmif1"sv},
    {other, "a HEIC image", kConvert, 4, "ftypmsf1"sv},
    {other, "a film (MP4)", "save images of it as JPEG or PNG", 4, "ftyp"sv},
    {other, "a JPEG 2000 image", kConvert, 4, "jP  \r\n"sv},
    {other, "a JPEG 2000 image", kConvert, 0, "\xff\x4f\xff\x51"sv},
    {other, "a JPEG XL image", kConvert, 4, "JXL "sv},
    {other, "a JPEG XL image", kConvert, 0, "\xff\x0a"sv},
    {other, "a Photoshop image", kConvert, 0, "8BPS\0"sv},
    {other, "a PGM or PPM image", kConvert, 0, "P5\n"sv},
    {other, "a PGM or PPM image", kConvert, 0, "P6\n"sv},
    {other, "a DICOM image", kConvert, 128, "DICM"sv},
    {other, "a FITS image", kConvert, 0, "SIMPLE  ="sv},
    {other, "a NumPy file", kNumpy, 0, "\x93NUMPY"sv},
    {other, "a MATLAB file older than version 7.3", kOldMatlab, 0,
     "MATLAB 5.0 MAT-file"sv},
    {other, "an IDX file, as MNIST has", kNumpy, 0, "\0\0\x08\x01"sv},
    {other, "an IDX file, as MNIST has", kNumpy, 0, "\0\0\x08\x03"sv},
    {other, "a pickle of Python", kCode, 0, "\x80\x02"sv},
    {other, "a pickle of Python", kCode, 0, "\x80\x03"sv},
    {other, "a pickle of Python", kCode, 0, "\x80\x04"sv},
    {other, "a pickle of Python", kCode, 0, "\x80\x05"sv},
    {other, "a spreadsheet", kCsv, 30, "[Content_Types].xml"sv},
    {other, "a spreadsheet", kCsv, 30, "mimetype"sv},
    {other, "a ZIP archive", kUnpack, 0, "PK\x03\x04"sv},
    {other, "a gzip archive", kUnpack, 0, "\x1f\x8b"sv},
    {other, "a bzip2 archive", kUnpack, 0, "BZh"sv},
    {other, "an xz archive", kUnpack, 0, "\xfd\x37zXZ\0"sv},
    {other, "a Zstandard archive", kUnpack, 0, "\x28\xb5\x2f\xfd"sv},
    {other, "a 7z archive", kUnpack, 0, "7z\xbc\xaf\x27\x1c"sv},
    {other, "a RAR archive", kUnpack, 0, "Rar!\x1a\x07"sv},
    {other, "a tar archive", kUnpack, 257, "ustar"sv},
    {other, "a Parquet file", kNumpy, 0, "PAR1"sv},
    {other, "an Arrow file", kNumpy, 0, "ARROW1\0\0"sv},
    {other, "an SQLite database", kCsv, 0, "SQLite format 3\0"sv},
    {other, "a netCDF file of version 3", "save it as netCDF 4, which is HDF5",
     0, "CDF\x01"sv},
    {other, "a GGUF model", kForeignModel, 0, "GGUF"sv},
    {other, "a TensorFlow Lite model", kForeignModel, 4, "TFL3"sv},
    {other, "a PDF file", "save its pages as JPEG or PNG", 0, "%PDF"sv},
    {other, "a web page", kGetAgain, 0, "<!DOCTYPE"sv},
    {other, "a web page", kGetAgain, 0, "<!doctype"sv},
    {other, "a web page", kGetAgain, 0, "<html"sv},
    {other, "an SVG or XML file", kConvert, 0, "<?xml"sv},
    {other, "an SVG or XML file", kConvert, 0, "<svg"sv},
    {other, "a Git LFS pointer instead of the file",
     "get the file with git lfs pull", 0, "version https://git-lfs"sv},
    {other, "a program", "", 0, "\x7f\x45LF"sv},
    {other, "text in UTF-16", kUtf8, 0, "\xff\xfe"sv},
    {other, "text in UTF-16", kUtf8, 0, "\xfe\xff"sv},
};

}  // namespace

std::span<const FileSignature> file_signatures() { return kSignatures; }

}  // namespace polytask
