#include <gtest/gtest.h>

#include <cerrno>

#include "polytask/base/error.h"
#include "tests/checkpoint/safetensors_files.h"
#include "tests/support/expect_error.h"
#include "tests/support/failing_operations.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;
using test::kBias;
using test::kWeight;
using test::save;
using test::TemporaryFolder;

TEST(SafetensorsWriter, RefusesWhatWouldNotBeReadBack) {
  const TemporaryFolder folder;
  const auto expect = [&](Fault fault, const std::string& text,
                          const Metadata& metadata,
                          const std::vector<TensorView>& tensors) {
    test::expect_error(fault, (folder / "m").string() + ": " + text,
                       [&] { save(folder / "m", metadata, tensors); });
    EXPECT_TRUE(folder.names().empty());
  };
  expect(Fault::shape,
         "tensor \"t\": expected values of shape [2,3], got 1 values", {},
         {{"t", {2, 3}, kBias}});
  expect(Fault::shape,
         "tensor \"t\": expected values of shape [-1], got 1 values", {},
         {{"t", {-1}, kBias}});
  expect(Fault::data,
         "the tensor name \"t\" is taken; give each tensor its own", {},
         {{"t", {1}, kBias}, {"t", {1}, kBias}});
  expect(Fault::data,
         "the tensor name \"__metadata__\" is taken; give each tensor its own",
         {}, {{"__metadata__", {1}, kBias}});
  expect(Fault::data,
         "the metadata key \"polytask.checksum\" is reserved; choose another",
         {{"polytask.checksum", "0"}}, {});
  expect(Fault::data,
         "expected UTF-8, found other bytes in \"\\ufffd\"; write the text as "
         "UTF-8",
         {{"k", "\xFF"}}, {});
}

TEST(SafetensorsWriter, WithoutCommitTheOldFileStays) {
  const TemporaryFolder folder;
  save(folder / "m", {}, {{"t", {1}, kBias}});
  {
    SafetensorsWriter writer(folder / "m", {}, {{"t", {6}, kWeight}});
    writer.write_bytes();
  }
  EXPECT_EQ(SafetensorsFile(folder / "m").find("t")->shape[0], 1);
  EXPECT_EQ(folder.names(), std::vector<std::string>{"m"});
}

TEST(SafetensorsWriter, ValuesAreNotReadAfterWriteBytes) {
  const TemporaryFolder folder;
  std::vector<float> values{1, 2, 3};
  SafetensorsWriter writer(folder / "m", {}, {{"t", {3}, values}});
  writer.write_bytes();
  values = {7, 8, 9};
  writer.commit();
  EXPECT_EQ(SafetensorsFile(folder / "m").find("t")->values[0], 1.0f);
}

TEST(SafetensorsWriter, AFullDiskSaysHowMuchTheWholeFileNeeds) {
  const TemporaryFolder folder;
  save(folder / "m", {}, {{"t", {1}, kBias}});
  const auto full =
      test::counted_operations([](int call) { return call == 3 ? ENOSPC : 0; });
  test::expect_error_parts(
      Fault::io, {"m: disk full: needed 144 bytes, ", " free; make room"}, [&] {
        SafetensorsWriter writer(folder / "m", {}, {{"t", {6}, kWeight}}, full);
        EXPECT_EQ(writer.file_bytes(), 144u);
        writer.write_bytes();
      });
  EXPECT_EQ(SafetensorsFile(folder / "m").find("t")->shape[0], 1);
  EXPECT_EQ(folder.names(), std::vector<std::string>{"m"});
}

}  // namespace
}  // namespace polytask
