// Many image files decoded and resized at once, on several threads.

#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace polytask {

struct ImageBatchOptions {
  int height = 0;    // pixels
  int width = 0;     // pixels
  int threads = 0;   // 0: one per core
  int channels = 3;  // 1: luma, 3: RGB
};

struct ImageBatch {
  std::shared_ptr<std::byte> pixels;  // [N, H, W, C] uint8
  std::vector<std::string> problems;  // [N]; empty text: the image is there
};

// Image i is that of paths[i], the same on any number of threads; where it
// cannot be read, problems[i] says why and its pixels are unspecified.
// Throws Fault::config when the options are impossible, Fault::resource when
// there is no memory.
[[nodiscard]] ImageBatch read_image_batch(
    const std::vector<std::filesystem::path>& paths,
    const ImageBatchOptions& options);

}  // namespace polytask
