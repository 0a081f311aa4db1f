#include "polytask/data/file_kind.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>

#include "polytask/base/file_descriptor.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/data/file_signatures.h"

namespace polytask {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kBeginBytes = 4096;
constexpr std::string_view kHdf5 = "\x89HDF\r\n\x1a\n"sv;
constexpr std::uint64_t kFirstUserBlock = 512;
constexpr std::string_view kMatlab = "MATLAB 7.3 MAT-file"sv;

// Larger headers are no model's.
constexpr std::uint64_t kMostHeaderBytes = std::uint64_t{1} << 32;

bool has_at(std::string_view content, std::size_t offset,
            std::string_view bytes) {
  return content.size() >= offset &&
         content.substr(offset, bytes.size()) == bytes;
}

RecognizedFile hdf5_file(std::string_view begin) {
  return {.kind = FileKind::hdf5,
          .words = begin.starts_with(kMatlab) ? "a MATLAB file (HDF5)"
                                              : "an HDF5 file"};
}

bool is_safetensors(std::string_view begin) {
  if (!has_at(begin, 8, "{")) return false;
  std::uint64_t header = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    header |= std::uint64_t{static_cast<unsigned char>(begin[i])} << (8 * i);
  }
  return header >= 2 && header <= kMostHeaderBytes;
}

// An archive is called after its first member: NumPy's and PyTorch's are zip.
std::string_view first_member(std::string_view zip) {
  if (zip.size() < 30) return {};
  const auto length =
      static_cast<std::size_t>(static_cast<unsigned char>(zip[26]) |
                               static_cast<unsigned char>(zip[27]) << 8);
  return zip.substr(30, length);
}

std::string_view archive_words(std::string_view zip) {
  if (!zip.starts_with("PK\x03\x04")) return {};
  const std::string_view member = first_member(zip);
  if (member.ends_with(".npy")) return "a NumPy archive (.npz)";
  if (member.ends_with("data.pkl")) return "a PyTorch file";
  if (member == "metadata.json" || member == "config.json") {
    return "a Keras model";
  }
  return {};
}

std::string_view first_line(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool blank = line.find_first_not_of(" \t") == std::string_view::npos;
    if (!blank && !line.starts_with('#') && line != "---") return line;
  }
  return {};
}

bool is_key(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || c == '_';
  };
  return std::ranges::all_of(line.substr(0, colon), is_word) &&
         (colon + 1 == line.size() || line[colon + 1] == ' ');
}

// A character may be cut where the bytes that were read end.
bool is_text(std::string_view begin) {
  const std::size_t good = first_byte_that_is_not_text(begin);
  return good == begin.size() ||
         (begin.size() >= kBeginBytes && good + 3 >= begin.size());
}

constexpr char kGiveFolder[] =
    "give the folder of its images as data.path, and the table as data.table";

RecognizedFile table_file() {
  return {
      .kind = FileKind::table, .words = "a table (CSV)", .advice = kGiveFolder};
}

RecognizedFile recipe_file() {
  return {.kind = FileKind::recipe, .words = "a recipe"};
}

RecognizedFile model_file() {
  return {.kind = FileKind::model, .words = "a model"};
}

RecognizedFile text_file(std::string_view begin) {
  const std::string_view line = first_line(begin);
  if (line.starts_with('{') || line.starts_with('[')) {
    return {.kind = FileKind::text, .words = "a JSON file"};
  }
  if (is_key(line)) return recipe_file();
  if (line.find_first_of(",;\t") != std::string_view::npos) {
    return table_file();
  }
  return {.kind = FileKind::text, .words = "text"};
}

