#include "polytask/worlds/drawing/shapes.h"

#include <gtest/gtest.h>

#include <array>

namespace polytask::draw {
namespace {

constexpr Color kWhite{1.0f, 1.0f, 1.0f};

float total(const Canvas& canvas) {
  float sum = 0.0f;
  for (int row = 0; row < canvas.height(); ++row) {
    for (int column = 0; column < canvas.width(); ++column) {
      sum += canvas.at(row, column).green;
    }
  }
  return sum * canvas.pixel() * canvas.pixel();
}

TEST(Shapes, ADiscCoversItsArea) {
  Canvas canvas(100, 100);
  draw_disc(canvas, {0.5f, 0.5f}, 0.2f, kWhite);
  EXPECT_NEAR(total(canvas), 0.12566f, 1e-3f);
}

TEST(Shapes, APolygonCoversItsAreaWhicheverWayRound) {
  const std::array<Point, 3> one{{{0.1f, 0.1f}, {0.9f, 0.1f}, {0.1f, 0.9f}}};
  const std::array<Point, 3> other{{{0.1f, 0.1f}, {0.1f, 0.9f}, {0.9f, 0.1f}}};
  Canvas a(100, 100);
  Canvas b(100, 100);
  draw_polygon(a, one, kWhite);
  draw_polygon(b, other, kWhite);
  EXPECT_NEAR(total(a), 0.32f, 5e-3f);
  EXPECT_NEAR(total(b), 0.32f, 5e-3f);
}

TEST(Shapes, ALimbThinnerThanAPixelIsFaintNotMissing) {
  Canvas canvas(50, 50);
  draw_limb(canvas, {{0.1f, 0.51f}, {0.9f, 0.51f}, 0.002f, 0.002f}, kWhite);
  EXPECT_GT(total(canvas), 0.0005f);
  EXPECT_LT(total(canvas), 0.01f);
}

TEST(Shapes, WhatLiesOutsideTheFrameIsCutOff) {
  Canvas canvas(20, 30);
  draw_disc(canvas, {-3.0f, 9.0f}, 0.5f, kWhite);
  EXPECT_EQ(total(canvas), 0.0f);
  draw_disc(canvas, {0.75f, 0.5f}, 5.0f, kWhite);
  EXPECT_NEAR(total(canvas), 1.5f, 1e-4f);
}

}  // namespace
}  // namespace polytask::draw
