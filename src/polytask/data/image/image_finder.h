// Which file a table means by a name.
//
// A name is a path in the folder of images, or relative to the folder of the
// table, or absolute, as long as it stays in the folder of images. Backslashes
// stand for slashes where no file has them in its name. Where there is no such
// file, the one of the folder and the folders in it is taken whose path, in
// this order,
//
//   ends with the name:        1.jpg      photos/1.jpg
//   ends with what follows the folder's own name in it:
//                              /home/anna/images/1.jpg   images/1.jpg
//   is one of these without its ending:   1      photos/1.jpg
//   is one of these in another case:      1.JPG  1.jpg
//
// if there is one such file and no more. Letters with marks may be written as
// one character or as two (see decomposed.h). Hidden files are left out,
// folders behind links are not searched.

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace polytask {

class ImageFinder {
 public:
  //   folder   of the images; must be there
  //   table    whose names are looked for
  ImageFinder(const std::filesystem::path& folder,
              const std::filesystem::path& table);

  struct Found {
    std::filesystem::path path;  // empty: none, or more than one
    std::string problem;         // "" when there is simply no such file
  };
  // The names of the folder's files are read when a name needs it, once.
  [[nodiscard]] Found find(const std::string& name);

  // The files of the folder and the folders in it, as a message says them.
  [[nodiscard]] std::string what_is_there();

 private:
  // Of each end of a file's path the files that have it.
  struct Ending {
    std::size_t file = 0;
    bool is_whole = false;                  // it is all of the file's path
    std::optional<std::size_t> other = {};  // a second file as good
  };
  using Endings = std::unordered_map<std::string, Ending>;
  using Key = std::string (*)(const std::string& path);

  [[nodiscard]] bool is_inside(const std::filesystem::path& path) const;
  [[nodiscard]] std::filesystem::path find_as_path(
      const std::string& name) const;
  static void add_endings(std::size_t file, const std::string& path,
                          Endings& endings);
  [[nodiscard]] std::optional<Found> find_by_ending(const std::string& name,
                                                    Endings& endings, Key key);
  [[nodiscard]] std::string behind_own_name(const std::string& name) const;
  void list_files();

  std::filesystem::path folder_;    // as given
  std::filesystem::path absolute_;  // without links
  std::filesystem::path table_;     // the table's folder
  bool listed_ = false;
  std::vector<std::string> files_;  // paths within the folder
  Endings as_written_;
  Endings without_ending_;
  Endings in_any_case_;
};

}  // namespace polytask