std::string first_bytes(std::string_view begin) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "a file that starts with the bytes";
  for (const char c : begin.substr(0, 4)) {
    const auto byte = static_cast<unsigned char>(c);
    text += {' ', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return text;
}

std::optional<RecognizedFile> by_signature(std::string_view begin) {
  if (has_at(begin, 0, kHdf5)) return hdf5_file(begin);
  for (std::size_t at = kFirstUserBlock; at < begin.size(); at *= 2) {
    if (has_at(begin, at, kHdf5)) return hdf5_file(begin);
  }
  if (is_safetensors(begin)) return model_file();
  for (const FileSignature& known : file_signatures()) {
    if (!has_at(begin, known.offset, known.bytes)) continue;
    RecognizedFile found{
        .kind = known.kind, .words = known.words, .advice = known.advice};
    const std::string_view archive = archive_words(begin);
    if (!archive.empty()) found.words = archive;
    return found;
  }
  return std::nullopt;
}

std::optional<RecognizedFile> by_name(const std::filesystem::path& path) {
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (ending == ".yaml" || ending == ".yml") return recipe_file();
  if (ending == ".csv" || ending == ".tsv") return table_file();
  if (ending == ".safetensors") return model_file();
  return std::nullopt;
}

RecognizedFile by_text(std::string_view begin) {
  if (begin.empty()) return {.words = "an empty file"};
  if (is_text(begin)) return text_file(begin);
  const auto start = begin.substr(0, 4);
  if (std::ranges::all_of(start, [](char c) { return c == '\0'; })) {
    return {.words = "zeros", .advice = "get the file again"};
  }
  return {.words = first_bytes(begin)};
}

[[noreturn]] void throw_unreadable(const std::filesystem::path& path,
                                   int error) {
  if (error == ENOENT) {
    throw Error(Fault::io, cat(path.string(),
                               ": expected a file, found nothing; "
                               "check the path"));
  }
  throw Error(Fault::io, cat(path.string(), ": cannot be read: ",
                             std::generic_category().message(error),
                             "; check the path and its permissions"));
}

class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path)
      : path_(path),
        fd_(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
    struct stat status = {};
    if (fd_.get() < 0 || fstat(fd_.get(), &status) != 0) {
      throw_unreadable(path, errno);
    }
    is_folder_ = S_ISDIR(status.st_mode);
    bytes_ = static_cast<std::uint64_t>(status.st_size);
    if (is_folder_ || S_ISREG(status.st_mode)) return;
    throw Error(Fault::io, cat(path.string(),
                               ": expected a file, found a device or pipe; "
                               "give the path of a file"));
  }

  [[nodiscard]] bool is_folder() const { return is_folder_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  [[nodiscard]] std::string read(std::uint64_t offset, std::size_t most) const {
    std::string content(most, '\0');
    const ssize_t count =
        pread(fd_.get(), content.data(), most, static_cast<off_t>(offset));
    if (count < 0) throw_unreadable(path_, errno);
    content.resize(static_cast<std::size_t>(count));
    return content;
  }

 private:
  const std::filesystem::path& path_;
  FileDescriptor fd_;
  bool is_folder_ = false;
  std::uint64_t bytes_ = 0;
};

bool has_user_block(const OpenFile& file) {
  for (std::uint64_t at = kFirstUserBlock; at < file.bytes(); at *= 2) {
    if (file.read(at, kHdf5.size()) == kHdf5) return true;
  }
  return false;
}

}  // namespace

RecognizedFile recognize_file(const std::filesystem::path& path) {
  const OpenFile file(path);
  if (file.is_folder()) return {.kind = FileKind::folder, .words = "a folder"};
  const std::string begin = file.read(0, kBeginBytes);
  if (has_user_block(file)) return hdf5_file(begin);
  if (auto found = by_signature(begin)) return *std::move(found);
  if (auto found = by_name(path)) return *std::move(found);
  return by_text(begin);
}

RecognizedFile recognize_content(std::string_view begin) {
  begin = begin.substr(0, kBeginBytes);
  if (auto found = by_signature(begin)) return *std::move(found);
  return by_text(begin);
}

Error wrong_kind(const std::filesystem::path& path, std::string_view expected,
                 const RecognizedFile& found) {
  return {Fault::data,
          cat(path.string(), ": expected ", expected, ", found ", found.words,
              found.advice.empty() ? "" : "; ", found.advice)};
}

}  // namespace polytask
