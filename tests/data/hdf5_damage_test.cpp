// Damaged HDF5 files: the worst one can do is an Error.

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "polytask/data/hdf5_reader.h"
#include "tests/data/raw_hdf5.h"
#include "tests/data/small_dataset.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

using test::counting;
using test::RawHdf5;

// A valid file with what real ones have: groups, chunks, compression, text.
std::string sound_file(const std::filesystem::path& path) {
  const Hdf5Handle plist(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  const hsize_t chunk[] = {4, 3, 6, 5};
  H5Pset_chunk(plist.get(), 4, chunk);
  H5Pset_deflate(plist.get(), 4);
  {
    RawHdf5 file(path);
    file.add_bytes("x", {10, 3, 6, 5}, counting(900), plist.get());
    file.add_bytes("y", {10, 2}, std::vector<unsigned char>(20, 1));
    file.add_names("y", "labels", {"sea", "trees"}, 0);
    file.add_reals("other", {4}, {1, 2, 3, 4});
  }
  return test::read_bytes(path);
}

// Reads it, and whatever comes out of it; true when it was accepted.
bool survives(const std::filesystem::path& path) {
  try {
    const DatasetPtr data = read_hdf5(path);
    for (std::int64_t i = 0; i < data->size(); ++i) {
      (void)test::image_of(*data, i);
      (void)test::targets_of(*data, i);
    }
    return true;
  } catch (const Error& e) {
    const bool expected =
        e.fault() == Fault::data || e.fault() == Fault::resource;
    EXPECT_TRUE(expected) << e.what();
    EXPECT_NE(std::string(e.what()).find("a.h5"), std::string::npos)
        << e.what();
    return false;
  }
}

TEST(Hdf5Damage, ATruncatedFileIsAnErrorAtEveryLength) {
  const test::TemporaryFolder folder;
  const std::filesystem::path path = folder / "a.h5";
  const std::string sound = sound_file(path);
  ASSERT_TRUE(survives(path));
  const std::size_t step = sound.size() / 64;
  for (std::size_t length = 0; length < sound.size(); length += step) {
    test::write_bytes(path, sound.substr(0, length));
    EXPECT_FALSE(survives(path)) << "length " << length;
  }
}

TEST(Hdf5Damage, ATruncatedFileSaysSo) {
  const test::TemporaryFolder folder;
  const std::filesystem::path path = folder / "a.h5";
  const std::string sound = sound_file(path);
  test::write_bytes(path, sound.substr(0, sound.size() - 1));
  test::expect_error_parts(
      Fault::data,
      {"a.h5: HDF5 cannot open it: truncated file", "copy or write it again"},
      [&] { (void)read_hdf5(path); });
}

TEST(Hdf5Damage, RandomBytesNeverCrashTheReader) {
  const test::TemporaryFolder folder;
  const std::filesystem::path path = folder / "a.h5";
  const std::string sound = sound_file(path);
  std::mt19937 random(301);
  for (int round = 0; round < 300; ++round) {
    std::string damaged = sound;
    const std::size_t changes = 1 + random() % 4;
    for (std::size_t i = 0; i < changes; ++i) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    test::write_bytes(path, damaged);
    (void)survives(path);
  }
}

TEST(Hdf5Damage, LengthsOfAllOnesNeverCrashTheReader) {
  const test::TemporaryFolder folder;
  const std::filesystem::path path = folder / "a.h5";
  const std::string sound = sound_file(path);
  std::mt19937 random(7);
  for (int round = 0; round < 150; ++round) {
    std::string damaged = sound;
    const std::size_t at = random() % (damaged.size() - 8) / 8 * 8;
    const char fill = round % 3 == 0 ? '\x7f' : round % 3 == 1 ? '\xff' : '\0';
    damaged.replace(at, 8, 8, fill);
    test::write_bytes(path, damaged);
    (void)survives(path);
  }
}

// What damage hides is not missing: names, columns and whole labels would
// vanish without a word.

TEST(Hdf5Damage, NamesThatCannotBeReadAreNotMissing) {
  const test::TemporaryFolder folder;
  const std::filesystem::path path = folder / "a.h5";
  std::string bytes = sound_file(path);
  const std::size_t name = bytes.rfind(std::string("labels\0", 7));
  ASSERT_NE(name, std::string::npos);
  constexpr std::size_t kBeforeTheName = 8;  // of an attribute message
  ASSERT_EQ(bytes[name - kBeforeTheName], 1);
  bytes[name - kBeforeTheName] = 99;  // its version
  test::write_bytes(path, bytes);
  test::expect_error_parts(Fault::data,
                           {path.string() + ": dataset \"y\": its attributes "
                                            "cannot be read: ",
                            "; the file is damaged: copy or write it again"},
                           [&] { (void)read_hdf5(path); });
}

TEST(Hdf5Damage, NamesLongerThanAnyLabelsAreRefused) {
  const test::TemporaryFolder folder;
  const std::filesystem::path path = folder / "a.h5";
  {
    RawHdf5 file(path);
    file.add_bytes("x", {2, 1, 2, 4}, counting(16));
    file.add_bytes("y", {2, 1}, {0, 1});
    file.add_names("y", "labels", {"sea"}, 1025);
  }
  test::expect_error(Fault::data,
                     path.string() +
                         ": dataset \"y\", attribute \"labels\": "
                         "expected names of at most 1024 bytes, "
                         "found room for 1025; write shorter ones",
                     [&] { (void)read_hdf5(path); });
}

// y/sea and y/trees.
void write_two_columns(const std::filesystem::path& path) {
  RawHdf5 file(path);
  file.add_bytes("x", {2, 1, 2, 4}, counting(16));
  const Hdf5Handle group(
      H5Gcreate2(file.id(), "y", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
      H5Gclose);
  file.add_bytes("y/sea", {2}, {0, 1});
  file.add_bytes("y/trees", {2}, {1, 1});
}

TEST(Hdf5Damage, AColumnThatCannotBeOpenedIsNotMissing) {
  const test::TemporaryFolder folder;
  const std::filesystem::path path = folder / "a.h5";
  write_two_columns(path);
  EXPECT_EQ(read_hdf5(path)->spec().labels.size(), 2U);
  std::size_t header = 0;
  {
    const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT),
                          H5Fclose);
    H5O_info_t info;
    ASSERT_GE(H5Oget_info_by_name(file.get(), "y/trees", &info, H5P_DEFAULT),
              0);
    header = static_cast<std::size_t>(info.addr);
  }
  std::string bytes = test::read_bytes(path);
  ASSERT_EQ(bytes[header], 1);
  bytes[header] = 99;  // its version
  test::write_bytes(path, bytes);
  test::expect_error_parts(
      Fault::data,
      {path.string() +
       ": dataset \"y/trees\": it cannot be opened as a dataset ("},
      [&] { (void)read_hdf5(path); });
}

