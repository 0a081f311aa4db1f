#include "polytask/data/batch.h"

#include <gtest/gtest.h>

#include "tests/data/small_dataset.h"

namespace polytask {
namespace {

using Numbers = std::vector<float>;

// The targets of the batches that were visited, until `stop_at`.
std::vector<Numbers> visited(Batch& batch, std::int64_t stop_at, bool& end) {
  std::vector<Numbers> found;
  end = for_each_batch(batch, [&](std::span<const std::int64_t> images) {
    const auto targets = batch.targets();
    found.emplace_back(targets.begin(), targets.end());
    EXPECT_EQ(images.size(), targets.size());
    EXPECT_EQ(static_cast<float>(images.front()), targets.front() - 10.0f);
    return images.front() != stop_at;
  });
  return found;
}

TEST(ForEachBatch, SeesEveryImageOnceInOrder) {
  const DatasetPtr data = test::labelled({"a"}, {10, 11, 12, 13, 14});
  Batch batch(*data, 2);
  bool end = false;
  EXPECT_EQ(visited(batch, -1, end),
            (std::vector<Numbers>{{10, 11}, {12, 13}, {14}}));
  EXPECT_TRUE(end);
}

TEST(ForEachBatch, EndsWhereItIsTold) {
  const DatasetPtr data = test::labelled({"a"}, {10, 11, 12, 13, 14});
  Batch batch(*data, 2);
  bool end = true;
  EXPECT_EQ(visited(batch, 2, end), (std::vector<Numbers>{{10, 11}, {12, 13}}));
  EXPECT_FALSE(end);
}

TEST(ForEachBatch, TakesABatchLargerThanTheData) {
  const DatasetPtr data = test::labelled({"a"}, {10, 11, 12});
  Batch batch(*data, 100);
  bool end = false;
  EXPECT_EQ(visited(batch, -1, end), (std::vector<Numbers>{{10, 11, 12}}));
  EXPECT_TRUE(end);
}

}  // namespace
}  // namespace polytask
