#include "polytask/layers/dropout_layer.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/check_layer.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

// The mask depends on the key alone, so differences see the same one.
TEST(DropoutLayer, PassesTheLayerCheck) {
  for (const double rate : {0.0, 0.25, 0.5, 0.9}) {
    for (const Shape& src : {Shape{3, 3, 3}, {17}, {8}, {1}}) {
      test::check_layer(DropoutLayer({.name = "dropout", .rate = rate}, src));
    }
  }
}

TEST(DropoutLayer, ChangesNothingOutsideTraining) {
  const DropoutLayer layer({.name = "dropout", .rate = 0.9}, {5});
  const std::vector<float> src{1, 2, 3, 4, 5};
  std::vector<float> dst(5);
  layer.forward({.src = src.data(), .dst = dst.data()});
  EXPECT_EQ(dst, src);
}

TEST(DropoutLayer, LayersWithDifferentAddressesDropDifferentElements) {
  const std::vector<float> src(64, 1.0f);
  const auto dropped = [&](std::uint32_t address) {
    const DropoutLayer layer({.name = "dropout", .address = address}, {64});
    std::vector<float> dst(64);
    std::vector<std::uint8_t> state(8);
    layer.forward(
        {.src = src.data(), .dst = dst.data(), .state = state.data()});
    return dst;
  };
  EXPECT_EQ(dropped(0), dropped(0));
  EXPECT_NE(dropped(0), dropped(1));
}

TEST(DropoutLayer, RatesOutsideZeroToOneAreRefused) {
  const auto refuse = [](double rate, const char* text) {
    test::expect_error(Fault::config, text, [&] {
      const DropoutLayer layer({.name = "dropout_1", .rate = rate}, {8});
    });
  };
  refuse(1.0, "dropout_1: rate: expected 0 <= rate < 1, got 1");
  refuse(-0.1, "dropout_1: rate: expected 0 <= rate < 1, got -0.1");
  refuse(std::numeric_limits<double>::quiet_NaN(),
         "dropout_1: rate: expected 0 <= rate < 1, got nan");
}

}  // namespace
}  // namespace polytask
