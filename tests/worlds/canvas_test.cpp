#include "polytask/worlds/drawing/canvas.h"

#include <gtest/gtest.h>

namespace polytask::draw {
namespace {

Paint solid(float cover) { return {{1.0f, 1.0f, 1.0f}, cover}; }

TEST(Canvas, NoOneOwnsPixelsUntilSomeoneSigns) {
  Canvas canvas(2, 2);
  canvas.blend(0, 0, solid(1.0f));
  EXPECT_TRUE(canvas.owners().empty());
}

TEST(Canvas, APixelBelongsToWhoPaintedItLast) {
  Canvas canvas(1, 3);
  canvas.sign_as(1);
  canvas.blend(0, 0, solid(1.0f));
  canvas.blend(0, 1, solid(1.0f));
  canvas.sign_as(2);
  canvas.blend(0, 1, solid(1.0f));
  EXPECT_EQ(canvas.owners(), (std::vector<int>{1, 2, 0}));
}

TEST(Canvas, LessThanHalfAPixelChangesNoOwner) {
  Canvas canvas(1, 2);
  canvas.sign_as(1);
  canvas.blend(0, 0, solid(0.49f));
  canvas.blend(0, 1, solid(0.5f));
  EXPECT_EQ(canvas.owners(), (std::vector<int>{0, 1}));
}

}  // namespace
}  // namespace polytask::draw
