#include "apps/cli/printable_stream.h"

#include <algorithm>
#include <new>

#include "polytask/base/utf8.h"

namespace polytask::cli {
namespace {

constexpr std::size_t kMostPending = std::size_t{1} << 16;

// How many bytes at the end begin a character that is not complete.
std::size_t unfinished_bytes(std::string_view text) {
  const std::size_t most = std::min<std::size_t>(text.size(), 3);
  for (std::size_t back = 1; back <= most; ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xC0) == 0x80) continue;
    const std::size_t needs = byte < 0xC0   ? 1
                              : byte < 0xE0 ? 2
                              : byte < 0xF0 ? 3
                                            : 4;
    return needs > back ? back : 0;
  }
  return 0;
}

}  // namespace

PrintableStream::PrintableStream(std::ostream& to, bool redraws)
    : std::ostream(nullptr), buffer_(to, redraws) {
  rdbuf(&buffer_);
  if ((to.flags() & std::ios::unitbuf) != 0) setf(std::ios::unitbuf);
}

PrintableStream::~PrintableStream() { buffer_.hand_on_all(); }

void PrintableStream::finish() {
  buffer_.hand_on_all();
  if (buffer_.lost_text()) throw std::bad_alloc();
}

int PrintableStream::Buffer::overflow(int character) {
  if (character == traits_type::eof()) return traits_type::not_eof(character);
  const char c = traits_type::to_char_type(character);
  xsputn(&c, 1);
  return character;
}

std::streamsize PrintableStream::Buffer::xsputn(const char* text,
                                                std::streamsize size) try {
  pending_.append(text, static_cast<std::size_t>(size));
  if (pending_.size() > kMostPending) sync();
  return size;
} catch (const std::bad_alloc&) {
  lost_text_ = true;
  return 0;
}

int PrintableStream::Buffer::sync() {
  const std::size_t kept = unfinished_bytes(pending_);
  const std::string_view all = pending_;
  hand_on(all.substr(0, all.size() - kept));
  pending_.erase(0, pending_.size() - kept);
  to_.flush();
  return to_ ? 0 : -1;
}

void PrintableStream::Buffer::hand_on_all() {
  hand_on(pending_);
  pending_.clear();
  to_.flush();
}

void PrintableStream::Buffer::hand_on(std::string_view text) try {
  const std::string_view layout = redraws_ ? "\n\r" : "\n";
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(layout), text.size());
    to_ << printable(text.substr(0, end));
    if (end < text.size()) to_ << text[end];
    text.remove_prefix(std::min(end + 1, text.size()));
  }
} catch (const std::bad_alloc&) {
  lost_text_ = true;
}

}  // namespace polytask::cli
