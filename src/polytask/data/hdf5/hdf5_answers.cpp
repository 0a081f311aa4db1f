#include "polytask/data/hdf5/hdf5_answers.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "polytask/data/hdf5/hdf5_create.h"

namespace polytask {
namespace {

constexpr float kMostInt8 = 127.0f;
constexpr float kMostUint8 = 255.0f;
constexpr float kMostExact = 16777216.0f;  // 2^24: whole floats up to here

// [N, all columns]
std::vector<float> all_targets(const Dataset& data) {
  const std::size_t columns = data.spec().labels.size();
  std::vector<float> targets(static_cast<std::size_t>(data.size()) * columns);
  const std::span all(targets);
  for (std::int64_t i = 0; i < data.size(); ++i) {
    data.read_targets(
        i, all.subspan(static_cast<std::size_t>(i) * columns, columns));
  }
  return targets;
}

// [N, the task's columns]
std::vector<float> part_of(const std::vector<float>& all, std::size_t width,
                           const std::vector<std::size_t>& columns) {
  std::vector<float> part;
  part.reserve(all.size() / width * columns.size());
  for (std::size_t row = 0; row < all.size(); row += width) {
    for (const std::size_t c : columns) part.push_back(all[row + c]);
  }
  return part;
}

// The smallest type that holds every value, and how it says "missing".
struct Storage {
  hid_t type = H5T_STD_U8LE;
  bool nan = false;  // else -1
};

// What values may be. Of measurements -1 could be one: missing is NaN then.
enum class Meaning { labels, class_numbers, numbers };

Storage storage_for(const std::vector<float>& values, Meaning meaning) {
  float most = -1.0f;
  bool whole = true;
  bool complete = true;
  for (const float v : values) {
    if (std::isnan(v)) {
      complete = false;
    } else {
      whole = whole && v >= 0.0f && v <= kMostExact && v == std::floor(v);
      most = std::max(most, v);
    }
  }
  // Labels above 1 are none, but several numbers of a regression.
  const bool measured = meaning == Meaning::numbers ||
                        (meaning == Meaning::labels && most > 1.0f);
  const bool unclear = measured && !complete;
  if (!whole || unclear) return {H5T_IEEE_F32LE, true};
  if (complete && most <= kMostUint8) return {H5T_STD_U8LE, false};
  if (most <= kMostInt8) return {H5T_STD_I8LE, false};
  return {H5T_STD_I32LE, false};
}

Hdf5Handle write_values(hid_t place, const std::string& name,
                        std::vector<float> values,
                        const std::vector<hsize_t>& shape, Storage storage) {
  if (!storage.nan) {
    std::ranges::replace_if(
        values, [](float v) { return std::isnan(v); }, -1.0f);
  }
  const Hdf5Handle space = make_space(shape);
  const Hdf5Handle plist = make_timeless(H5P_DATASET_CREATE);
  Hdf5Handle dataset =
      checked_handle({H5Dcreate2(place, name.c_str(), storage.type, space.get(),
                                 H5P_DEFAULT, plist.get(), H5P_DEFAULT),
                      H5Dclose});
  require_written(H5Dwrite(dataset.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL,
                           H5P_DEFAULT, values.data()) >= 0);
  return dataset;
}

void write_task(hid_t group, const TaskColumns& task, std::vector<float> values,
                hsize_t size) {
  const bool bare = task.labels.empty();
  std::vector<hsize_t> shape{size};
  if (!bare) shape.push_back(task.columns.size());
  const Meaning meaning = !task.classes.empty() ? Meaning::class_numbers
                          : bare                ? Meaning::numbers
                                                : Meaning::labels;
  const Storage storage = storage_for(values, meaning);
  Hdf5Handle dataset =
      write_values(group, task.task, std::move(values), shape, storage);
  if (!bare) write_texts(dataset.get(), "labels", task.labels);
  if (!task.classes.empty()) {
    write_texts(dataset.get(), "classes", task.classes);
  }
  require_written(dataset.close());
}

}  // namespace

void write_labels(const Dataset& data, hid_t file, const std::string& name) {
  const std::vector<std::string>& labels = data.spec().labels;
  if (labels.empty()) return;
  std::vector<float> values = all_targets(data);
  const Storage storage = storage_for(values, Meaning::labels);
  Hdf5Handle dataset =
      write_values(file, name, std::move(values),
                   {static_cast<hsize_t>(data.size()), labels.size()}, storage);
  write_texts(dataset.get(), "labels", labels);
  require_written(dataset.close());
}

void write_tasks(const Dataset& data, const std::vector<TaskColumns>& tasks,
                 hid_t file, const std::string& name) {
  const Hdf5Handle plist = make_timeless(H5P_GROUP_CREATE);
  // So that a reader can find the tasks in their order.
  require_written(
      H5Pset_link_creation_order(
          plist.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0);
  Hdf5Handle group = checked_handle(
      {H5Gcreate2(file, name.c_str(), H5P_DEFAULT, plist.get(), H5P_DEFAULT),
       H5Gclose});
  const std::vector<float> all = all_targets(data);
  const std::size_t width = data.spec().labels.size();
  for (const TaskColumns& task : tasks) {
    write_task(group.get(), task, part_of(all, width, task.columns),
               static_cast<hsize_t>(data.size()));
  }
  require_written(group.close());
}

}  // namespace polytask
