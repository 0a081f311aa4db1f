// The three descriptors a program is given, whatever state they are in.

#pragma once

#include <ostream>
#include <streambuf>
#include <string>

namespace polytask::cli {

// To be called first: a descriptor 0, 1 or 2 that is closed is held by one on
// which reading finds nothing and writing fails, so that no file a verb opens
// takes its number; and a reader that went away is an error of a write, not
// the end of the program.
void prepare_standard_streams();

// Writes to a descriptor, remembering the first failure; what is written after
// it is dropped.
class DescriptorStream final : public std::ostream {
 public:
  explicit DescriptorStream(int descriptor);
  ~DescriptorStream() override;
  DescriptorStream(const DescriptorStream&) = delete;
  DescriptorStream& operator=(const DescriptorStream&) = delete;

  // Hands over what is buffered. The errno of the first failure; 0 for none.
  [[nodiscard]] int finish();

 private:
  class Buffer final : public std::streambuf {
   public:
    explicit Buffer(int descriptor) : descriptor_(descriptor) {}
    [[nodiscard]] int failure() const { return failure_; }

   protected:
    int overflow(int character) override;
    std::streamsize xsputn(const char* text, std::streamsize size) override;
    int sync() override;

   private:
    int descriptor_;
    int failure_ = 0;
    std::string pending_;
  };

  Buffer buffer_;
};

}  // namespace polytask::cli
