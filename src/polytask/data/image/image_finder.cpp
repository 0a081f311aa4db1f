#include "polytask/data/image/image_finder.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "polytask/base/decomposed.h"
#include "polytask/base/text.h"
#include "polytask/data/table/natural_order.h"
#include "polytask/data/table/shown_text.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;

constexpr int kMostFolders = 32;  // one in the other

bool is_file(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  return fs::exists(status) && !fs::is_directory(status);
}

// Without links where that can be told, else as it is written.
fs::path absolute_path(const fs::path& path) {
  std::error_code error;
  fs::path resolved = fs::weakly_canonical(path, error);
  if (!error) return resolved;
  resolved = fs::absolute(path, error);
  return (error ? path : resolved).lexically_normal();
}

bool is_hidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

// "C:\photos\1.jpg" as "/photos/1.jpg".
std::string with_slashes(std::string name) {
  std::ranges::replace(name, '\\', '/');
  const bool drive = name.size() > 2 && name[1] == ':' && name[2] == '/';
  return drive ? name.substr(2) : name;
}

std::string as_it_is(const std::string& path) { return decomposed(path); }

std::string without_ending(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  const std::size_t slash = path.rfind('/');
  const std::size_t name = slash == std::string::npos ? 0 : slash + 1;
  if (dot == std::string::npos || dot <= name) return "";
  return decomposed(path.substr(0, dot));
}

std::string in_lower_case(const std::string& path) {
  std::string lower = decomposed(path);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

ImageFinder::ImageFinder(const fs::path& folder, const fs::path& table)
    : folder_(folder),
      absolute_(absolute_path(folder)),
      table_(absolute_path(table).parent_path()) {}

bool ImageFinder::is_inside(const fs::path& path) const {
  const auto [end, rest] = std::ranges::mismatch(absolute_, path);
  return end == absolute_.end() && rest != path.end();
}

fs::path ImageFinder::find_as_path(const std::string& name) const {
  const fs::path path(name);
  if (path.is_relative() && std::ranges::find(path, "..") == path.end() &&
      is_file(folder_ / path)) {
    return folder_ / path;
  }
  for (const fs::path& base : {absolute_, table_}) {
    const fs::path whole = (base / path).lexically_normal();
    if (!is_inside(whole) || !is_file(whole)) continue;
    return folder_ / whole.lexically_relative(absolute_);
  }
  return {};
}

void ImageFinder::list_files() {
  if (std::exchange(listed_, true)) return;
  std::error_code error;
  fs::recursive_directory_iterator at(
      folder_, fs::directory_options::skip_permission_denied, error);
  for (const fs::recursive_directory_iterator end; !error && at != end;
       at.increment(error)) {
    std::error_code unknown;
    if (is_hidden(at->path()) || at.depth() >= kMostFolders) {
      at.disable_recursion_pending();
    } else if (!at->is_directory(unknown)) {
      files_.push_back(at->path().lexically_relative(folder_).generic_string());
    }
  }
  std::ranges::sort(files_, comes_before);
}

void ImageFinder::add_endings(std::size_t file, const std::string& path,
                              Endings& endings) {
  for (std::size_t from = 0; from < path.size();) {
    const bool is_whole = from == 0;
    const auto [at, is_new] =
        endings.try_emplace(path.substr(from), Ending{file, is_whole});
    Ending& known = at->second;
    if (!is_new && is_whole && !known.is_whole) {
      known = {file, true};
    } else if (!is_new && is_whole == known.is_whole && !known.other) {
      known.other = file;
    }
    const std::size_t slash = path.find('/', from);
    if (slash == std::string::npos) return;
    from = slash + 1;
  }
}

std::optional<ImageFinder::Found> ImageFinder::find_by_ending(
    const std::string& name, Endings& endings, Key key) {
  list_files();
  if (endings.empty()) {
    for (std::size_t i = 0; i < files_.size(); ++i) {
      add_endings(i, key(files_[i]), endings);
    }
  }
  const auto found =
      endings.find(key == in_lower_case ? key(name) : decomposed(name));
  if (found == endings.end()) return std::nullopt;
  const Ending& ending = found->second;
  if (!ending.other) return Found{folder_ / files_[ending.file], ""};
  return Found{{},
               cat("it may be ", shown_quoted(files_[ending.file]), " or ",
                   shown_quoted(files_[*ending.other]))};
}

// "1.jpg" of "data/images/1.jpg" where the folder is called images.
std::string ImageFinder::behind_own_name(const std::string& name) const {
  const std::string own = cat('/', absolute_.filename().string(), '/');
  const std::string all = cat('/', name);
  const std::size_t at = all.rfind(own);
  return at == std::string::npos ? "" : all.substr(at + own.size());
}

ImageFinder::Found ImageFinder::find(const std::string& name) {
  const std::string path = with_slashes(name);
  for (const std::string& written : {name, path}) {
    const fs::path found = find_as_path(written);
    if (!found.empty()) return {found, ""};
  }
  const fs::path normal = fs::path(path).lexically_normal();
  if (std::ranges::find(normal, "..") != normal.end()) {
    return {{}, "it is not inside of the folder of images"};
  }
  const std::string end = normal.is_relative() ? normal.generic_string() : "";
  const std::string rest = behind_own_name(normal.generic_string());
  const std::pair<Endings&, Key> ways[]{{as_written_, as_it_is},
                                        {without_ending_, without_ending},
                                        {in_any_case_, in_lower_case}};
  for (const auto& [endings, key] : ways) {
    for (const std::string& wanted : {end, rest}) {
      if (wanted.empty()) continue;
      if (auto found = find_by_ending(wanted, endings, key)) return *found;
    }
  }
  if (normal.is_relative()) return {};
  return {{}, "it is not inside of the folder of images"};
}

std::string ImageFinder::what_is_there() {
  list_files();
  if (files_.empty()) return "no files at all";
  return cat(files_.size(), files_.size() == 1 ? " file, " : " files, such as ",
             shown_quoted(files_.front()));
}

}  // namespace polytask
