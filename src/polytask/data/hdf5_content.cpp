#include "polytask/data/hdf5_content.h"

#include <unistd.h>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/hdf5_images.h"
#include "polytask/data/hdf5_labels.h"
#include "polytask/data/worker_process.h"

namespace polytask {
namespace {

// A slow core unpacks 50 MB a second.
constexpr std::size_t kBytesPerCpuSecond = std::size_t{10} << 20;

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
  if (one.dataset.shape.size() == 1) {
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

}  // namespace

Hdf5Description read_hdf5_content(const std::string& path,
                                  std::uint64_t file_bytes,
                                  const Hdf5Options& options,
                                  SharedMemory& memory) {
  tame_hdf5();
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
  require_memory(bytes);
  const std::size_t scratch = scratch_bytes(images, plan);
  extend_worker_limits(
      bytes + scratch,
      static_cast<unsigned>((bytes + scratch) / kBytesPerCpuSecond));

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
