#include "polytask/data/image_list.h"

#include <gtest/gtest.h>

#include <cmath>

#include "polytask/data/image_file.h"
#include "polytask/data/resize.h"
#include "tests/support/expect_error.h"
#include "tests/support/golden_image.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

using Names = std::vector<std::string>;

Names names_of(const Dataset& data) {
  Names names;
  for (std::int64_t i = 0; i < data.size(); ++i) {
    names.push_back(data.image_name(i));
  }
  return names;
}

// A copy of a golden image under another name.
std::filesystem::path copy(const test::TemporaryFolder& folder,
                           const char* image, const std::string& name) {
  std::filesystem::copy(test::golden_images() / image, folder / name);
  return folder / name;
}

ImageList read(std::vector<std::filesystem::path> inputs) {
  return read_image_list(
      {.inputs = std::move(inputs), .height = 8, .width = 10});
}

TEST(ImageList, FolderGivesItsImagesInTheOrderPeopleCount) {
  const test::TemporaryFolder folder;
  std::filesystem::create_directory(folder / "deep");
  for (const char* name : {"10.jpg", "2.JPEG", "1.Png", ".hidden.png",
                           "notes.txt", "deep/3.png"}) {
    copy(folder, "rgb8.png", name);
  }
  const ImageList list = read({folder.path()});
  EXPECT_EQ(names_of(*list.images),
            (Names{folder.path() / "1.Png", folder.path() / "2.JPEG",
                   folder.path() / "10.jpg"}));
  EXPECT_TRUE(list.unreadable.empty());
}

TEST(ImageList, FilesAreTakenInOrderWhateverTheyAreCalled) {
  const test::TemporaryFolder folder;
  const auto b = copy(folder, "rgb8.png", "b.bin");
  const auto a = copy(folder, "grey8.png", "a");
  EXPECT_EQ(names_of(*read({b, a, b}).images), (Names{b, a, b}));
}

TEST(ImageList, OneBadImageDoesNotStopTheOthers) {
  const test::TemporaryFolder folder;
  const auto bad = folder / "bad.png";
  test::write_bytes(bad, "");
  const auto good = test::golden_images() / "sampled_420.jpg";
  const ImageList list = read({bad, "no/such.jpg", good});
  EXPECT_EQ(names_of(*list.images), (Names{good}));
  EXPECT_EQ(list.unreadable,
            (Names{bad.string() + ": expected a JPEG or PNG image, found an "
                                  "empty file; convert it to JPEG or PNG",
                   "no/such.jpg: cannot be read: No such file or directory; "
                   "check the path and its permissions"}));
  std::vector<std::byte> pixels(list.images->spec().bytes_per_image());
  list.images->read_image(0, pixels);
  const Image expected = resize_bilinear(read_image_file(good), 8, 10);
  EXPECT_TRUE(
      std::ranges::equal(pixels, std::as_bytes(std::span(expected.pixels))));
}

TEST(ImageList, FolderWithoutImagesSaysSo) {
  const test::TemporaryFolder folder;
  const ImageList list = read({folder.path()});
  EXPECT_EQ(list.images->size(), 0);
  EXPECT_EQ(list.unreadable,
            (Names{folder.path().string() +
                   ": expected JPEG or PNG images (*.jpg, *.jpeg, *.png), "
                   "found none; give the folder that holds them"}));
}

TEST(ImageList, ImagesHaveNoLabels) {
  const ImageList list = read({test::golden_images() / "rgb8.png"});
  EXPECT_TRUE(list.images->spec().labels.empty());
  EXPECT_EQ(list.images->spec().height, 8);
  EXPECT_EQ(list.images->spec().width, 10);
}

TEST(ImageList, NothingAskedForIsAnEmptyList) {
  EXPECT_EQ(read({}).images->size(), 0);
}

TEST(ImageList, ImpossibleSizeIsRefused) {
  test::expect_error_parts(Fault::config, {"image size: ", "got 0 x 8"}, [] {
    (void)read_image_list({.inputs = {}, .height = 8, .width = 0});
  });
}

}  // namespace
}  // namespace polytask
