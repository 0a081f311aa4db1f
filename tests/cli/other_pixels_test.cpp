// Images whose pixels are not stored as the model's training images were.

#include <gtest/gtest.h>

#include <cstring>

#include "polytask/data/image/png_writer.h"
#include "tests/cli/command_line.h"
#include "tests/data/raw_hdf5.h"

namespace polytask {
namespace {

using nlohmann::json;
using test::Answer;
using test::RawHdf5;

json first_answer(const Answer& answer) {
  EXPECT_EQ(answer.code, 0) << answer.err;
  return json::parse(answer.out)["predictions"][0]["probabilities"];
}

void expect_near(const json& a, const json& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [name, p] : a.items()) {
    EXPECT_NEAR(p.get<double>(), b[name].get<double>(), 1e-5) << name;
  }
}

std::vector<std::byte> scene_pixels() {
  std::vector<std::byte> pixels(16 * 16 * 3);
  test::small_scenes(1)->read_image(0, pixels);
  return pixels;
}

class OtherPixels : public test::TrainedRun {};

TEST_F(OtherPixels, FractionsUpTo255AreAnsweredAsWholeNumbersWithAWord) {
  write_hdf5(*test::small_scenes(1), "whole.h5");
  {
    std::vector<double> values;
    for (const std::byte b : scene_pixels()) {
      values.push_back(static_cast<double>(std::to_integer<int>(b)));
    }
    RawHdf5 file("float.h5");
    file.add_reals("x", {1, 16, 16, 3}, values);
    file.add_reals("y", {1, 5}, {0, 1, 0, 1, 0});
    file.add_names("y", "labels",
                   {"desert", "mountains", "sea", "sunset", "trees"}, 0);
  }
  const Answer answer =
      test::polytask({"predict", "run", "float.h5", "--json"});
  EXPECT_TRUE(
      answer.err.ends_with(", the model takes 0 to 1: divided by 255\n"))
      << answer.err;
  EXPECT_TRUE(
      answer.err.starts_with("float.h5: the pixels are fractions from "))
      << answer.err;
  expect_near(
      first_answer(answer),
      first_answer(test::polytask({"predict", "run", "whole.h5", "--json"})));
  const Answer judged = test::polytask({"evaluate", "run", "float.h5"});
  EXPECT_EQ(judged.code, 0) << judged.err;
  EXPECT_TRUE(
      judged.err.ends_with(", the model takes 0 to 1: divided by 255\n"))
      << judged.err;
}

// As image files are: predict and evaluate resize them.
TEST_F(OtherPixels, Hdf5ImagesOfAnotherSizeAreResizedAsFilesAre) {
  const DatasetPtr large = test::small_scenes(4, 1, 20);
  write_hdf5(*large, "large.h5");
  std::vector<std::byte> pixels(20 * 20 * 3);
  large->read_image(0, pixels);
  std::vector<std::uint8_t> rgb(pixels.size());
  std::memcpy(rgb.data(), pixels.data(), rgb.size());
  write_png("large.png", 20, 20, rgb);
  EXPECT_EQ(
      first_answer(test::polytask({"predict", "run", "large.h5", "--json"})),
      first_answer(test::polytask({"predict", "run", "large.png", "--json"})));
  EXPECT_EQ(test::polytask({"evaluate", "run", "large.h5"}).code, 0);
}

// A model of grey images, on every kind of image.
TEST_F(OtherPixels, AModelOfOneChannelAnswersColoursByTheirLuma) {
  std::vector<std::uint8_t> grey;
  std::vector<std::uint8_t> rgb;
  for (int i = 0; i < 16 * 16; ++i) {
    const auto value = static_cast<std::uint8_t>(i);
    grey.push_back(value);
    rgb.insert(rgb.end(), 3, value);
  }
  {
    RawHdf5 file("grey.h5");
    std::vector<std::uint8_t> images;
    std::vector<double> labels;
    for (int i = 0; i < 8; ++i) {
      images.insert(images.end(), grey.begin(), grey.end());
      labels.push_back(i % 2);
    }
    file.add_bytes("x", {8, 16, 16, 1}, images);
    file.add_reals("y", {8, 1}, labels);
    file.add_names("y", "labels", {"odd"}, 0);
  }
  const Answer trained = test::polytask(
      {"train", "recipe.yaml", "data.path=grey.h5", "tasks.scene.labels=[odd]",
       "train.batch_size=2", "run.dir=grey"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  write_png("grey.png", 16, 16, rgb);
  const Answer answer =
      test::polytask({"predict", "grey", "grey.png", "--json"});
  EXPECT_EQ(answer.err, "");
  EXPECT_EQ(
      first_answer(answer),
      first_answer(test::polytask({"predict", "grey", "grey.h5", "--json"})));
  EXPECT_EQ(test::polytask({"predict", "grey", "scenes.h5"}).code, 0);
  EXPECT_EQ(test::polytask({"predict", "run", "grey.h5"}).code, 0);
}

}  // namespace
}  // namespace polytask
