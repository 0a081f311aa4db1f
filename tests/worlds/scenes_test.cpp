#include "polytask/worlds/worlds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "polytask/base/crc32c.h"
#include "polytask/worlds/scenes/label_sets.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

using Image = std::vector<std::byte>;

Image image_of(const Dataset& dataset, std::int64_t index) {
  Image image(dataset.spec().bytes_per_image());
  dataset.read_image(index, image);
  return image;
}

std::vector<Image> images_of(const Dataset& dataset) {
  std::vector<Image> images;
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    images.push_back(image_of(dataset, i));
  }
  return images;
}

TEST(Scenes, SayWhatTheyAre) {
  const DatasetPtr scenes =
      draw_scenes({.count = 3, .height = 16, .width = 24});
  EXPECT_EQ(scenes->size(), 3);
  EXPECT_EQ(scenes->spec().height, 16);
  EXPECT_EQ(scenes->spec().width, 24);
  EXPECT_EQ(scenes->spec().channels, 3);
  EXPECT_EQ(scenes->spec().pixels, PixelType::uint8);
  EXPECT_EQ(scenes->spec().labels,
            (std::vector<std::string>{"desert", "mountains", "sea", "sunset",
                                      "trees"}));
  EXPECT_EQ(scenes->image_name(2), "scene 2");
}

// Changing a picture changes every figure the documents quote: those who do it
// on purpose change these numbers too.
TEST(Scenes, NeverChangeUnseen) {
  const DatasetPtr scenes = draw_scenes({.count = 12, .seed = 1});
  std::uint32_t all = 0;
  for (const Image& image : images_of(*scenes)) all = crc32c(image, all);
  EXPECT_EQ(crc32c(image_of(*scenes, 0)), 1515406816u);
  EXPECT_EQ(crc32c(image_of(*scenes, 1)), 3932473950u);
  EXPECT_EQ(all, 463259149u);
}

TEST(Scenes, SmallOnesNeverChangeUnseenEither) {
  const DatasetPtr scenes =
      draw_scenes({.count = 80, .seed = 7, .height = 20, .width = 28});
  std::uint32_t all = 0;
  for (const Image& image : images_of(*scenes)) all = crc32c(image, all);
  EXPECT_EQ(all, 4275002459u);
}

TEST(Scenes, AreTheSameWithAnyNumberOfThreads) {
  const SceneOptions one{.count = 30, .height = 32, .width = 32, .threads = 1};
  SceneOptions four = one;
  four.threads = 4;
  EXPECT_EQ(images_of(*draw_scenes(one)), images_of(*draw_scenes(four)));
}

TEST(Scenes, DoNotDependOnHowManyThereAre) {
  const DatasetPtr few = draw_scenes({.count = 5, .height = 32, .width = 32});
  const DatasetPtr many = draw_scenes({.count = 20, .height = 32, .width = 32});
  for (std::int64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(image_of(*few, i), image_of(*many, i));
    std::vector<float> a(5);
    std::vector<float> b(5);
    few->read_targets(i, a);
    many->read_targets(i, b);
    EXPECT_EQ(a, b);
  }
}

TEST(Scenes, AnotherSeedDrawsOthers) {
  const DatasetPtr a = draw_scenes({.count = 1, .seed = 1});
  const DatasetPtr b = draw_scenes({.count = 1, .seed = 2});
  EXPECT_NE(image_of(*a, 0), image_of(*b, 0));
}

TEST(Scenes, TakeTheirLabelsFromTheDeck) {
  const DatasetPtr scenes =
      draw_scenes({.count = 40, .seed = 9, .height = 16, .width = 16});
  const auto deck = draw::shuffled_deck(9, 0);
  std::vector<float> targets(5);
  for (std::size_t i = 0; i < 40; ++i) {
    scenes->read_targets(static_cast<std::int64_t>(i), targets);
    for (std::size_t k = 0; k < 5; ++k) {
      EXPECT_EQ(targets[k], static_cast<float>((deck[i] >> k) & 1u))
          << "scene " << i << " label " << k;
    }
  }
}

TEST(Scenes, AreAllDifferent) {
  const auto images =
      images_of(*draw_scenes({.count = 150, .height = 24, .width = 24}));
  EXPECT_EQ(std::set<Image>(images.begin(), images.end()).size(), 150u);
}

// The 5th and 95th hundredth of the values lie well apart, and no picture is
// nearly black or nearly white.
TEST(Scenes, UseTheRangeOfTheScreen) {
  const DatasetPtr scenes =
      draw_scenes({.count = 150, .seed = 3, .height = 24, .width = 24});
  for (std::int64_t i = 0; i < scenes->size(); ++i) {
    Image image = image_of(*scenes, i);
    std::ranges::sort(image);
    const auto value_at = [&](std::size_t hundredth) {
      return static_cast<int>(image[image.size() * hundredth / 100]);
    };
    EXPECT_GT(value_at(95) - value_at(5), 25) << "scene " << i;
    EXPECT_GT(value_at(90), 40) << "scene " << i;
    EXPECT_LT(value_at(10), 225) << "scene " << i;
  }
}

TEST(Scenes, NoneIsAValidNumberOfThem) {
  EXPECT_EQ(draw_scenes({.count = 0})->size(), 0);
}

TEST(Scenes, EveryBadOptionIsNamed) {
  test::expect_error(
      Fault::config,
      "draw scenes: count: expected 0 to 10000000, found -1; height: expected "
      "16 to 4096, found 8; width: expected 16 to 4096, found 5000; threads: "
      "expected 0 to 1024, found -2",
      [] {
        (void)draw_scenes(
            {.count = -1, .height = 8, .width = 5000, .threads = -2});
      });
}

}  // namespace
}  // namespace polytask
