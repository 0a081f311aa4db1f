// A text file that grows by whole lines, each handed to the system at once.
//
// It is always a new file, which takes the place of whatever had its name: the
// lines never go through a link that someone put there. One LineFile of a path
// at a time.

#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>

namespace polytask {

class LineFile {
 public:
  // Puts a file that holds `beginning` in the place of `path`, which is the old
  // file or the new one at any moment. Until then the new one is called
  // NAME.new, where nothing else stays. Throws Fault::io, as append does,
  // naming the path and what the system said.
  LineFile(std::filesystem::path path, std::string_view beginning);

  // `text` ends in a newline.
  void append(std::string_view text);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  void write(std::string_view text);

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace polytask
