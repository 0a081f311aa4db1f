#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "polytask/base/crc32c.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/checkpoint/safetensors.h"
#include "polytask/checkpoint/safetensors_header.h"

namespace polytask {
namespace {

constexpr std::uint64_t kBlockBytes = std::uint64_t{256} << 10;
constexpr std::uint64_t kLengthBytes = 8;

// A file opened for reading. Everything that is judged is read with pread into
// memory of ours: it cannot change after the check, and a disk error is an
// error, not the signal that a mapping would raise.
class Source {
 public:
  explicit Source(const std::filesystem::path& path)
      : place_(path.string()),
        file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (!file_.is_open()) fail_to("open it");
    struct stat status {};
    if (::fstat(file_.get(), &status) != 0) fail_to("open it");
    if (!S_ISREG(status.st_mode)) {
      throw Error(Fault::io, cat(place_, ": expected a file, found a ",
                                 S_ISDIR(status.st_mode) ? "folder" : "device",
                                 "; name the safetensors file itself"));
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
  }

  [[nodiscard]] const std::string& place() const { return place_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }

  void read(std::uint64_t offset, std::span<char> bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = ::pread(file_.get(), bytes.data(), bytes.size(),
                                    static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail_to("read it");
      if (count == 0) {
        throw Error(Fault::data, cat(place_,
                                     ": it became shorter while it was "
                                     "read; wait until it is written"));
      }
      offset += static_cast<std::uint64_t>(count);
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }

  [[nodiscard]] std::string read_text(std::uint64_t offset,
                                      std::uint64_t count) const {
    std::string text(count, '\0');
    read(offset, text);
    return text;
  }

  // The bytes from `offset` to the end, as float memory.
  [[nodiscard]] std::shared_ptr<const std::byte> map(
      std::uint64_t offset) const {
    if (offset % alignof(float) != 0) return copy(offset);
    void* memory =
        ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file_.get(), 0);
    if (memory == MAP_FAILED) fail_to("map it");
    const auto* bytes = static_cast<const std::byte*>(memory);
    return {bytes + offset, [memory, size = size_](const std::byte*) {
              ::munmap(memory, size);
            }};
  }

 private:
  // For files of other programs that do not align their values.
  [[nodiscard]] std::shared_ptr<const std::byte> copy(
      std::uint64_t offset) const {
    const std::uint64_t bytes = size_ - offset;
    const auto floats = std::make_shared<std::vector<float>>(bytes / 4 + 1);
    const std::span<float> memory(*floats);
    read(offset, {reinterpret_cast<char*>(memory.data()), bytes});
    return {floats, reinterpret_cast<const std::byte*>(memory.data())};
  }

  [[noreturn]] void fail_to(std::string_view what) const {
    const int error = errno;
    if (error == ENOENT) {
      throw Error(Fault::io, cat(place_, ": no such file"));
    }
    throw Error(Fault::io, cat(place_, ": cannot ", what, ": ",
                               std::generic_category().message(error)));
  }

  std::string place_;
  FileDescriptor file_;
  std::uint64_t size_ = 0;
};

[[noreturn]] void fail_as_truncated(const Source& source,
                                    std::uint64_t expected) {
  throw Error(Fault::data,
              cat(source.place(), ": the file is damaged or truncated: ",
                  source.size(), " of ", expected,
                  " bytes are there; copy it "
                  "again, or use an older checkpoint"));
}

std::uint64_t header_length(const Source& source) {
  if (source.size() < kLengthBytes + 2) {
    fail_as_truncated(source, kLengthBytes + 2);
  }
  const std::string bytes = source.read_text(0, kLengthBytes);
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length < 2 || length > kMaxHeaderBytes) {
    throw Error(Fault::data, cat(source.place(),
                                 ": not a safetensors file: expected a "
                                 "header of 2 to ",
                                 kMaxHeaderBytes, " bytes, found ", length,
                                 " at byte 0", kDamageAdvice));
  }
  if (length > source.size() - kLengthBytes) {
    fail_as_truncated(source, kLengthBytes + length);
  }
  return length;
}

Header read_header(const Source& source, std::uint64_t length) {
  const std::string json = source.read_text(kLengthBytes, length);
  if (json.front() != '{') {
    throw Error(Fault::data, cat(source.place(),
                                 ": not a safetensors file: expected \"{\" "
                                 "at byte 8, found ",
                                 in_quotes(json.substr(0, 1)), kDamageAdvice));
  }
  Header header = parse_header(json, source.place());
  const std::uint64_t expected = kLengthBytes + length + header.value_bytes;
  if (source.size() < expected) fail_as_truncated(source, expected);
  if (source.size() > expected) {
    throw Error(Fault::data,
                cat(source.place(), ": expected ", expected, " bytes, found ",
                    source.size(), kDamageAdvice));
  }
  return header;
}

// What the file says its checksum is: "" when it stands nowhere, or not where
// polytask writes it. The latter means that another program has rewritten the
// file and kept our metadata.
std::string stated_checksum(const Source& source) {
  const std::size_t end = kChecksumOffset + kChecksumDigits;
  if (source.size() < end) return "";
  const std::string start = source.read_text(kLengthBytes, end - kLengthBytes);
  if (!start.starts_with(kChecksumLead)) return "";
  return start.substr(kChecksumLead.size());
}

std::string computed_checksum(const Source& source) {
  std::uint32_t checksum = 0;
  std::vector<char> block(std::min(kBlockBytes, source.size()));
  for (std::uint64_t at = 0; at < source.size(); at += block.size()) {
    block.resize(std::min(kBlockBytes, source.size() - at));
    source.read(at, block);
    if (at == 0) {
      std::ranges::fill(
          std::span(block).subspan(kChecksumOffset, kChecksumDigits), '0');
    }
    checksum = crc32c(std::as_bytes(std::span(block)), checksum);
  }
  return hex_digits(checksum);
}

// The checksum, which is right; empty when there is none.
std::string verified_checksum(const Source& source,
                              const ReadOptions& options) {
  const std::string stated = stated_checksum(source);
  if (stated.empty() && options.require_checksum) {
    throw Error(Fault::data,
                cat(source.place(),
                    ": it has no checksum of polytask's, so "
                    "nothing proves that it is whole; save it with polytask, "
                    "or use another file"));
  }
  if (stated.empty()) return stated;
  const std::string computed = computed_checksum(source);
  if (stated == computed) return stated;
  throw Error(Fault::data,
              cat(source.place(), ": expected the checksum ", in_quotes(stated),
                  ", found \"", computed, "\"", kDamageAdvice));
}

}  // namespace

SafetensorsFile::SafetensorsFile(std::filesystem::path path,
                                 ReadOptions options)
    : path_(std::move(path)) {
  const Source source(path_);
  const std::uint64_t length = header_length(source);
  Header header = read_header(source, length);
  checksum_ = verified_checksum(source, options);

  metadata_ = std::move(header.metadata);
  metadata_.erase(std::string(kChecksumKey));
  values_ = source.map(kLengthBytes + length);
  for (HeaderTensor& tensor : header.tensors) {
    const auto* values =
        reinterpret_cast<const float*>(values_.get() + tensor.begin);
    tensors_.push_back({.name = std::move(tensor.name),
                        .shape = std::move(tensor.shape),
                        .values = {values, (tensor.end - tensor.begin) / 4}});
  }
}

const TensorView* SafetensorsFile::find(std::string_view name) const {
  const auto found = std::ranges::find(tensors_, name, &TensorView::name);
  return found == tensors_.end() ? nullptr : &*found;
}

}  // namespace polytask
