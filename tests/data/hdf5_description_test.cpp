#include "polytask/data/hdf5/hdf5_description.h"

#include <gtest/gtest.h>

#include <random>

namespace polytask {
namespace {

Hdf5Description scenes() {
  return {.size = 1600,
          .spec = {.height = 100,
                   .width = 101,
                   .channels = 3,
                   .pixels = PixelType::float32,
                   .labels = {"sea", "sunset"}},
          .has_targets = true};
}

TEST(Hdf5Description, DecodesWhatWasEncoded) {
  const Hdf5Description found = decode(encode(scenes())).value();
  EXPECT_EQ(found.size, 1600);
  EXPECT_EQ(found.spec.height, 100);
  EXPECT_EQ(found.spec.width, 101);
  EXPECT_EQ(found.spec.channels, 3);
  EXPECT_EQ(found.spec.pixels, PixelType::float32);
  EXPECT_EQ(found.spec.labels, (std::vector<std::string>{"sea", "sunset"}));
  EXPECT_TRUE(found.has_targets);
}

TEST(Hdf5Description, TargetsStandBehindTheImagesAtAMultipleOf64) {
  Hdf5Description d = scenes();
  d.size = 1;
  d.spec.pixels = PixelType::uint8;
  EXPECT_EQ(d.image_bytes(), 30300u);
  EXPECT_EQ(d.targets_offset(), 30336u);
  EXPECT_EQ(d.total_bytes(), 30344u);
  d.has_targets = false;
  EXPECT_EQ(d.total_bytes(), 30336u);
}

TEST(Hdf5Description, SizesOutOfRangeAreNotPlausible) {
  EXPECT_TRUE(is_plausible(scenes()));
  const auto spoilt = [](auto spoil) {
    Hdf5Description d = scenes();
    spoil(d);
    return is_plausible(d);
  };
  EXPECT_FALSE(spoilt([](auto& d) { d.size = 0; }));
  EXPECT_FALSE(spoilt([](auto& d) { d.size = -1; }));
  EXPECT_FALSE(spoilt([](auto& d) { d.size = std::int64_t{1} << 60; }));
  EXPECT_FALSE(spoilt([](auto& d) { d.spec.height = 0; }));
  EXPECT_FALSE(spoilt([](auto& d) { d.spec.width = 65536; }));
  EXPECT_FALSE(spoilt([](auto& d) { d.spec.channels = 2; }));
  EXPECT_FALSE(spoilt([](auto& d) { d.spec.pixels = PixelType{7}; }));
}

TEST(Hdf5Description, ATruncatedOneIsNone) {
  const std::string text = encode(scenes());
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(decode(text.substr(0, length))) << length;
  }
}

TEST(Hdf5Description, RandomBytesAreRefusedOrPlausible) {
  const std::string text = encode(scenes());
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = text;
    damaged[random() % damaged.size()] = static_cast<char>(random());
    const auto found = decode(damaged);
    EXPECT_TRUE(!found || is_plausible(*found));
  }
}

}  // namespace
}  // namespace polytask
