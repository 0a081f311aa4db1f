#include "polytask/data/image/image_batch.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <thread>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/thread_pool.h"
#include "polytask/data/array_dataset.h"
#include "polytask/data/image_file.h"

namespace polytask {
namespace {

void require_possible(const ImageBatchOptions& options) {
  const auto [height, width, threads, channels] = options;
  if (std::min(height, width) < 1 || std::max(height, width) > kMaxImageSide ||
      std::int64_t{height} * width > kMaxImagePixels) {
    throw Error(Fault::config,
                cat("image size: expected a height and width of 1 to ",
                    kMaxImageSide, " and at most ", kMaxImagePixels,
                    " pixels, got ", width, " x ", height));
  }
  if (channels != 1 && channels != 3) {
    throw Error(Fault::config,
                cat("channels: expected 1 or 3, got ", channels));
  }
  if (threads < 0) {
    throw Error(
        Fault::config,
        cat("threads: expected 0 (one per core) or more, got ", threads));
  }
}

// Never throws: no exception may leave a thread.
std::string read_into(const std::filesystem::path& path,
                      const ImageBatchOptions& options,
                      std::byte* pixels) noexcept {
  try {
    const Image image = read_image_file(path, {.channels = options.channels,
                                               .height = options.height,
                                               .width = options.width});
    std::memcpy(pixels, image.pixels.data(), image.pixels.size());
    return {};
  } catch (const Error& e) {
    return e.what();
  } catch (const std::exception& e) {
    return cat(path.string(), ": cannot be read: ", e.what());
  }
}

int thread_count(int wanted, std::size_t images) {
  constexpr int kMostThreads = 256;
  const auto cores = static_cast<int>(std::thread::hardware_concurrency());
  const int most = std::clamp(wanted > 0 ? wanted : cores, 1, kMostThreads);
  return static_cast<int>(
      std::clamp<std::size_t>(images, 1, static_cast<std::size_t>(most)));
}

}  // namespace

ImageBatch read_image_batch(const std::vector<std::filesystem::path>& paths,
                            const ImageBatchOptions& options) {
  require_possible(options);
  const std::size_t bytes = static_cast<std::size_t>(options.channels) *
                            static_cast<std::size_t>(options.height) *
                            static_cast<std::size_t>(options.width);
  ImageBatch batch{.pixels = allocate_images(paths.size() * bytes),
                   .problems = std::vector<std::string>(paths.size())};
  ThreadPool threads(thread_count(options.threads, paths.size()));
  threads.run(static_cast<int>(paths.size()), [&](int part, int /*worker*/) {
    const auto i = static_cast<std::size_t>(part);
    batch.problems[i] =
        read_into(paths[i], options, batch.pixels.get() + i * bytes);
  });
  return batch;
}

}  // namespace polytask
