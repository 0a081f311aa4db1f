#include "polytask/metrics/verdict.h"

#include <gtest/gtest.h>

#include <cmath>

#include "polytask/metrics/student_t.h"

namespace polytask {
namespace {

TEST(StudentT, IsTheTable) {
  EXPECT_NEAR(student_t_975(1), 12.706205, 1e-5);
  EXPECT_NEAR(student_t_975(2), 4.302653, 1e-5);
  EXPECT_NEAR(student_t_975(4), 2.776445, 1e-5);
  EXPECT_NEAR(student_t_975(10), 2.2281388520, 1e-9);
  EXPECT_NEAR(student_t_975(11), 2.200985, 1e-5);
  EXPECT_NEAR(student_t_975(30), 2.042272, 1e-5);
  EXPECT_NEAR(student_t_975(399), 1.965927, 1e-5);
  EXPECT_NEAR(student_t_975(1000000), 1.959966, 1e-5);
}

TEST(VerdictOn, IsWhereTheIntervalLies) {
  EXPECT_EQ(verdict_on(0.001, 0.1, 0.02), Verdict::better);
  EXPECT_EQ(verdict_on(-0.1, -0.001, 0.02), Verdict::worse);
  EXPECT_EQ(verdict_on(-0.01, -0.001, 0.02), Verdict::worse);
  EXPECT_EQ(verdict_on(-0.019, 0.1, 0.02), Verdict::as_good);
  EXPECT_EQ(verdict_on(-0.02, 0.1, 0.02), Verdict::undecided);
  EXPECT_EQ(verdict_on(-0.1, 0.1, 0.02), Verdict::undecided);
  EXPECT_EQ(verdict_on(0.0, 0.0, 0.0), Verdict::undecided);
}

TEST(HalfWidth, HasAQuantileForEachError) {
  EXPECT_NEAR(half_width({.seed_error = 1.0, .seeds = 5, .images = 400}),
              2.776445, 1e-5);
  EXPECT_NEAR(half_width({.image_error = 1.0, .seeds = 5, .images = 400}),
              1.965927, 1e-5);
  EXPECT_NEAR(half_width({.seed_error = 3.0 / 4.302653,
                          .image_error = 4.0 / 1.965927,
                          .seeds = 3,
                          .images = 400}),
              5.0, 1e-5);
}

// .01 towards better with a margin of .02: half a width below .03 decides.
TEST(Needed, SeedsWhereTheTrainingsDifferMost) {
  const Needed needed = needed_for(
      0.01, 0.02,
      {.seed_error = 0.01, .image_error = 0.005, .seeds = 3, .images = 400});
  EXPECT_EQ(needed.seeds, 4);
  EXPECT_EQ(needed.images, std::nullopt);
  EXPECT_FALSE(needed.both);
  EXPECT_EQ(to_text(needed), "about 4 seeds");
}

// .01 towards worse: below .01.
TEST(Needed, ImagesWhereTheyDifferMost) {
  const Needed needed = needed_for(
      -0.01, 0.02,
      {.seed_error = 0.001, .image_error = 0.02, .seeds = 3, .images = 400});
  EXPECT_EQ(needed.seeds, std::nullopt);
  EXPECT_EQ(needed.images, 7589);
  EXPECT_EQ(to_text(needed), "about 7600 test images");
}

// Far worse: that 0 is outside is nearer than the margin.
TEST(Needed, DecidesWhatIsWorseThanTheMargin) {
  const Needed needed = needed_for(
      -0.03, 0.02,
      {.seed_error = 0.001, .image_error = 0.02, .seeds = 3, .images = 400});
  EXPECT_EQ(needed.seeds, std::nullopt);
  EXPECT_EQ(needed.images, 702);
}

TEST(Needed, EitherWhereEitherIsEnough) {
  const Needed needed = needed_for(
      0.0, 0.02,
      {.seed_error = 0.0045, .image_error = 0.0045, .seeds = 3, .images = 400});
  EXPECT_EQ(needed.seeds, 4);
  EXPECT_EQ(needed.images, 1247);
  EXPECT_EQ(to_text(needed), "about 4 seeds, or about 1300 test images");
}

TEST(Needed, BothWhereNeitherIsEnough) {
  const Needed needed = needed_for(
      0.0, 0.02,
      {.seed_error = 0.01, .image_error = 0.02, .seeds = 3, .images = 400});
  EXPECT_EQ(needed.seeds, 9);
  EXPECT_EQ(needed.images, 3092);
  EXPECT_TRUE(needed.both);
  EXPECT_EQ(to_text(needed), "about 9 seeds and 3100 test images together");
}

TEST(Needed, NothingWhereNothingWithinReachIsEnough) {
  const Needed needed = needed_for(
      0.0, 0.0,
      {.seed_error = 0.01, .image_error = 0.02, .seeds = 3, .images = 400});
  EXPECT_EQ(needed.seeds, std::nullopt);
  EXPECT_EQ(needed.images, std::nullopt);
  EXPECT_EQ(to_text(needed),
            "more than 100 seeds and a thousand times the images");
}

// Who follows it reaches a verdict, if everything else stays as it is.
TEST(Needed, IsJustEnough) {
  const Uncertainty now{
      .seed_error = 0.01, .image_error = 0.005, .seeds = 3, .images = 400};
  const auto verdict_with = [&](std::int64_t seeds) {
    Uncertainty then = now;
    then.seeds = seeds;
    then.seed_error *= std::sqrt(3.0 / static_cast<double>(seeds));
    const double half = half_width(then);
    return verdict_on(0.001 - half, 0.001 + half, 0.02);
  };
  const std::int64_t seeds = *needed_for(0.001, 0.02, now).seeds;
  EXPECT_EQ(verdict_with(seeds), Verdict::as_good);
  EXPECT_EQ(verdict_with(seeds - 1), Verdict::undecided);
}

}  // namespace
}  // namespace polytask
