// Trainings that go wrong: what is said, and what is left.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <limits>

#include "polytask/checkpoint/model_file.h"
#include "polytask/checkpoint/safetensors.h"
#include "polytask/train/train.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/recorder.h"
#include "tests/train/stripes.h"

namespace polytask {
namespace {

using test::model_for;
using test::plain_network;
using test::Recorder;
using test::stripes;
using test::TemporaryFolder;

constexpr float kHuge = 3e38f;  // finite, but its sums and squares are not
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Float images of stripes(); when told so, one pixel of image `index` takes
// another value.
class SpoilingData final : public Dataset {
 public:
  SpoilingData(int size, std::int64_t index)
      : good_(stripes({.size = size, .pixels = PixelType::float32})),
        index_(index) {}

  void spoil(float value) { spoilt_ = value; }

  const DatasetSpec& spec() const override { return good_->spec(); }
  std::int64_t size() const override { return good_->size(); }
  void read_image(std::int64_t index,
                  std::span<std::byte> image) const override {
    good_->read_image(index, image);
    if (!spoilt_ || index != index_) return;
    std::memcpy(image.data() + 40 * sizeof(float), &*spoilt_, sizeof(float));
  }
  void read_targets(std::int64_t index,
                    std::span<float> targets) const override {
    good_->read_targets(index, targets);
  }
  std::string image_name(std::int64_t index) const override {
    return good_->image_name(index);
  }

 private:
  DatasetPtr good_;
  std::int64_t index_;
  std::optional<float> spoilt_;
};

// Every value in every file of a run.
void expect_finite_files(const std::filesystem::path& folder) {
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".safetensors") continue;
    const SafetensorsFile file(entry.path());
    for (const TensorView& tensor : file.tensors()) {
      EXPECT_FALSE(any_non_finite(tensor.values))
          << entry.path() << ": " << tensor.name;
    }
  }
}

class LowerFileSizeLimit {
 public:
  explicit LowerFileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit low{.rlim_cur = bytes, .rlim_max = old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &low);
  }
  ~LowerFileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &old_); }
  LowerFileSizeLimit(const LowerFileSizeLimit&) = delete;
  LowerFileSizeLimit& operator=(const LowerFileSizeLimit&) = delete;

 private:
  rlimit old_{};
};

TEST(Divergence, AHugeLearningRateStopsTheRunAtOnceAndNamesStepAndLabel) {
  const TemporaryFolder folder;
  const DatasetPtr data = stripes({.size = 32});
  Model model = model_for(data, plain_network());
  const TrainReport report = train(model, {.train = data, .validation = data},
                                   {.epochs = 3,
                                    .batch_size = 16,
                                    .threads = 2,
                                    .adam = {.learning_rate = 1e25}},
                                   {.folder = folder / "run"});
  EXPECT_EQ(report.outcome, Outcome::diverged);
  EXPECT_TRUE(
      report.message.starts_with("epoch 1, step 2: the loss is not "
                                 "finite: label \""))
      << report.message;
  EXPECT_NE(report.message.find("\" of stripes["), std::string::npos)
      << report.message;
  EXPECT_TRUE(report.message.ends_with(
      "; no epoch is saved yet; a smaller train.adam.learning_rate may help"))
      << report.message;
  EXPECT_TRUE(report.history.empty());
  EXPECT_FALSE(std::filesystem::exists(folder / "run" / "model.safetensors"));
}

// As above, but after two good epochs.
TEST(Divergence, KeepsTheLastGoodModel) {
  const TemporaryFolder folder;
  const auto data = std::make_shared<SpoilingData>(32, 5);
  Model model = model_for(data, plain_network());
  Recorder recorder;
  std::uint32_t good = 0;
  recorder.epoch = [&](const EpochReport& epoch) {
    if (epoch.epoch != 2) return;
    good = test::bits_of(model);
    data->spoil(kHuge);
  };
  const TrainReport report =
      train(model, {.train = data, .validation = nullptr},
            {.epochs = 5, .batch_size = 16, .threads = 2},
            {.folder = folder / "run", .observer = &recorder});
  EXPECT_EQ(report.outcome, Outcome::diverged);
  EXPECT_TRUE(report.message.starts_with("epoch 3, step ")) << report.message;
  EXPECT_NE(report.message.find("epoch 2 is saved"), std::string::npos)
      << report.message;
  EXPECT_EQ(report.best_epoch, 2);
  EXPECT_EQ(report.history.size(), 2u);
  EXPECT_EQ(test::bits_of(load_model(folder / "run" / "model.safetensors")),
            good);
  expect_finite_files(folder / "run");
}

