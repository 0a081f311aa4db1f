// Targets that are missing, in batches and in data sets.

#include "polytask/data/batch.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/data/small_dataset.h"

namespace polytask {
namespace {

using Floats = std::vector<float>;

Floats copy_of(std::span<const float> values) {
  return {values.begin(), values.end()};
}

TEST(Batch, AMissingTargetHasNoWeightInMetricsAndLosses) {
  const DatasetPtr data =
      test::labelled({"sea", "sun"}, {1, std::nanf(""), 0, 1});
  Batch batch(*data, 2);
  batch.load(std::vector<std::int64_t>{0, 1});
  EXPECT_EQ(copy_of(batch.weights()), (Floats{1, 0, 1, 1}));
  EXPECT_EQ(copy_of(batch.loss_weights()), (Floats{1, 0, 1, 1}));
}

TEST(Batch, WhatIsAssumedHoldsUntilTheNextLoad) {
  const DatasetPtr data = test::labelled({"sea", "sun"}, {1, std::nanf("")});
  Batch batch(*data, 1);
  batch.load(std::vector<std::int64_t>{0});
  batch.assume_zero(0, 0.25f);
  EXPECT_EQ(copy_of(batch.targets()), (Floats{1, 0}));
  EXPECT_EQ(copy_of(batch.weights()), (Floats{1, 0}));
  EXPECT_EQ(copy_of(batch.loss_weights()), (Floats{1, 0.25f}));
  batch.load(std::vector<std::int64_t>{0});
  EXPECT_EQ(copy_of(batch.loss_weights()), (Floats{1, 0}));
}

TEST(ArrayDataset, WithoutTargetsEveryAnswerIsMissing) {
  const DatasetPtr data = test::small_dataset(
      {.height = 1, .width = 1, .channels = 1, .labels = {"sea", "sun"}}, 1,
      {});
  Floats targets(2, 1.0f);
  data->read_targets(0, targets);
  EXPECT_TRUE(std::isnan(targets[0]));
  EXPECT_TRUE(std::isnan(targets[1]));
}

}  // namespace
}  // namespace polytask
