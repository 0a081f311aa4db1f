#include <fcntl.h>
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
#include "polytask/tensor/workspace.h"

namespace polytask {
namespace {

// Fits into the cache, and is whole rounds of crc32c, 24 KiB each.
constexpr std::uint64_t kBlockBytes = std::uint64_t{240} << 10;
constexpr std::uint64_t kLengthBytes = 8;

// A file opened for reading. Everything is read with pread into memory of ours:
// it cannot change after the check, and a disk error is an error, not the
// signal that a mapping would raise.
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

 private:
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

Header read_header(const Source& source, std::string_view json) {
  if (json.front() != '{') {
    throw Error(Fault::data, cat(source.place(),
                                 ": not a safetensors file: expected \"{\" "
                                 "at byte 8, found ",
                                 in_quotes(json.substr(0, 1)), kDamageAdvice));
  }
  Header header = parse_header(json, source.place());
  const std::uint64_t expected =
      kLengthBytes + json.size() + header.value_bytes;
  if (source.size() < expected) fail_as_truncated(source, expected);
  if (source.size() > expected) {
    throw Error(Fault::data,
                cat(source.place(), ": expected ", expected, " bytes, found ",
                    source.size(), kDamageAdvice));
  }
  return header;
}

// A file on its way into memory: the header first, then all values in their
// order, then the checksum, which is right.
class Reading {
 public:
  Reading(const std::filesystem::path& path, const ReadOptions& options)
      : source_(path), header_bytes_(kLengthBytes + header_length(source_)) {
    std::string head = source_.read_text(0, header_bytes_);
    const auto json = std::string_view(head).substr(kLengthBytes);
    header_ = read_header(source_, json);
    if (json.starts_with(kChecksumLead)) {
      stated_ = json.substr(kChecksumLead.size(), kChecksumDigits);
    }
    if (stated_.empty() && options.require_checksum) {
      throw Error(Fault::data,
                  cat(source_.place(),
                      ": it has no checksum of polytask's, so "
                      "nothing proves that it is whole; save it with polytask, "
                      "or use another file"));
    }
    if (stated_.empty()) return;
    head.replace(kChecksumOffset, kChecksumDigits, kChecksumDigits, '0');
    computed_ = crc32c(std::as_bytes(std::span(head)));
  }

  [[nodiscard]] Header& header() { return header_; }

  // The next bytes of the values; each block is summed while it is in the
  // cache.
  void read(std::span<char> bytes) {
    while (!bytes.empty()) {
      const auto block = bytes.first(std::min(kBlockBytes, bytes.size()));
      source_.read(header_bytes_ + read_, block);
      if (!stated_.empty()) {
        computed_ = crc32c(std::as_bytes(block), computed_);
      }
      read_ += block.size();
      bytes = bytes.subspan(block.size());
    }
  }

  // Of a file that has been read to its end; "" when it states none, or not
  // where polytask writes it: then another program has rewritten the file and
  // kept our metadata.
  [[nodiscard]] const std::string& checksum() const {
    const std::string computed = hex_digits(computed_);
    if (stated_.empty() || stated_ == computed) return stated_;
    throw Error(Fault::data, cat(source_.place(), ": expected the checksum ",
                                 in_quotes(stated_), ", found \"", computed,
                                 "\"", kDamageAdvice));
  }

 private:
  Source source_;
  std::uint64_t header_bytes_;
  Header header_;
  std::string stated_;
  std::uint32_t computed_ = 0;
  std::uint64_t read_ = 0;
};

std::shared_ptr<const Workspace> memory_for(const std::filesystem::path& path,
                                            const WorkspacePlan& plan) {
  try {
    return std::make_shared<const Workspace>(plan);
  } catch (const Error& e) {
    throw Error(e.fault(),
                cat(path.string(), ": expected memory for its values, ",
                    plan.total_bytes() >> 20,
                    " MiB, and the system has not so "
                    "much; close other programs, or use a larger machine"));
  }
}

}  // namespace

SafetensorsFile::SafetensorsFile(std::filesystem::path path,
                                 ReadOptions options)
    : path_(std::move(path)) {
  Reading reading(path_, options);
  Header& header = reading.header();
  WorkspacePlan plan;
  std::vector<Slot> slots;
  for (const HeaderTensor& tensor : header.tensors) {
    const std::uint64_t count = (tensor.end - tensor.begin) / sizeof(float);
    slots.push_back(count > 0 ? plan.reserve(tensor.name, count) : Slot{});
  }
  const auto memory = memory_for(path_, plan);
  values_ = {memory, (*memory)[{}].data()};
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const std::span<float> values = (*memory)[slots[i]];
    reading.read({reinterpret_cast<char*>(values.data()), values.size_bytes()});
    tensors_.push_back({.name = std::move(header.tensors[i].name),
                        .shape = std::move(header.tensors[i].shape),
                        .values = values});
  }
  checksum_ = reading.checksum();
  metadata_ = std::move(header.metadata);
  metadata_.erase(std::string(kChecksumKey));
}

std::string SafetensorsFile::verify(const std::filesystem::path& path,
                                    ReadOptions options) {
  Reading reading(path, options);
  std::vector<char> block;
  std::uint64_t left = reading.header().value_bytes;
  while (left > 0) {
    block.resize(std::min(kBlockBytes, left));
    reading.read(block);
    left -= block.size();
  }
  return reading.checksum();
}

std::shared_ptr<float[]> SafetensorsFile::take_values() && {
  for (TensorView& tensor : tensors_) tensor.values = {};
  return std::move(values_);
}

const TensorView* SafetensorsFile::find(std::string_view name) const {
  const auto found = std::ranges::find(tensors_, name, &TensorView::name);
  return found == tensors_.end() ? nullptr : &*found;
}

}  // namespace polytask
