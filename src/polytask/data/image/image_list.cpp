#include "polytask/data/image_list.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include "polytask/base/text.h"
#include "polytask/data/array_dataset.h"
#include "polytask/data/file_kind.h"
#include "polytask/data/image/image_batch.h"
#include "polytask/data/table/natural_order.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;

std::string ending_of(const fs::path& file) {
  std::string ending = file.extension().string();
  std::ranges::transform(ending, ending.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return ending;
}

bool is_image_ending(std::string_view ending) {
  return ending == ".jpg" || ending == ".jpeg" || ending == ".png";
}

bool is_image(const fs::path& file) {
  try {
    const FileKind kind = recognize_file(file).kind;
    return kind == FileKind::jpeg || kind == FileKind::png;
  } catch (const Error&) {
    return false;  // a pipe, a file that may not be read
  }
}

bool is_link_to_folder(const fs::directory_entry& entry) {
  std::error_code error;
  return entry.is_symlink(error) && entry.is_directory(error);
}

class ImageSearch {
 public:
  explicit ImageSearch(fs::path root) : root_(std::move(root)) {}

  FolderImages run() {
    add_folder({});
    std::ranges::sort(found_.files, [](const fs::path& a, const fs::path& b) {
      return comes_before(a.native(), b.native());
    });
    return std::move(found_);
  }

 private:
  //   folder   relative
  void add_folder(const fs::path& folder) {
    std::error_code error;
    fs::directory_iterator entry(root_ / folder, error);
    while (!error && entry != fs::directory_iterator()) {
      add(*entry, folder / entry->path().filename());
      entry.increment(error);
    }
    if (!error) return;
    found_.problems.push_back(cat((root_ / folder).string(),
                                  ": cannot be read: ", error.message(),
                                  "; check the path and its permissions"));
  }

  void add(const fs::directory_entry& entry, const fs::path& path) {
    std::error_code error;
    if (path.filename().string().starts_with('.')) return;
    if (is_link_to_folder(entry)) {
      ++found_.left_out["/"];
    } else if (entry.is_directory(error)) {
      add_folder(path);
    } else if (is_image_ending(ending_of(path)) || is_image(entry)) {
      found_.files.push_back(path);
    } else {
      ++found_.left_out[ending_of(path)];
    }
  }

  fs::path root_;
  FolderImages found_;
};

// Moves the readable images to the front, their names beside them.
std::vector<std::string> keep_readable(const std::vector<fs::path>& files,
                                       ImageBatch& batch,
                                       std::size_t bytes_per_image) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!batch.problems[i].empty()) continue;
    std::memmove(batch.pixels.get() + names.size() * bytes_per_image,
                 batch.pixels.get() + i * bytes_per_image, bytes_per_image);
    names.push_back(files[i].string());
  }
  return names;
}

}  // namespace

FolderImages find_images(const std::filesystem::path& folder) {
  return ImageSearch(folder).run();
}

ImageList read_image_list(const ImageListOptions& options) {
  ImageBatch batch =
      read_image_batch(options.files, {.height = options.height,
                                       .width = options.width,
                                       .threads = options.threads,
                                       .channels = options.channels});
  ArrayContent content;
  content.spec = {.height = options.height,
                  .width = options.width,
                  .channels = options.channels,
                  .pixels = PixelType::uint8,
                  .labels = {}};
  content.names =
      keep_readable(options.files, batch, content.spec.bytes_per_image());
  content.size = static_cast<std::int64_t>(content.names.size());
  content.images = std::move(batch.pixels);
  content.source = "images";
  return {.images = std::make_shared<ArrayDataset>(std::move(content)),
          .problems = std::move(batch.problems)};
}

}  // namespace polytask
