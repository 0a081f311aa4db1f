#include "polytask/data/label_summary.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/data/small_dataset.h"

namespace polytask {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

TEST(LabelSummary, CountsWhatIsThereAndWhatIsMissing) {
  const auto summary = label_summary(*test::labelled(
      {"sea", "trees"}, {1.0f, 0.0f, 1.0f, kMissing, 0.0f, kMissing}));
  ASSERT_EQ(summary.size(), 2u);
  EXPECT_EQ(summary[0].label, "sea");
  EXPECT_EQ(summary[0].observed, 3);
  EXPECT_EQ(summary[0].positive, 2);
  EXPECT_EQ(summary[0].missing, 0);
  EXPECT_EQ(summary[1].label, "trees");
  EXPECT_EQ(summary[1].observed, 1);
  EXPECT_EQ(summary[1].positive, 0);
  EXPECT_EQ(summary[1].missing, 2);
}

TEST(SplitWarnings, AreSilentWhenEveryPartHasBothValues) {
  const DatasetPtr good = test::labelled({"sea"}, {1.0f, 0.0f, kMissing});
  EXPECT_TRUE(split_warnings(*good, *good).empty());
}

TEST(SplitWarnings, NameALabelWithoutPositives) {
  const DatasetPtr good = test::labelled({"sea"}, {1.0f, 0.0f});
  const DatasetPtr none = test::labelled({"sea"}, {0.0f, 0.0f, kMissing});
  EXPECT_EQ(split_warnings(*good, *none),
            (std::vector<std::string>{
                "validation part: label \"sea\" has no positive image (of 2); "
                "its precision, recall and F1 will be undefined; change "
                "data.split.random_state"}));
  EXPECT_EQ(split_warnings(*none, *good),
            (std::vector<std::string>{
                "training part: label \"sea\" has no positive image (of 2); "
                "it cannot be learned; change data.split.random_state"}));
}

TEST(SplitWarnings, NameALabelWithoutNegatives) {
  const DatasetPtr good = test::labelled({"sea"}, {1.0f, 0.0f});
  const DatasetPtr only = test::labelled({"sea"}, {1.0f, 1.0f});
  EXPECT_EQ(split_warnings(*good, *only),
            (std::vector<std::string>{
                "validation part: label \"sea\" has no negative image (of 2); "
                "its specificity and its ranking will be undefined; change "
                "data.split.random_state"}));
}

TEST(SplitWarnings, OfATrainingPartAloneAskForImages) {
  const DatasetPtr good = test::labelled({"sea"}, {1.0f, 0.0f});
  const DatasetPtr none = test::labelled({"sea"}, {0.0f, kMissing});
  EXPECT_TRUE(split_warnings(*good).empty());
  EXPECT_EQ(split_warnings(*none),
            (std::vector<std::string>{
                "training part: label \"sea\" has no positive image (of 1); "
                "it cannot be learned; add images that differ in it"}));
}

TEST(SplitWarnings, NameALabelThatIsAlwaysMissing) {
  const DatasetPtr good =
      test::labelled({"sea", "sky"}, {1.0f, 1.0f, 0.0f, 0.0f});
  const DatasetPtr bad =
      test::labelled({"sea", "sky"}, {1.0f, kMissing, 0.0f, kMissing});
  EXPECT_EQ(split_warnings(*good, *bad),
            (std::vector<std::string>{
                "validation part: label \"sky\" is missing in every image (of "
                "2); no metric of it can be computed; change "
                "data.split.random_state"}));
}

}  // namespace
}  // namespace polytask
