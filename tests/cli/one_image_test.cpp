// One image is one input: whatever type, size, format or turn it is stored in.

#include <cstring>

#include "polytask/data/array_dataset.h"
#include "polytask/data/image/png_writer.h"
#include "tests/cli/command_line.h"
#include "tests/data/small_dataset.h"
#include "tests/support/places.h"

namespace polytask {
namespace {

using nlohmann::json;
using test::Answer;

class OneImage : public test::CommandLine {
 protected:
  static json answers(const std::string& model, const std::string& input) {
    const Answer answer = test::polytask({"predict", model, input, "--json"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    return json::parse(answer.out)["predictions"];
  }

  static void expect_equal(const json& a, const json& b,
                           double tolerance = 1e-5) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      for (const auto& [label, value] : a[i]["probabilities"].items()) {
        EXPECT_NEAR(value.get<double>(),
                    b[i]["probabilities"][label].get<double>(), tolerance)
            << i << label;
      }
    }
  }
};

// The same images as floats from 0 to 255.
DatasetPtr as_floats(const Dataset& data) {
  ArrayContent content{.spec = data.spec(), .size = data.size()};
  content.spec.pixels = PixelType::float32;
  const std::size_t bytes = content.spec.bytes_per_image();
  const auto images =
      allocate_images(bytes * static_cast<std::size_t>(data.size()));
  std::byte* to = images.get();
  for (std::int64_t i = 0; i < data.size(); ++i) {
    for (const std::byte b : test::image_of(data, i)) {
      const auto value = static_cast<float>(b);
      std::memcpy(to, &value, sizeof value);
      to += sizeof value;
    }
    const std::vector<float> row = test::targets_of(data, i);
    content.targets.insert(content.targets.end(), row.begin(), row.end());
  }
  content.images = images;
  return std::make_shared<ArrayDataset>(std::move(content));
}

std::vector<std::uint8_t> pixels_of(const Dataset& data, std::int64_t index) {
  std::vector<std::uint8_t> pixels;
  for (const std::byte b : test::image_of(data, index)) {
    pixels.push_back(static_cast<std::uint8_t>(b));
  }
  return pixels;
}

TEST_F(OneImage, FloatsUpTo255AnswerAsBytesDo) {
  write_hdf5(*as_floats(*test::small_scenes()), "floats.h5");
  const Answer answer =
      test::polytask({"train", "recipe.yaml", "data.path=floats.h5"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_NE(answer.err.find("they are scaled by 1/255, as whole numbers are; "
                            "data.scale says it otherwise"),
            std::string::npos)
      << answer.err;
  expect_equal(answers("run", "floats.h5"), answers("run", "scenes.h5"));
  const json found =
      json::parse(test::polytask({"inspect", "floats.h5", "--json"}).out);
  EXPECT_EQ(found["scale"], "1/255");
}

TEST_F(OneImage, FloatsUpTo255TrainAsBytesDo) {
  write_hdf5(*as_floats(*test::small_scenes()), "floats.h5");
  EXPECT_EQ(test::polytask({"train", "recipe.yaml"}).code, 0);
  EXPECT_EQ(test::polytask({"train", "recipe.yaml", "data.path=floats.h5",
                            "run.dir=floats"})
                .code,
            0);
  expect_equal(answers("run", "scenes.h5"), answers("floats", "scenes.h5"),
               1e-3);
}

TEST_F(OneImage, AScaleForOneTypeFitsTheOther) {
  write_hdf5(*as_floats(*test::small_scenes()), "floats.h5");
  EXPECT_EQ(test::polytask({"train", "recipe.yaml", "data.path=floats.h5",
                            "data.scale=0.01"})
                .code,
            0);
  expect_equal(answers("run", "floats.h5"), answers("run", "scenes.h5"));
}

TEST_F(OneImage, OfAnotherSizeIsResizedInAFileOfEitherKind) {
  EXPECT_EQ(test::polytask({"train", "recipe.yaml"}).code, 0);
  const DatasetPtr large = test::small_scenes(1, 7, 24);
  write_hdf5(*large, "large.h5");
  write_png("large.png", 24, 24, pixels_of(*large, 0));
  expect_equal(answers("run", "large.h5"), answers("run", "large.png"));
  EXPECT_EQ(test::polytask({"evaluate", "run", "large.h5"}).code, 0);
}

TEST_F(OneImage, OfOneChannelIsTheLumaOfAnyImage) {
  ArrayContent content{
      .spec = {.height = 16,
               .width = 16,
               .channels = 1,
               .labels = {"desert", "mountains", "sea", "sunset", "trees"}},
      .size = 48};
  const DatasetPtr scenes = test::small_scenes();
  const auto images = allocate_images(48 * 256);
  std::byte* to = images.get();
  for (std::int64_t i = 0; i < 48; ++i) {
    const std::vector<std::uint8_t> rgb = pixels_of(*scenes, i);
    for (std::size_t p = 0; p < rgb.size(); p += 3) {
      *to++ = static_cast<std::byte>((rgb[p] * 19595u + rgb[p + 1] * 38470u +
                                      rgb[p + 2] * 7471u + 32768u) >>
                                     16);
    }
    const std::vector<float> row = test::targets_of(*scenes, i);
    content.targets.insert(content.targets.end(), row.begin(), row.end());
  }
  content.images = images;
  write_hdf5(ArrayDataset(std::move(content)), "grey.h5");
  EXPECT_EQ(test::polytask({"train", "recipe.yaml", "data.path=grey.h5"}).code,
            0);
  write_png("0.png", 16, 16, pixels_of(*scenes, 0));
  EXPECT_EQ(answers("run", "0.png")[0]["probabilities"],
            answers("run", "grey.h5")[0]["probabilities"]);
}

TEST_F(OneImage, InspectSaysSizeColoursAndTurn) {
  const std::string path = test::source_path("tests/golden/images/turned.jpg");
  const json found =
      json::parse(test::polytask({"inspect", path, "--json"}).out);
  EXPECT_EQ(found["kind"], "image");
  EXPECT_EQ(found["format"], "JPEG");
  EXPECT_EQ(found["height"], 23);
  EXPECT_EQ(found["width"], 17);
  EXPECT_EQ(found["colours"], "colour");
  EXPECT_EQ(found["orientation"], 6);
}

}  // namespace
}  // namespace polytask
