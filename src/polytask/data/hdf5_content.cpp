#include "polytask/data/hdf5_content.h"

#include <unistd.h>

#include <optional>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/hdf5_images.h"
#include "polytask/data/hdf5_labels.h"
#include "polytask/data/worker_process.h"

namespace polytask {
namespace {

// A slow core unpacks 50 MB a second.
constexpr std::size_t kBytesPerCpuSecond = std::size_t{10} << 20;

std::optional<Hdf5Dataset> open_labels(const Hdf5File& file,
                                       const Hdf5Options& options) {
  const bool absent =
      !options.require_labels && !has_link(file, options.labels);
  if (absent) return std::nullopt;
  return open_dataset(file, options.labels, "labels");
}

void require_memory(std::size_t bytes) {
  const auto installed = static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) *
                         static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  if (bytes <= installed) return;
  throw Error(
      Fault::resource,
      cat("its data needs ", bytes >> 20, " MiB of memory, this machine has ",
          installed >> 20, "; use smaller images or a part of the file"));
}

}  // namespace

Hdf5Description read_hdf5_content(const std::string& path,
                                  std::uint64_t file_bytes,
                                  const Hdf5Options& options,
                                  SharedMemory& memory) {
  tame_hdf5();
  const Hdf5File file = open_hdf5(path, file_bytes);
  const Hdf5Dataset images = open_dataset(file, options.images, "images");
  const Hdf5ImagePlan plan = plan_images(images, options.layout);
  const std::optional<Hdf5Dataset> labels = open_labels(file, options);

  Hdf5Description description{.size = static_cast<std::int64_t>(plan.images),
                              .spec = plan.spec,
                              .has_targets = labels.has_value()};
  if (labels) {
    description.spec.labels = label_names(
        *labels, count_labels(*labels, images), options.label_names);
  }
  if (!is_plausible(description)) {
    throw Error(Fault::data, cat(images.place, ": shape ",
                                 shape_text(images.shape), " is too large"));
  }
  const std::size_t bytes = description.total_bytes();
  require_memory(bytes);
  const std::size_t scratch = scratch_bytes(images, plan);
  extend_worker_limits(
      bytes + scratch,
      static_cast<unsigned>((bytes + scratch) / kBytesPerCpuSecond));

  const auto shared = memory.resize_and_map(bytes);
  if (labels) {
    auto* targets =
        reinterpret_cast<float*>(shared.get() + description.targets_offset());
    read_targets(*labels, description.spec.labels,
                 {targets, description.target_count()});
  }
  read_images(images, plan, shared.get());
  return description;
}

}  // namespace polytask
