// Tensors that are summed and checked by a thread of their own.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <vector>

#include "polytask/checkpoint/safetensors.h"
#include "tests/checkpoint/safetensors_files.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

constexpr std::size_t kCount = 3'000'001;  // 12 MB, and no whole blocks

std::vector<float> counted() {
  std::vector<float> values(kCount);
  for (std::size_t i = 0; i < kCount; ++i) values[i] = static_cast<float>(i);
  return values;
}

void save_large(const std::filesystem::path& path,
                const std::vector<float>& values) {
  test::save(path, {},
             {{"large", {static_cast<std::int64_t>(kCount)}, values},
              {"small", {1}, test::kBias}});
}

TEST(LargeTensor, ComesBackWhole) {
  const test::TemporaryFolder folder;
  save_large(folder / "m", counted());
  const SafetensorsFile file(folder / "m", {.require_finite = true});
  EXPECT_TRUE(std::ranges::equal(file.find("large")->values, counted()));
  EXPECT_EQ(file.find("small")->values[0], test::kBias[0]);
}

TEST(LargeTensor, ItsLastValueIsChecked) {
  const test::TemporaryFolder folder;
  std::vector<float> values = counted();
  values.back() = std::numeric_limits<float>::quiet_NaN();
  save_large(folder / "m", values);
  test::expect_error_parts(
      Fault::data,
      {"tensor \"large\": expected finite numbers, found nan at element "
       "3000000"},
      [&] { SafetensorsFile file(folder / "m", {.require_finite = true}); });
}

TEST(LargeTensor, ADamagedByteInItIsFound) {
  const test::TemporaryFolder folder;
  save_large(folder / "m", counted());
  std::fstream file(folder / "m",
                    std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(7'000'000);
  file.put('\x5a');
  file.close();
  test::expect_error_parts(Fault::data, {"expected the checksum"},
                           [&] { SafetensorsFile damaged(folder / "m"); });
}

}  // namespace
}  // namespace polytask
