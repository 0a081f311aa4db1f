#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <functional>
#include <optional>
#include <system_error>
#include <thread>

#include "polytask/base/crc32c.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/checkpoint/safetensors.h"
#include "polytask/checkpoint/safetensors_header.h"
#include "polytask/tensor/workspace.h"

namespace polytask {
namespace {

// Fits into the cache, and is whole rounds of crc32c, each of which fits into
// the first one.
constexpr std::uint64_t kRoundBytes = std::uint64_t{24} << 10;
constexpr std::uint64_t kBlockBytes = 10 * kRoundBytes;
constexpr std::uint64_t kLengthBytes = 8;
// From here on a thread is started in less time than it saves.
constexpr std::uint64_t kBytesForAThread = std::uint64_t{4} << 20;

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

// A thread that looks at values in their order, behind the one that reads them.
class Follower {
 public:
  using LookAt = std::function<void(std::span<const float>)>;

  // Throws std::system_error where no thread can be started.
  Follower(std::span<const float> values, LookAt look_at)
      : values_(values),
        look_at_(std::move(look_at)),
        thread_([this] { follow(); }) {}
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;
  // Where all values are there, all have been looked at then.
  ~Follower() {
    if (there_ < values_.size()) {
      ended_ = true;
      there_.fetch_add(1);  // waking needs a change; this one is not looked at
      there_.notify_one();
    }
    thread_.join();
  }

  // The first `count` values are there.
  void reach(std::size_t count) {
    there_ = count;
    there_.notify_one();
  }

 private:
  void follow() {
    for (std::size_t seen = 0; seen < values_.size();) {
      there_.wait(seen);
      const std::size_t there = there_;
      if (ended_) return;
      look_at_(values_.subspan(seen, there - seen));
      seen = there;
    }
  }

  std::span<const float> values_;
  LookAt look_at_;
  std::atomic<std::size_t> there_ = 0;
  std::atomic<bool> ended_ = false;
  std::thread thread_;  // last: it uses the others
};

// A file on its way into memory: the header first, then all values in their
// order, then the checksum, which is right.
class Reading {
 public:
  Reading(const std::filesystem::path& path, const ReadOptions& options)
      : source_(path),
        header_bytes_(kLengthBytes + header_length(source_)),
        require_finite_(options.require_finite) {
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

  [[nodiscard]] const Header& header() const { return header_; }

  // The next values. Each block is summed and checked while it is in the cache;
  // where there are many, by a thread of its own while the next one is read.
  void read(std::span<float> values) {
    std::optional<Follower> follower;
    if (values.size_bytes() >= kBytesForAThread) {
      try {
        follower.emplace(values, [this](auto block) { look_at(block); });
      } catch (const std::system_error&) {
        // Without one it takes longer.
      }
    }
    for (std::size_t done = 0; done < values.size();) {
      const auto block = values.subspan(
          done, std::min(kBlockBytes / sizeof(float), values.size() - done));
      source_.read(offset_,
                   {reinterpret_cast<char*>(block.data()), block.size_bytes()});
      offset_ += block.size_bytes();
      done += block.size();
      if (follower) {
        follower->reach(done);
      } else {
        look_at(block);
      }
    }
  }

  // The same for all that are left, which no one wants.
  void skip() {
    std::vector<float> block;
    std::uint64_t left = header_.value_bytes / sizeof(float) - read_;
    while (left > 0) {
      block.resize(std::min(kBlockBytes / sizeof(float), left));
      read(block);
      left -= block.size();
    }
  }

  // Of a file that has been read to its end: whether it is what was written.
  void require_whole() const {
    const std::string computed = hex_digits(computed_);
    if (stated_.empty() || stated_ == computed) return;
    throw Error(Fault::data, cat(source_.place(), ": expected the checksum ",
                                 in_quotes(stated_), ", found \"", computed,
                                 "\"", kDamageAdvice));
  }

  // Likewise: whether all its values are numbers.
  void require_finite() const {
    if (!bad_) return;
    const auto& tensors = header_.tensors;
    const auto in = std::ranges::find_if(
        tensors, [at = *bad_ * sizeof(float)](const HeaderTensor& tensor) {
          return at < tensor.end;
        });
    throw Error(Fault::data,
                cat(source_.place(), ": tensor ", in_quotes(in->name),
                    ": expected finite numbers, found ", bad_value_,
                    " at element ", *bad_ - in->begin / sizeof(float),
                    "; train the model again, or use an older checkpoint"));
  }

  // "" when the file states none, or not where polytask writes it: then another
  // program has rewritten the file and kept our metadata.
  [[nodiscard]] const std::string& checksum() const { return stated_; }

 private:
  void look_at(std::span<const float> block) {
    while (!block.empty()) {
      const auto round =
          block.first(std::min(kRoundBytes / sizeof(float), block.size()));
      if (!stated_.empty()) computed_ = crc32c(std::as_bytes(round), computed_);
      if (require_finite_ && !bad_) {
        if (const auto bad = first_non_finite(round)) {
          bad_ = read_ + *bad;
          bad_value_ = round[*bad];
        }
      }
      read_ += round.size();
      block = block.subspan(round.size());
    }
  }

  Source source_;
  std::uint64_t header_bytes_;
  std::uint64_t offset_ = header_bytes_;  // in the file, of the next value
  bool require_finite_;
  Header header_;
  std::string stated_;
  std::uint32_t computed_ = 0;
  std::uint64_t read_ = 0;            // values looked at
  std::optional<std::uint64_t> bad_;  // the first one that is not finite
  float bad_value_ = 0.0f;
};

// Lets `options` look at what the file says it holds.
void ask(Reading& reading, const ReadOptions& options) {
  if (!options.accept) return;
  std::vector<TensorView> tensors;
  for (const HeaderTensor& tensor : reading.header().tensors) {
    tensors.push_back(
        {.name = tensor.name, .shape = tensor.shape, .values = {}});
  }
  try {
    options.accept(reading.header().metadata, tensors);
  } catch (const Error&) {
    reading.skip();
    reading.require_whole();
    throw;
  }
}

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
  ask(reading, options);
  const Header& header = reading.header();
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
    reading.read(values);
    tensors_.push_back({.name = header.tensors[i].name,
                        .shape = header.tensors[i].shape,
                        .values = values});
  }
  reading.require_whole();
  reading.require_finite();
  checksum_ = reading.checksum();
  metadata_ = header.metadata;
  metadata_.erase(std::string(kChecksumKey));
}

std::string SafetensorsFile::verify(const std::filesystem::path& path,
                                    ReadOptions options) {
  Reading reading(path, options);
  reading.skip();
  reading.require_whole();
  reading.require_finite();
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
