#include "polytask/data/hdf5_writer.h"

#include <algorithm>
#include <cstring>

#include "polytask/base/error.h"
#include "polytask/base/pending_file.h"
#include "polytask/base/text.h"
#include "polytask/base/worker/worker_process.h"
#include "polytask/data/hdf5/hdf5_answers.h"
#include "polytask/data/hdf5/hdf5_create.h"

namespace polytask {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
constexpr unsigned kGzipLevel = 1;
// Generous: the data set may decode its images while they are written.
constexpr double kWallSeconds = 600.0;
constexpr double kBytesPerSecond = 1e5;

// [H, W, C] to [C, H, W].
void move_channels_first(const DatasetSpec& spec, const std::byte* src,
                         std::byte* dst) {
  const std::size_t bytes = size_of(spec.pixels);
  const auto channels = static_cast<std::size_t>(spec.channels);
  const std::size_t area = spec.values_per_image() / channels;
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t i = 0; i < area; ++i) {
      std::memcpy(dst + (c * area + i) * bytes,
                  src + (i * channels + c) * bytes, bytes);
    }
  }
}

class ImageWriter {
 public:
  ImageWriter(const Dataset& data, const Hdf5WriteOptions& options)
      : data_(data), options_(options), spec_(data.spec()) {
    const auto height = static_cast<hsize_t>(spec_.height);
    const auto width = static_cast<hsize_t>(spec_.width);
    const auto channels = static_cast<hsize_t>(spec_.channels);
    const auto size = static_cast<hsize_t>(data.size());
    shape_ = {size, channels, height, width};
    if (options.channels_last) shape_ = {size, height, width, channels};
    chunk_ = shape_;
    chunk_[0] =
        std::clamp<hsize_t>(kChunkBytes / spec_.bytes_per_image(), 1, size);
  }

  void write(hid_t file) {
    const hid_t type =
        spec_.pixels == PixelType::uint8 ? H5T_NATIVE_UINT8 : H5T_NATIVE_FLOAT;
    const Hdf5Handle plist = make_timeless(H5P_DATASET_CREATE);
    require_written(H5Pset_chunk(plist.get(), 4, chunk_.data()) >= 0);
    if (options_.compress) {
      require_written(H5Pset_deflate(plist.get(), kGzipLevel) >= 0);
    }
    const Hdf5Handle space = make_space(shape_);
    Hdf5Handle dataset = checked_handle(
        {H5Dcreate2(file, options_.images.c_str(), type, space.get(),
                    H5P_DEFAULT, plist.get(), H5P_DEFAULT),
         H5Dclose});
    for (hsize_t row = 0; row < shape_[0]; row += chunk_[0]) {
      write_rows(dataset.get(), type, row);
    }
    require_written(dataset.close());
  }

 private:
  void write_rows(hid_t dataset, hid_t type, hsize_t row) {
    const std::size_t bytes = spec_.bytes_per_image();
    std::vector<hsize_t> count = chunk_;
    count[0] = std::min(chunk_[0], shape_[0] - row);
    slab_.resize(count[0] * bytes);
    image_.resize(bytes);
    for (hsize_t i = 0; i < count[0]; ++i) {
      data_.read_image(static_cast<std::int64_t>(row + i), image_);
      std::byte* dst = slab_.data() + i * bytes;
      if (options_.channels_last) {
        std::ranges::copy(image_, dst);
      } else {
        move_channels_first(spec_, image_.data(), dst);
      }
    }
    const std::vector<hsize_t> start{row, 0, 0, 0};
    const Hdf5Handle memory = make_space(count);
    const Hdf5Handle space = make_space(shape_);
    require_written(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET,
                                        start.data(), nullptr, count.data(),
                                        nullptr) >= 0);
    require_written(H5Dwrite(dataset, type, memory.get(), space.get(),
                             H5P_DEFAULT, slab_.data()) >= 0);
  }

  const Dataset& data_;
  const Hdf5WriteOptions& options_;
  const DatasetSpec& spec_;
  std::vector<hsize_t> shape_;
  std::vector<hsize_t> chunk_;
  std::vector<std::byte> slab_;
  std::vector<std::byte> image_;
};

void write_content(const Dataset& data, const std::vector<TaskColumns>& tasks,
                   const std::string& path, const Hdf5WriteOptions& options) {
  configure_hdf5();
  Hdf5Handle file = checked_handle(
      {H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT),
       H5Fclose});
  ImageWriter(data, options).write(file.get());
  if (tasks.empty()) {
    write_labels(data, file.get(), options.labels);
  } else {
    write_tasks(data, tasks, file.get(), options.labels);
  }
  require_written(file.close());
}

}  // namespace

void write_hdf5(const Dataset& data, const std::filesystem::path& path,
                const Hdf5WriteOptions& options) {
  const std::string place = path.string();
  if (data.size() < 1) {
    throw Error(Fault::shape,
                cat(place, ": expected at least one image to write, got none"));
  }
  std::vector<TaskColumns> tasks;
  if (has_tasks(data.spec())) tasks = tasks_of(data.spec(), place);
  PendingFile file(path);
  const double bytes = static_cast<double>(data.size()) *
                       static_cast<double>(data.spec().bytes_per_image());
  const WorkerOutcome outcome = run_in_worker(
      {.wall_seconds = kWallSeconds + bytes / kBytesPerSecond}, {}, [&] {
        try {
          write_content(data, tasks, file.temporary(), options);
        } catch (const Error& e) {
          if (e.fault() != Fault::io) throw;
          throw Error(Fault::io, cat(place, ": cannot be written: ", e.what(),
                                     "; nothing was changed"));
        }
        return std::string();
      });
  if (!outcome.answered) {
    throw Error(Fault::backend, cat(place, ": cannot be written: HDF5 ",
                                    describe_failure(outcome)));
  }
  file.commit();
}

}  // namespace polytask
