// Directions found in other ways; tests/golden/make_weighting_golden.py made
// them.

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "polytask/weighting/weighting_from_gradients.h"
#include "tests/support/places.h"
#include "tests/weighting/weighting_example.h"

namespace polytask {
namespace {

using nlohmann::json;
using test::length;
using test::Vectors;

json golden() {
  std::ifstream file(test::source_path("tests/golden/weighting.json"));
  return json::parse(file);
}

struct Case {
  const char* name;
  std::function<TaskVector(const TaskMatrix&)> method;
  std::size_t count;
  double tolerance;  // of the other way, relative to the longest gradient
  bool unit_length = false;
};

std::vector<Case> cases() {
  return {
      {"mgda", mgda_weights, 16, 1e-9},
      {"upgrad", upgrad_weights, 16, 1e-9},
      {"cagrad", [](const TaskMatrix& g) { return cagrad_weights(g, 0.4); }, 12,
       1e-6},
      {"imtl_g", imtl_g_weights, 12, 1e-9, true},
      {"nash_mtl", nash_mtl_weights, 12, 1e-6},
      {"aligned_mtl",
       [](const TaskMatrix& g) { return aligned_mtl_weights(g); }, 12, 1e-9},
  };
}

TEST(WeightingGolden, DirectionsEqualThoseFoundInOtherWays) {
  const json problems = golden().at("problems");
  EXPECT_EQ(problems.size(), 16u);
  for (const Case& tried : cases()) {
    SCOPED_TRACE(tried.name);
    std::size_t count = 0;
    for (const json& problem : problems) {
      if (!problem["directions"].contains(tried.name)) continue;
      ++count;
      const auto vectors = problem["gradients"].get<Vectors>();
      const auto expected =
          problem["directions"][tried.name].get<std::vector<double>>();
      auto d = test::combined(vectors, tried.method(test::gramian_of(vectors)));
      if (tried.unit_length) {
        const double norm = length(d);
        for (double& v : d) v /= norm;
      }
      double longest = 1.0;
      for (const auto& g : vectors) longest = std::max(longest, length(g));
      for (std::size_t k = 0; k < d.size(); ++k) {
        EXPECT_NEAR(d[k], expected[k], tried.tolerance * longest);
      }
    }
    EXPECT_EQ(count, tried.count);
  }
}

}  // namespace
}  // namespace polytask
