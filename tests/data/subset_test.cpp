#include "polytask/data/dataset.h"

#include <gtest/gtest.h>

#include "tests/data/small_dataset.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

DatasetPtr four_images() {
  return test::labelled({"sea"}, {0.0f, 1.0f, 1.0f, 0.0f});
}

TEST(Subset, ShowsTheChosenImagesInTheirOrder) {
  const DatasetPtr all = four_images();
  const DatasetPtr part = subset(all, {2, 0, 2});
  ASSERT_EQ(part->size(), 3);
  EXPECT_EQ(test::image_of(*part, 0), test::image_of(*all, 2));
  EXPECT_EQ(test::image_of(*part, 1), test::image_of(*all, 0));
  EXPECT_EQ(test::targets_of(*part, 2), std::vector<float>{1.0f});
  EXPECT_EQ(test::targets_of(*part, 1), std::vector<float>{0.0f});
  EXPECT_EQ(part->spec().labels, std::vector<std::string>{"sea"});
}

TEST(Subset, ImagesKeepTheirNames) {
  EXPECT_EQ(subset(four_images(), {3, 1})->image_name(0), "small[3]");
}

TEST(Subset, OfASubsetShowsTheSameImages) {
  const DatasetPtr part = subset(subset(four_images(), {3, 2, 1}), {1});
  EXPECT_EQ(part->image_name(0), "small[2]");
}

TEST(Subset, KeepsItsDataAlive) {
  DatasetPtr all = four_images();
  const DatasetPtr part = subset(std::move(all), {1});
  EXPECT_EQ(test::image_of(*part, 0), std::vector<std::byte>{std::byte{1}});
}

TEST(Subset, MayBeEmpty) { EXPECT_EQ(subset(four_images(), {})->size(), 0); }

TEST(Subset, AnIndexOutOfRangeIsAnError) {
  test::expect_error(Fault::shape,
                     "subset: expected indices from 0 to 3, got 4", [] {
                       (void)subset(four_images(), {0, 4});
                     });
  test::expect_error(Fault::shape,
                     "subset: expected indices from 0 to 3, got -1",
                     [] { (void)subset(four_images(), {-1}); });
}

TEST(Subset, NoDataIsAnError) {
  test::expect_error(Fault::shape, "subset: expected a data set, got none",
                     [] { (void)subset(nullptr, {}); });
}

}  // namespace
}  // namespace polytask