TEST(Hdf5Damage, LabelsInAGroupThatCannotBeReadAreNotMissing) {
  const test::TemporaryFolder folder;
  const std::filesystem::path path = folder / "a.h5";
  write_two_columns(path);
  std::string bytes = test::read_bytes(path);
  const std::size_t names = bytes.rfind("HEAP");  // of y, made last
  ASSERT_NE(names, std::string::npos);
  bytes[names] = 'X';
  test::write_bytes(path, bytes);
  const std::vector<std::string> parts{
      path.string() + ": group \"y\": its members cannot be read: ",
      "; the file is damaged: copy or write it again"};
  test::expect_error_parts(Fault::data, parts, [&] {
    (void)read_hdf5(path, {.labels = "y/sea", .require_labels = false});
  });
  test::expect_error_parts(Fault::data, parts, [&] { (void)read_hdf5(path); });
}

// GCC 12's address sanitizer does not release its allocator's locks in a fork:
// one that another thread holds just then stays locked in the worker, which
// waits for it until its time is up. The C library's allocator does, so this
// runs in the release build.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kForksBesideThreads = false;
#else
constexpr bool kForksBesideThreads = true;
#endif

TEST(Hdf5Damage, ManyReadersAtOnceDoNotDisturbEachOther) {
  if (!kForksBesideThreads) GTEST_SKIP() << "the sanitizer cannot fork here";
  const test::TemporaryFolder folder;
  const std::filesystem::path good = folder / "a.h5";
  const std::string sound = sound_file(good);
  const std::filesystem::path bad = folder / "bad a.h5";
  test::write_bytes(bad, sound.substr(0, sound.size() / 2));
  std::vector<std::thread> threads;
  std::atomic<int> accepted{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i) {
        accepted += survives(good) ? 1 : 0;
        accepted += survives(bad) ? 100 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(accepted, 20);
}

}  // namespace
}  // namespace polytask
