#include "polytask/base/text.h"

#include <gtest/gtest.h>

namespace polytask {
namespace {

TEST(Text, NearestFindsASlipOfTheFinger) {
  EXPECT_EQ(nearest("epoch", {"batch_size", "epochs", "seed"}), "epochs");
  EXPECT_EQ(nearest("btach_size", {"batch_size", "epochs"}), "batch_size");
}

TEST(Text, NearestCountsNeighboursThatChangedPlacesOnce) {
  EXPECT_EQ(nearest("trian", {"data", "tasks", "train"}), "train");
  EXPECT_EQ(nearest("rnu", {"data", "run"}), "run");
}

TEST(Text, NearestStaysSilentWhenNothingIsClose) {
  EXPECT_EQ(nearest("momentum", {"batch_size", "epochs", "seed"}), "");
}

TEST(Text, JoinPutsSeparatorsOnlyBetween) {
  EXPECT_EQ(join({}), "");
  EXPECT_EQ(join({"sea"}), "sea");
  EXPECT_EQ(join({"sea", "sunset"}, "|"), "sea|sunset");
}

}  // namespace
}  // namespace polytask
