#include "polytask/base/text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace polytask {
namespace {

TEST(Text, CatPrintsEverythingAfterOneAnother) {
  const std::string text = "row ";
  const char* const pointer = " of ";
  EXPECT_EQ(cat(text, 7, pointer, std::string_view("x"), '.', true, false),
            "row 7 of x.10");
  EXPECT_EQ(cat(std::numeric_limits<std::int64_t>::min(), ' ',
                std::numeric_limits<std::uint64_t>::max(), ' ', short{-3}),
            "-9223372036854775808 18446744073709551615 -3");
  EXPECT_EQ(cat(std::string(1000, 'a'), 1).size(), 1001u);
}

TEST(Text, CatPrintsNumbersThatDifferDifferently) {
  EXPECT_EQ(cat(1.0 / 255.0, " ", 1.0f / 255.0f),
            "0.00392156862745098 0.003921569");
  EXPECT_EQ(cat(0.1 + 0.2, " ", 0.1, " ", 0.1f), "0.30000000000000004 0.1 0.1");
}

TEST(Text, CatPrintsNumbersShort) {
  EXPECT_EQ(cat(0.5, " ", 1.0, " ", 100000.0, " ", 1e15, " ", -0.0f),
            "0.5 1 100000 1000000000000000 -0");
  EXPECT_EQ(cat(1e-4, " ", 1e-7, " ", 1e16, " ", 1e300),
            "0.0001 1e-07 1e+16 1e+300");
  EXPECT_EQ(cat(-std::numeric_limits<double>::denorm_min(), " ",
                -std::numeric_limits<double>::max()),
            "-5e-324 -1.7976931348623157e+308");
  EXPECT_EQ(cat(std::numeric_limits<double>::infinity(), " ",
                std::numeric_limits<double>::quiet_NaN()),
            "inf nan");
}

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
