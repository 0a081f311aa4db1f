#include "polytask/data/image_list.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <system_error>
#include <utility>

#include "polytask/base/text.h"
#include "polytask/data/array_dataset.h"
#include "polytask/data/image_batch.h"
#include "polytask/data/natural_order.h"

namespace polytask {
namespace {

using Paths = std::vector<std::filesystem::path>;

bool is_image_name(const std::string& name) {
  constexpr std::array<std::string_view, 3> kEndings{".jpg", ".jpeg", ".png"};
  std::string lower = name;
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return !name.starts_with('.') &&
         std::ranges::any_of(
             kEndings, [&](std::string_view e) { return lower.ends_with(e); });
}

struct Listing {
  Paths files;
  std::vector<std::string> problems;
};

void add_folder(const std::filesystem::path& folder, Listing& listing) {
  std::error_code error;
  std::vector<std::string> names;
  std::filesystem::directory_iterator entry(folder, error);
  while (!error && entry != std::filesystem::directory_iterator()) {
    names.push_back(entry->path().filename().string());
    entry.increment(error);
  }
  if (error) {
    listing.problems.push_back(cat(folder.string(),
                                   ": cannot be read: ", error.message(),
                                   "; check the path and its permissions"));
    return;
  }
  std::erase_if(names, [](const auto& name) { return !is_image_name(name); });
  std::ranges::sort(names, comes_before);
  if (names.empty()) {
    listing.problems.push_back(
        cat(folder.string(), ": expected JPEG or PNG images (*.jpg, *.jpeg, ",
            "*.png), found none; give the folder that holds them"));
  }
  for (const std::string& name : names) listing.files.push_back(folder / name);
}

// Moves the readable images to the front, their names beside them.
std::vector<std::string> keep_readable(const Paths& files, ImageBatch& batch,
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

ImageList read_image_list(const ImageListOptions& options) {
  Listing listing;
  for (const auto& input : options.inputs) {
    std::error_code error;
    if (std::filesystem::is_directory(input, error)) {
      add_folder(input, listing);
    } else {
      listing.files.push_back(input);
    }
  }
  ImageBatch batch =
      read_image_batch(listing.files, {.height = options.height,
                                       .width = options.width,
                                       .threads = options.threads});
  ArrayContent content;
  content.spec = {.height = options.height,
                  .width = options.width,
                  .channels = 3,
                  .pixels = PixelType::uint8,
                  .labels = {}};
  content.names =
      keep_readable(listing.files, batch, content.spec.bytes_per_image());
  content.size = static_cast<std::int64_t>(content.names.size());
  content.images = std::move(batch.pixels);
  content.source = "images";

  ImageList list{.images = std::make_shared<ArrayDataset>(std::move(content)),
                 .unreadable = std::move(listing.problems)};
  for (std::string& problem : batch.problems) {
    if (!problem.empty()) list.unreadable.push_back(std::move(problem));
  }
  return list;
}

}  // namespace polytask
