// Trains by hand what a study says it trains, to compare bit by bit.

#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "polytask/checkpoint/model_file.h"
#include "polytask/data/dataset.h"
#include "polytask/data/split.h"
#include "polytask/train/train.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/recorder.h"

namespace polytask::test {

// 80 % to train on, 20 % to choose the epoch by, of a seed from 1.
inline TrainData parts_by_hand(const DatasetPtr& images, std::uint32_t seed) {
  const Split split = train_test_split(
      images->size(), {.test_size = 0.2, .random_state = seed});
  return {.train = subset(images, split.train),
          .validation = subset(images, split.test)};
}

struct Replay {
  std::vector<EpochReport> epochs;
  std::vector<float> parameters;  // of the best epoch
};

inline std::vector<float> parameters_in(const std::filesystem::path& folder) {
  const Model model = load_model(folder / "model.safetensors");
  return {model.parameters.flat().begin(), model.parameters.flat().end()};
}

inline Replay replay(const ModelSpec& spec, const TrainData& parts,
                     const TrainOptions& options) {
  const TemporaryFolder folder;
  Recorder recorder;
  Model model = make_model(spec, options.seed);
  train(model, parts, options,
        {.folder = folder.path() / "run", .observer = &recorder});
  return {recorder.epochs, parameters_in(folder.path() / "run")};
}

// What an epoch measured; not how long it took.
inline std::vector<double> measured(const std::vector<EpochReport>& epochs) {
  std::vector<double> all;
  for (const EpochReport& epoch : epochs) {
    for (const auto& [name, value] : epoch.train) all.push_back(value);
    for (const auto& [name, value] : epoch.validation) all.push_back(value);
  }
  return all;
}

// Images that say how often they were read.
class Watched final : public Dataset {
 public:
  explicit Watched(DatasetPtr data) : data_(std::move(data)) {}
  [[nodiscard]] const DatasetSpec& spec() const override {
    return data_->spec();
  }
  [[nodiscard]] std::int64_t size() const override { return data_->size(); }
  void read_image(std::int64_t index,
                  std::span<std::byte> image) const override {
    ++reads;
    data_->read_image(index, image);
  }
  void read_targets(std::int64_t index,
                    std::span<float> targets) const override {
    ++reads;
    data_->read_targets(index, targets);
  }
  [[nodiscard]] std::string image_name(std::int64_t index) const override {
    return data_->image_name(index);
  }

  mutable std::atomic<int> reads = 0;

 private:
  DatasetPtr data_;
};

}  // namespace polytask::test
