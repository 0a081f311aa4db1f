#include "polytask/train/train_heads.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/array_dataset.h"
#include "polytask/data/batch.h"
#include "polytask/model/model_plan.h"
#include "polytask/model/target_statistics.h"
#include "polytask/model/transplant.h"
#include "polytask/network/network.h"
#include "polytask/train/training.h"
#include "polytask/train/training_step.h"

namespace polytask {
namespace {

// A vector as an image of one pixel.
Shape as_image(const Shape& features) {
  return features.size() == 3 ? features : Shape{1, 1, features.back()};
}

// The features of each image in the place of its pixels.
class FeatureImages final : public Dataset {
 public:
  FeatureImages(DatasetPtr images, const Shape& features)
      : images_(std::move(images)), spec_(images_->spec()) {
    const Shape image = as_image(features);
    spec_.height = image[0];
    spec_.width = image[1];
    spec_.channels = image[2];
    spec_.pixels = PixelType::float32;
    features_ = allocate_images(spec_.bytes_per_image() *
                                static_cast<std::size_t>(size()));
  }

  [[nodiscard]] const DatasetSpec& spec() const override { return spec_; }
  [[nodiscard]] std::int64_t size() const override { return images_->size(); }
  void read_image(std::int64_t index,
                  std::span<std::byte> image) const override {
    std::memcpy(image.data(), place(index), image.size());
  }
  void read_targets(std::int64_t index,
                    std::span<float> targets) const override {
    images_->read_targets(index, targets);
  }
  [[nodiscard]] std::string image_name(std::int64_t index) const override {
    return images_->image_name(index);
  }

  // Of the images from `first` on, [n, F].
  void put(std::int64_t first, std::span<const float> features) {
    std::memcpy(place(first), features.data(), features.size_bytes());
  }

 private:
  [[nodiscard]] std::byte* place(std::int64_t index) const {
    return features_.get() +
           static_cast<std::size_t>(index) * spec_.bytes_per_image();
  }

  DatasetPtr images_;
  DatasetSpec spec_;
  std::shared_ptr<std::byte> features_;  // [N, F] floats
};

// The model's network at work on whole data sets, in batches as evaluations
// do: the features of the validation images are theirs.
class FrozenTrunk {
 public:
  FrozenTrunk(const Model& model, int threads)
      : model_(model),
        pool_(threads),
        network_(plan_model(model, {.batch = kImagesAtATime,
                                    .workers = pool_.workers()}),
                 pool_) {
    network_.prepare(model.parameters);
  }

  // Of one image: [H, W, C] or [F].
  [[nodiscard]] Shape features() const {
    return network_.plan().shared_shape();
  }

  // Null when the run was stopped on the way.
  [[nodiscard]] DatasetPtr features_of(const DatasetPtr& data,
                                       const TrainRun& run) {
    auto result = std::make_shared<FeatureImages>(data, features());
    Batch batch(*data, kImagesAtATime);
    const bool whole =
        for_each_batch(batch, [&](std::span<const std::int64_t> images) {
          if (run.stop != nullptr && *run.stop) return false;
          network_.forward(
              image_batch(batch, *data, model_.spec.preprocessing));
          result->put(images.front(), network_.shared_features());
          if (run.observer != nullptr) {
            run.observer->on_features(images.back() + 1, data->size());
          }
          return true;
        });
    if (!whole) return nullptr;
    return result;
  }

 private:
  const Model& model_;
  ThreadPool pool_;
  Network network_;
};

void set_statistics(const HeadsToTrain& heads) {
  const std::vector<Task>& tasks = heads.model.spec.tasks;
  std::vector<TargetStatistics>& all = heads.model.target_statistics;
  for (std::size_t t = all.size(); t < tasks.size(); ++t) {
    all.push_back(unknown_statistics(tasks[t]));
  }
  for (std::size_t i = 0; i < heads.tasks.size(); ++i) {
    const auto at = std::ranges::find(tasks, heads.tasks[i].name, &Task::name);
    all[static_cast<std::size_t>(at - tasks.begin())] = heads.statistics[i];
  }
}

// The heads as a network behind their features; images they flatten
// themselves.
Model heads_alone(const HeadsToTrain& heads, const Shape& features) {
  NetworkOptions network;
  if (features.size() == 1) network.trunk = {Flatten{}};
  Model alone = make_model({.image = as_image(features),
                            .preprocessing = {},
                            .network = std::move(network),
                            .tasks = heads.tasks},
                           /*seed=*/0);
  alone.target_statistics = heads.statistics;
  copy_parameters(heads.model, alone);
  return alone;
}

}  // namespace

std::vector<Task> learning_tasks(const std::vector<Task>& tasks,
                                 const TrainOptions& options) {
  const std::vector<std::string>& wanted = options.only_heads;
  if (wanted.empty()) return tasks;
  const std::vector<std::string> names = task_names(tasks);
  std::vector<Task> learning;
  for (const Task& task : tasks) {
    if (std::ranges::count(wanted, task.name) > 0) learning.push_back(task);
  }
  for (const std::string& name : wanted) {
    if (std::ranges::count(names, name) > 0) continue;
    throw Error(Fault::config, cat("only_heads: expected tasks of the model (",
                                   join(names), "), got ", name));
  }
  return learning;
}

TrainReport train_heads(const HeadsToTrain& heads, const TrainOptions& options,
                        const TrainRun& run) {
  TrainData features;
  Shape shape;
  {
    FrozenTrunk trunk(heads.model, options.threads);
    shape = trunk.features();
    features.train = trunk.features_of(heads.data.train, run);
    if (features.train && heads.data.validation) {
      features.validation = trunk.features_of(heads.data.validation, run);
    }
  }
  if (run.stop != nullptr && *run.stop) {
    return {.outcome = Outcome::interrupted,
            .message =
                "stopped while the trunk looked at the images, before "
                "any step"};
  }
  set_statistics(heads);
  Model alone = heads_alone(heads, shape);
  TrainReport report =
      Training({.model = alone, .whole = &heads.model}, features, options, run)
          .run();
  copy_parameters(alone, heads.model);
  return report;
}

}  // namespace polytask
