#include "polytask/data/hdf5/hdf5_content.h"

#include <unistd.h>

#include <algorithm>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/worker/worker_process.h"
#include "polytask/data/hdf5/hdf5_images.h"
#include "polytask/data/hdf5/hdf5_labels.h"
#include "polytask/data/hdf5/hdf5_links.h"
#include "polytask/data/hdf5/hdf5_storage.h"

namespace polytask {
namespace {

// A slow core unpacks 50 MB a second, and finds 20,000 chunks.
constexpr std::uint64_t kBytesPerCpuSecond = std::uint64_t{10} << 20;
constexpr std::uint64_t kChunksPerCpuSecond = 5000;
constexpr std::uint64_t kMostCpuSeconds = 1'000'000;

// No chunk takes less than this in a file, with its entry in the index.
constexpr std::uint64_t kLeastChunkBytes = 16;

// One dataset of answers and its columns.
struct Answers {
  Hdf5Dataset dataset;
  std::vector<std::string> names;    // of its columns, within the dataset
  std::vector<std::string> columns;  // the same, within the file
  std::vector<std::string> classes;  // of its only column
  CellValues values = CellValues::numbers;
};

Answers open_one(const Hdf5File& file, const Hdf5Dataset& images,
                 const Hdf5Options& options) {
  Answers one{.dataset = open_dataset(file, options.labels, "labels"),
              .values = options.values};
  one.names = label_names(one.dataset, count_labels(one.dataset, images),
                          options.label_names);
  one.columns = one.names;
  if (one.names.size() == 1) one.classes = class_names(one.dataset);
  return one;
}

// The dataset `name` of a group, "y/objects": its columns carry its own name.
Answers open_member(const Hdf5File& file, const Hdf5Dataset& images,
                    const std::string& name) {
  const std::string task = name.substr(name.rfind('/') + 1);
  Answers one{.dataset = open_dataset(file, name, "labels")};
  const std::size_t count = count_labels(one.dataset, images);
  if (is_vector(one.dataset)) {
    one.names = one.columns = {task};
    one.classes = class_names(one.dataset);
    return one;
  }
  one.names = label_names(one.dataset, count, {});
  for (const std::string& label : one.names) {
    one.columns.push_back(cat(task, '/', label));
  }
  return one;
}

std::vector<Answers> open_answers(const Hdf5File& file,
                                  const Hdf5Dataset& images,
                                  const Hdf5Options& options) {
  std::vector<Answers> all;
  if (!options.require_labels && !has_link(file, options.labels)) return all;
  const std::vector<std::string> members = datasets_in(file, options.labels);
  if (members.empty()) {
    all.push_back(open_one(file, images, options));
    return all;
  }
  for (const std::string& name : members) {
    all.push_back(open_member(file, images, name));
  }
  return all;
}

void describe(const std::vector<Answers>& answers, DatasetSpec& spec) {
  for (const Answers& one : answers) {
    spec.labels.insert(spec.labels.end(), one.columns.begin(),
                       one.columns.end());
    if (one.classes.empty()) continue;
    spec.classes.push_back(
        {.column = one.columns.front(), .names = one.classes});
  }
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

// What there is to read: bytes as they are unpacked, and pieces.
struct Work {
  std::uint64_t bytes = 0;
  std::uint64_t chunks = 0;

  void add(const Hdf5Dataset& dataset, const Hdf5File& file) {
    std::uint64_t stored = H5Tget_size(dataset.type.get());
    for (const std::uint64_t d : dataset.shape) stored *= d;  // was checked
    bytes += stored;
    chunks += std::min(chunk_count(dataset), 1 + file.bytes / kLeastChunkBytes);
  }

  [[nodiscard]] unsigned cpu_seconds() const {
    return static_cast<unsigned>(
        std::min(bytes / kBytesPerCpuSecond + chunks / kChunksPerCpuSecond,
                 kMostCpuSeconds));
  }
};

// Raises the limits by what reading takes beyond the `bytes` of the result.
void extend_limits(const Hdf5File& file, const Hdf5Dataset& images,
                   const Hdf5ImagePlan& plan,
                   const std::vector<Answers>& answers, std::size_t bytes) {
  Work work{.bytes = bytes};
  work.add(images, file);
  std::size_t memory = bytes + scratch_bytes(images, plan);
  for (const Answers& one : answers) {
    work.add(one.dataset, file);
    memory += 3 * chunk_bytes(one.dataset);
  }
  require_memory(memory);
  extend_worker_limits(memory, work.cpu_seconds());
}

}  // namespace

Hdf5Description read_hdf5_content(const std::string& path,
                                  std::uint64_t file_bytes,
                                  const Hdf5Options& options,
                                  SharedMemory& memory) {
  configure_hdf5();
  const Hdf5File file = open_hdf5(path, file_bytes);
  const Hdf5Dataset images = open_dataset(file, options.images, "images");
  const Hdf5ImagePlan plan = plan_images(images, options.layout);
  const std::vector<Answers> answers = open_answers(file, images, options);

  Hdf5Description description{.size = static_cast<std::int64_t>(plan.images),
                              .spec = plan.spec,
                              .has_targets = !answers.empty()};
  describe(answers, description.spec);
  if (!is_plausible(description)) {
    throw Error(Fault::data, cat(images.place, ": shape ",
                                 shape_text(images.shape), " is too large"));
  }
  const std::size_t bytes = description.total_bytes();
  extend_limits(file, images, plan, answers, bytes);
  require_written_rows(images);

  const auto shared = memory.resize_and_map(bytes);
  std::size_t first = 0;
  for (const Answers& one : answers) {
    auto* targets =
        reinterpret_cast<float*>(shared.get() + description.targets_offset());
    read_targets(one.dataset, one.names, one.values, first,
                 description.spec.labels.size(),
                 {targets, description.target_count()});
    first += one.names.size();
  }
  read_images(images, plan, shared.get());
  return description;
}

}  // namespace polytask
