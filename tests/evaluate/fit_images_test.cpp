#include "polytask/evaluate/fit_images.h"

#include <gtest/gtest.h>

#include <cstring>

#include "polytask/data/array_dataset.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

using Floats = std::vector<float>;
using Bytes = std::vector<std::uint8_t>;

// One image of 1 x 2 pixels for each row of values.
template <class Value>
DatasetPtr images(const std::vector<std::vector<Value>>& rows) {
  const std::size_t values = rows.front().size();
  ArrayContent content{
      .spec = {.height = 1,
               .width = 2,
               .channels = static_cast<int>(values) / 2,
               .pixels =
                   sizeof(Value) == 1 ? PixelType::uint8 : PixelType::float32,
               .labels = {"y"}},
      .size = static_cast<std::int64_t>(rows.size()),
      .source = "pixels"};
  const auto memory = allocate_images(rows.size() * values * sizeof(Value));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::memcpy(memory.get() + i * values * sizeof(Value), rows[i].data(),
                values * sizeof(Value));
    content.targets.push_back(static_cast<float>(i));
  }
  content.images = memory;
  return std::make_shared<ArrayDataset>(std::move(content));
}

template <class Value>
std::vector<Value> image(const Dataset& data, std::int64_t index) {
  std::vector<Value> values(data.spec().values_per_image());
  data.read_image(index, std::as_writable_bytes(std::span(values)));
  return values;
}

ModelSpec model(int channels, Preprocessing preprocessing = {}) {
  return {.image = {1, 2, channels}, .preprocessing = preprocessing};
}

constexpr Preprocessing kTakesBytes{.uint8_scale = 1.0 / 255,
                                    .float32_scale = 1.0 / 255};

TEST(FitImages, LeavesWhatFitsAlone) {
  const DatasetPtr bytes = images<std::uint8_t>({{0, 1, 2, 3, 4, 255}});
  EXPECT_EQ(fit_images(bytes, model(3)).data, bytes);
  const DatasetPtr fractions = images<float>({{0.0f, 1.0f}});
  const FittedImages fitted = fit_images(fractions, model(1));
  EXPECT_EQ(fitted.data, fractions);
  EXPECT_TRUE(fitted.notes.empty());
  const DatasetPtr standardised = images<float>({{-2.0f, 3.0f}});
  EXPECT_EQ(fit_images(standardised, model(1)).data, standardised);
  const DatasetPtr brighter = images<float>({{0.0f, 2.0f}});
  EXPECT_EQ(fit_images(brighter, model(1)).data, brighter);
}

// The numbers are those of Pillow's convert("L").
TEST(FitImages, ColoursBecomeLumaForAGreyModel) {
  const FittedImages fitted = fit_images(
      images<std::uint8_t>({{255, 0, 0, 0, 255, 0}, {0, 0, 255, 10, 20, 30}}),
      model(1));
  EXPECT_EQ(fitted.data->spec().channels, 1);
  EXPECT_EQ(image<std::uint8_t>(*fitted.data, 0), (Bytes{76, 150}));
  EXPECT_EQ(image<std::uint8_t>(*fitted.data, 1), (Bytes{29, 18}));
  const Floats grey = image<float>(
      *fit_images(images<float>({{1, 1, 1, 0.5f, 0, 0}}), model(1)).data, 0);
  EXPECT_FLOAT_EQ(grey[0], 1.0f);
  EXPECT_FLOAT_EQ(grey[1], 0.1495f);
}

TEST(FitImages, GreyBecomesThreeEqualChannels) {
  const FittedImages fitted =
      fit_images(images<std::uint8_t>({{7, 9}}), model(3));
  EXPECT_EQ(image<std::uint8_t>(*fitted.data, 0), (Bytes{7, 7, 7, 9, 9, 9}));
  EXPECT_EQ(fitted.data->image_name(0), "pixels[0]");
  float target = -1.0f;
  fitted.data->read_targets(0, {&target, 1});
  EXPECT_EQ(target, 0.0f);
}

TEST(FitImages, WholeNumbersOfAnotherSizeAreResizedAndRounded) {
  const DatasetPtr data =
      images<std::uint8_t>({{0, 10, 20, 100, 110, 120}, {255, 0, 0, 0, 0, 0}});
  ModelSpec smaller{.image = {1, 1, 3}};
  const FittedImages colours = fit_images(data, smaller);
  EXPECT_EQ(image<std::uint8_t>(*colours.data, 0), (Bytes{50, 60, 70}));
  EXPECT_TRUE(colours.notes.empty());
  smaller.image = {1, 1, 1};
  EXPECT_EQ(image<std::uint8_t>(
                *fit_images(images<std::uint8_t>({{10, 30}}), smaller).data, 0),
            Bytes{20});
}

TEST(FitImages, FractionsOfAnotherSizeAreResized) {
  const FittedImages fitted =
      fit_images(images<float>({{0.0f, 0.25f}}), {.image = {1, 1, 3}});
  EXPECT_EQ(image<float>(*fitted.data, 0), (Floats{0.125f, 0.125f, 0.125f}));
}

TEST(FitImages, FractionsUpTo255AreDividedForAModelOfFractions) {
  const FittedImages fitted =
      fit_images(images<float>({{0, 51}, {1, 255}}), model(1));
  EXPECT_EQ(fitted.notes,
            (std::vector<std::string>{
                "the pixels are fractions from 0 to 255, the model takes 0 to "
                "1: divided by 255"}));
  EXPECT_FLOAT_EQ(image<float>(*fitted.data, 0)[1], 0.2f);
  EXPECT_FLOAT_EQ(image<float>(*fitted.data, 1)[1], 1.0f);
}

TEST(FitImages, FractionsUpTo1AreMultipliedForAModelOfBytes) {
  const FittedImages fitted =
      fit_images(images<float>({{0, 0.2f}, {0, 1}}), model(1, kTakesBytes));
  EXPECT_EQ(fitted.notes,
            (std::vector<std::string>{
                "the pixels are fractions from 0 to 1, the model takes 0 to "
                "255: multiplied by 255"}));
  EXPECT_FLOAT_EQ(image<float>(*fitted.data, 0)[1], 51.0f);
  const DatasetPtr bytes = images<float>({{0, 200}});
  EXPECT_EQ(fit_images(bytes, model(1, kTakesBytes)).data, bytes);
}

TEST(FitImages, WhatIsNeitherIsRefused) {
  test::expect_error(
      Fault::data,
      "pixels[0] and others: the pixels are fractions from -1 to 200, the "
      "model takes 0 to 255; store the pixels as the model's training images "
      "are stored",
      [] {
        (void)fit_images(images<float>({{-1, 200}}), model(1, kTakesBytes));
      });
}

}  // namespace
}  // namespace polytask