// relu and pooling are comparisons, which lose a NaN: the loss may stay finite
// while a gradient is not.
TEST(Divergence, IsFoundInItsStepWhateverTheNetwork) {
  const LayerOptions relu_convolution =
      Conv2D{.filters = 4, .activation = Activation::relu};
  const LayerOptions relu_dense =
      Dense{.units = 8, .activation = Activation::relu};
  const NetworkOptions networks[] = {
      {.trunk = {Flatten{}, relu_dense}},
      {.trunk = {MaxPooling2D{}, Flatten{}, relu_dense}},
      {.trunk = {relu_convolution, Flatten{}, Dense{.units = 8}}},
      {.trunk = {Conv2D{.filters = 4}, MaxPooling2D{}, Flatten{}, relu_dense}},
      {.trunk = {relu_convolution, MaxPooling2D{}, relu_convolution, Flatten{},
                 relu_dense}},
      test::dropout_network()};
  for (std::size_t i = 0; i < std::size(networks); ++i) {
    const auto data = std::make_shared<SpoilingData>(16, 3);
    data->spoil(kHuge);
    Model model = model_for(data, networks[i]);
    const std::uint32_t before = test::bits_of(model);
    const TrainReport report =
        train(model, {.train = data, .validation = nullptr},
              {.epochs = 1, .batch_size = 16, .threads = 1});
    EXPECT_EQ(report.outcome, Outcome::diverged) << "network " << i;
    EXPECT_TRUE(report.message.starts_with("epoch 1, step 1: the "))
        << "network " << i << ": " << report.message;
    EXPECT_EQ(test::bits_of(model), before) << "network " << i;
  }
}

TEST(Divergence, AGradientThatCannotBeUsedIsNamed) {
  const auto data = std::make_shared<SpoilingData>(16, 3);
  data->spoil(1e25f);
  Model model = model_for(data, {.trunk = {Flatten{}, Dense{.units = 4}}});
  EXPECT_EQ(train(model, {.train = data, .validation = nullptr},
                  {.epochs = 1, .batch_size = 16, .threads = 1})
                .message,
            "epoch 1, step 1: the gradient of dense_1/kernel is not finite or "
            "beyond 2^63; nothing is saved; a smaller "
            "train.adam.learning_rate may help");
}

TEST(Divergence, ALossOfTheValidationThatIsNotFiniteNamesItsImage) {
  const auto validation = std::make_shared<SpoilingData>(16, 7);
  validation->spoil(kHuge);
  const DatasetPtr data = stripes({.pixels = PixelType::float32});
  Model model = model_for(
      data, {.trunk = {Conv2D{.filters = 8}, Flatten{}, Dense{.units = 8}}});
  model.spec.preprocessing.float32_scale = 1e3;
  const TrainReport report =
      train(model, {.train = data, .validation = validation},
            {.epochs = 2, .batch_size = 16, .threads = 1});
  EXPECT_EQ(report.outcome, Outcome::diverged);
  EXPECT_TRUE(report.message.starts_with(
      "epoch 1, validation: the loss is not finite: label \""))
      << report.message;
  EXPECT_NE(report.message.find("\" of stripes[7]; "), std::string::npos)
      << report.message;
}

TEST(Pixels, ThatAreNotFiniteAreRefusedBeforeTheTraining) {
  for (const float value : {kNaN, kInfinity, -kInfinity}) {
    const TemporaryFolder folder;
    const auto bad = std::make_shared<SpoilingData>(16, 3);
    bad->spoil(value);
    const DatasetPtr good = stripes({.pixels = PixelType::float32});
    Model model = model_for(good, plain_network());
    for (const TrainData& data :
         {TrainData{.train = bad, .validation = nullptr},
          TrainData{.train = good, .validation = bad}}) {
      test::expect_error(Fault::data,
                         "stripes[3]: expected finite pixels, found NaN or "
                         "infinity; correct the image or leave it out",
                         [&] {
                           train(model, data,
                                 {.epochs = 1, .batch_size = 16, .threads = 1},
                                 {.folder = folder / "run"});
                         });
    }
    EXPECT_TRUE(folder.names().empty());
  }
}

TEST(FullDisk, EndsTheRunAndLeavesTheEarlierCheckpointGood) {
  const TemporaryFolder folder;
  const DatasetPtr data = stripes({.size = 32});
  Model model = model_for(data, plain_network());
  Recorder recorder;
  std::optional<LowerFileSizeLimit> limit;
  recorder.checkpoint = [&](const CheckpointReport&) {
    if (!limit) limit.emplace(1000);
  };
  test::expect_error_parts(
      Fault::io,
      {(folder / "run" / "model.safetensors").string() + ": needed ",
       " bytes, but files may have 1000 bytes here; raise the limit (ulimit "
       "-f); nothing was changed"},
      [&] {
        train(model, {.train = data, .validation = nullptr},
              {.epochs = 20, .batch_size = 16, .threads = 1},
              {.folder = folder / "run", .observer = &recorder});
      });
  limit.reset();
  Model again = model_for(data, plain_network());
  const TrainReport report =
      train(again, {.train = data, .validation = nullptr},
            {.epochs = 20, .batch_size = 16, .threads = 1},
            {.folder = folder / "run", .resume = true});
  EXPECT_EQ(report.outcome, Outcome::finished);
  EXPECT_TRUE(report.warnings.empty());
  Model whole = model_for(data, plain_network());
  train(whole, {.train = data, .validation = nullptr},
        {.epochs = 20, .batch_size = 16, .threads = 1});
  EXPECT_EQ(test::bits_of(again), test::bits_of(whole));
}

}  // namespace
}  // namespace polytask
