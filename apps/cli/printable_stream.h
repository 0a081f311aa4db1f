// The last thing before a terminal: text in its printable form.

#pragma once

#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

namespace polytask::cli {

// Hands on what is written to it in the form of printable() (base/utf8.h), but
// for line ends, and for returns to the start of the line where `redraws`: so
// no name, from whatever file, can make a terminal obey it.
class PrintableStream final : public std::ostream {
 public:
  explicit PrintableStream(std::ostream& to, bool redraws = false);
  ~PrintableStream() override;
  PrintableStream(const PrintableStream&) = delete;
  PrintableStream& operator=(const PrintableStream&) = delete;

  // Hands on what is left. Throws std::bad_alloc where text was lost for want
  // of memory, which a stream only says by its state.
  void finish();

 private:
  class Buffer final : public std::streambuf {
   public:
    Buffer(std::ostream& to, bool redraws) : to_(to), redraws_(redraws) {}

    // Also a character of which only the beginning has come.
    void hand_on_all();
    [[nodiscard]] bool lost_text() const { return lost_text_; }

   protected:
    int overflow(int character) override;
    std::streamsize xsputn(const char* text, std::streamsize size) override;
    int sync() override;

   private:
    void hand_on(std::string_view text);

    std::ostream& to_;
    bool redraws_;
    bool lost_text_ = false;
    std::string pending_;
  };

  Buffer buffer_;
};

}  // namespace polytask::cli
