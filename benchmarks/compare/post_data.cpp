#include "benchmarks/compare/post_data.h"

#include <cstring>
#include <fstream>
#include <numeric>
#include <span>
#include <string>

#include "benchmarks/post_network.h"
#include "polytask/base/error.h"
#include "polytask/checkpoint/model_file.h"
#include "polytask/data/array_dataset.h"
#include "polytask/data/dataset.h"
#include "polytask/worlds/worlds.h"

namespace polytask::benchmark {
namespace {

namespace fs = std::filesystem;

constexpr int kSide = 100;  // pixels
constexpr std::size_t kImageBytes = std::size_t{kSide} * kSide * 3;

void write_bytes(const fs::path& path, std::span<const std::byte> bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) {
    throw Error(Fault::io, path.string() +
                               ": cannot be written; is there room "
                               "on the disk?");
  }
}

void read_bytes(const fs::path& path, std::span<std::byte> bytes) {
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  if (!file) {
    throw Error(Fault::io, path.string() + ": cannot be read to its end");
  }
}

std::uintmax_t size_of_file(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (error) {
    throw Error(Fault::io, path.string() + ": " + error.message() +
                               "; benchmark_compare_worker --prepare FOLDER "
                               "makes the files");
  }
  return size;
}

std::vector<std::int64_t> range(std::int64_t first, std::int64_t last) {
  std::vector<std::int64_t> indices(static_cast<std::size_t>(last - first));
  std::iota(indices.begin(), indices.end(), first);
  return indices;
}

}  // namespace

const std::byte* PostData::image(std::int64_t index) const {
  return images.get() + static_cast<std::size_t>(index) * kImageBytes;
}

ModelSpec post_model() {
  return {.image = {kSide, kSide, 3},
          .network = post_network(),
          .tasks = {multilabel(
              "scene", {"desert", "mountains", "sea", "sunset", "trees"})}};
}

void write_arrays(const fs::path& path, const ParameterStore& values) {
  std::vector<float> all;
  all.reserve(values.layout().parameter_count());
  for (std::size_t i = 0; i < values.layout().size(); ++i) {
    all.insert(all.end(), values[i].begin(), values[i].end());
  }
  write_bytes(path, std::as_bytes(std::span(all)));
}

void write_post_data(const fs::path& folder, std::int64_t count) {
  fs::create_directories(folder);
  const DatasetPtr scenes = draw_scenes({.count = count});
  std::vector<std::byte> images(static_cast<std::size_t>(count) * kImageBytes);
  std::vector<float> targets(static_cast<std::size_t>(count) * kLabels);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    scenes->read_image(
        i, std::span(images).subspan(at * kImageBytes, kImageBytes));
    scenes->read_targets(i, std::span(targets).subspan(at * kLabels, kLabels));
  }
  write_bytes(folder / "images.u8", images);
  write_bytes(folder / "targets.f32", std::as_bytes(std::span(targets)));
  const Model model = make_model(post_model(), /*seed=*/1);
  write_arrays(folder / "weights.f32", model.parameters);
  save_model(model, folder / "model.safetensors");
}

std::vector<std::byte> read_first_images(const fs::path& folder, int count) {
  std::vector<std::byte> images(static_cast<std::size_t>(count) * kImageBytes);
  read_bytes(folder / "images.u8", images);
  return images;
}

PostData read_post_data(const fs::path& folder) {
  const std::uintmax_t bytes = size_of_file(folder / "images.u8");
  PostData data{.count = static_cast<std::int64_t>(bytes / kImageBytes)};
  const auto count = static_cast<std::size_t>(data.count);
  if (bytes % kImageBytes != 0 || count % (5 * kBatch) != 0 ||
      size_of_file(folder / "targets.f32") != count * kLabels * 4) {
    throw Error(Fault::data, folder.string() +
                                 ": expected images.u8 with a multiple of 500 "
                                 "images of 30000 bytes, and targets.f32 with "
                                 "20 bytes an image; make them anew");
  }
  const std::shared_ptr<std::byte> images = allocate_images(bytes);
  read_bytes(folder / "images.u8", {images.get(), bytes});
  data.targets.resize(count * kLabels);
  read_bytes(folder / "targets.f32",
             std::as_writable_bytes(std::span(data.targets)));
  data.images = images;
  const auto all = std::make_shared<ArrayDataset>(
      ArrayContent{.spec = {.height = kSide,
                            .width = kSide,
                            .channels = 3,
                            .labels = post_model().tasks.front().labels},
                   .size = data.count,
                   .images = data.images,
                   .targets = data.targets,
                   .source = "images.u8"});
  data.train = subset(all, range(0, data.count / 5 * 4));
  data.validation = subset(all, range(data.count / 5 * 4, data.count));
  return data;
}

}  // namespace polytask::benchmark
