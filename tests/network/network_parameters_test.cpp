#include "polytask/network/network_parameters.h"

#include <gtest/gtest.h>

#include "polytask/network/network_settings.h"
#include "polytask/settings/settings_yaml.h"
#include "tests/network/network_bench.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

void expect_those_of_the_plan(const NetworkOptions& network,
                              const PlanOptions& options) {
  const NetworkPlan plan(network, options);
  EXPECT_EQ(network_parameters(network, options), plan.parameters().specs());
}

TEST(NetworkParameters, AreThoseOfThePlan) {
  const PlanOptions options = test::two_heads(4);
  expect_those_of_the_plan(test::every_kind_of_layer(), options);
  expect_those_of_the_plan(test::pooled_blocks(), options);
  expect_those_of_the_plan(test::grouped_blocks(), options);
  expect_those_of_the_plan({.trunk = {Flatten{}, Flatten{}}}, options);
}

TEST(NetworkParameters, OfHeadsAreThoseOfThePlan) {
  const Conv2D conv{.filters = 5, .strides = 2, .padding = Padding::same};
  const Dense dense{.units = 6};
  PlanOptions options = test::two_heads(4);
  options.outputs[1].layers = {dense, Dropout{}, Dense{.units = 3}};
  expect_those_of_the_plan(test::every_kind_of_layer(), options);
  expect_those_of_the_plan({.trunk = {conv, Flatten{}}}, options);
  options.outputs[0].layers = {conv, MaxPooling2D{}, Flatten{}, dense};
  options.outputs[1].layers = {Dropout{}, Flatten{}, dense};
  expect_those_of_the_plan({.trunk = {conv}}, options);
  expect_those_of_the_plan({}, options);
}

void expect_refused(Fault fault, const std::string& text,
                    const std::vector<LayerOptions>& trunk,
                    const Shape& image = {8, 8, 3}) {
  PlanOptions options = test::two_heads(4);
  options.input = image;
  test::expect_error(fault, text, [&] {
    (void)network_parameters({.trunk = trunk}, options);
  });
}

TEST(NetworkParameters, ResultsBeyondReasonAreRefused) {
  const Conv2D conv{.filters = 16, .padding = Padding::same};
  EXPECT_EQ(
      network_parameters({.trunk = {conv, MaxPooling2D{.pool_size = 15},
                                    MaxPooling2D{.pool_size = 15},
                                    MaxPooling2D{.pool_size = 15}, Flatten{}}},
                         {.input = {4096, 4096, 3},
                          .outputs = {{.name = "scene", .units = 5}}})
          .size(),
      4u);
  expect_refused(Fault::shape,
                 "conv2d_1: expected a result of at most 268435456 numbers, "
                 "got [4096, 4096, 17]; pool more, or use smaller images or "
                 "fewer filters",
                 {Conv2D{.filters = 17, .padding = Padding::same}},
                 {4096, 4096, 3});
}

TEST(NetworkParameters, MoreParametersThanReasonAreRefused) {
  expect_refused(Fault::config,
                 "dense_2/kernel [16384, 16384]: expected at most 268435456 "
                 "parameters in all layers, got more; pool more before "
                 "flatten, or use fewer units or filters",
                 {Flatten{}, Dense{.units = 16384}, Dense{.units = 16384}});
}

TEST(NetworkParameters, TooManyLayersAndTasksAreRefused) {
  expect_refused(Fault::config,
                 "network.trunk: expected at most 256 layers, got 257",
                 std::vector<LayerOptions>(257, Flatten{}));
  PlanOptions options = test::two_heads(4);
  options.outputs[1].layers.assign(300, Dense{.units = 1});
  test::expect_error(
      Fault::config, "tasks.weather.head: expected at most 256 layers, got 300",
      [&] { (void)network_parameters({.trunk = {Flatten{}}}, options); });
  options.outputs.assign(257, {.name = "same", .units = 1});
  test::expect_error(
      Fault::config, "tasks: expected at most 256 tasks, got 257",
      [&] { (void)network_parameters({.trunk = {Flatten{}}}, options); });
}

Problems problems_of(const std::string& trunk) {
  NetworkOptions network;
  Problems found;
  read_settings(parse_settings("trunk: [" + trunk + "]", "r.yaml"), "network",
                found, network);
  return found;
}

TEST(NetworkSettings, NumbersAtTheirLimitsAreRead) {
  EXPECT_EQ(problems_of("conv2d: {filters: 4096, kernel_size: 32, strides: 32},"
                        "max_pooling2d: {pool_size: 15}, dense: {units: 16384},"
                        "max_pooling2d: {pool_size: 2}"),
            Problems{});
}

TEST(NetworkSettings, NumbersBeyondTheirLimitsAreAllListed) {
  EXPECT_EQ(
      problems_of("conv2d: {filters: 0, kernel_size: -1, strides: 2147483647},"
                  "max_pooling2d: {pool_size: 1}, dense: {units: 3000000000}"),
      (Problems{"r.yaml:1: network.trunk.0.conv2d.filters: expected 1 to 4096, "
                "found 0",
                "r.yaml:1: network.trunk.0.conv2d.kernel_size: expected 1 to "
                "32, found -1",
                "r.yaml:1: network.trunk.0.conv2d.strides: expected 1 to 32, "
                "found 2147483647",
                "r.yaml:1: network.trunk.1.max_pooling2d.pool_size: expected 2 "
                "to 15, found 1",
                "r.yaml:1: network.trunk.2.dense.units: expected a whole "
                "number from -2147483648 to 2147483647, found "
                "\"3000000000\""}));
}

TEST(NetworkSettings, CountsWithoutADefaultMustBeGiven) {
  EXPECT_EQ(problems_of("conv2d, dense: {activation: relu}"),
            (Problems{"r.yaml:1: network.trunk.0.conv2d.filters: expected 1 to "
                      "4096, found none; write how many",
                      "r.yaml:1: network.trunk.1.dense.units: expected 1 to "
                      "16384, found none; write how many"}));
}

TEST(NetworkSettings, AThousandLayersAreRefused) {
  std::string trunk = "flatten";
  for (int i = 1; i < 1000; ++i) trunk += ", flatten";
  EXPECT_EQ(problems_of(trunk),
            Problems{"r.yaml:1: network.trunk: expected at most 256 layers, "
                     "found 1000"});
}

}  // namespace
}  // namespace polytask
