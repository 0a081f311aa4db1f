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

ImageList read(std::vector<std::filesystem::path> files) {
  return read_image_list({.files = std::move(files), .height = 8, .width = 10});
}

using Paths = std::vector<std::filesystem::path>;
using Counts = std::map<std::string, std::int64_t>;

TEST(FindImages, GivesThemInTheOrderPeopleCountSubFoldersToo) {
  const test::TemporaryFolder folder;
  std::filesystem::create_directories(folder / "deep/er");
  std::filesystem::create_directory(folder / ".cache");
  for (const char* name :
       {"10.jpg", "2.JPEG", "1.Png", ".hidden.png", ".cache/9.png",
        "deep/3.png", "deep/er/12.png", "deep/er/7.png"}) {
    copy(folder, "rgb8.png", name);
  }
  const FolderImages found = find_images(folder.path());
  EXPECT_EQ(found.files, (Paths{"1.Png", "2.JPEG", "10.jpg", "deep/3.png",
                                "deep/er/7.png", "deep/er/12.png"}));
  EXPECT_EQ(found.left_out, Counts{});
  EXPECT_TRUE(found.problems.empty());
}

TEST(FindImages, CountsByEndingWhatItLeavesOut) {
  const test::TemporaryFolder folder;
  std::filesystem::create_directory(folder / "deep");
  for (const char* name :
       {"a.txt", "b.TXT", "deep/c.txt", "d.h5", "Makefile", "tar.gz"}) {
    test::write_bytes(folder / name, "words");
  }
  std::filesystem::create_directory_symlink(folder.path(), folder / "round");
  const FolderImages found = find_images(folder.path());
  EXPECT_EQ(found.files, Paths{});
  EXPECT_EQ(found.left_out,
            (Counts{{".txt", 3}, {".h5", 1}, {".gz", 1}, {"", 1}, {"/", 1}}));
}

TEST(FindImages, TakesAnImageWhateverItIsCalledAndWhatIsCalledAnImage) {
  const test::TemporaryFolder folder;
  copy(folder, "rgb8.png", "17");
  copy(folder, "sampled_420.jpg", "photo.jfif");
  test::write_bytes(folder / "torn.jpg", "");
  EXPECT_EQ(find_images(folder.path()).files,
            (Paths{"17", "photo.jfif", "torn.jpg"}));
}

TEST(FindImages, AFolderThatCannotBeReadIsSaid) {
  EXPECT_EQ(find_images("no/such").problems,
            (Names{"no/such/: cannot be read: No such file or directory; "
                   "check the path and its permissions"}));
}

TEST(ImageList, FilesAreTakenInOrderWhateverTheyAreCalled) {
  const test::TemporaryFolder folder;
  const auto b = copy(folder, "rgb8.png", "b.bin");
  const auto a = copy(folder, "grey8.png", "a");
  EXPECT_EQ(names_of(*read({b, a, b}).images), (Names{b, a, b}));
}

TEST(ImageList, OneBadImageDoesNotStopTheOthersAndKeepsItsPlace) {
  const test::TemporaryFolder folder;
  const auto bad = folder / "bad.png";
  test::write_bytes(bad, "");
  const auto good = test::golden_images() / "sampled_420.jpg";
  const ImageList list = read({bad, good, "no/such.jpg"});
  EXPECT_EQ(names_of(*list.images), (Names{good}));
  EXPECT_EQ(list.problems,
            (Names{bad.string() + ": expected a JPEG or PNG image, found an "
                                  "empty file; convert it to JPEG or PNG",
                   "",
                   "no/such.jpg: cannot be read: No such file or directory; "
                   "check the path and its permissions"}));
  std::vector<std::byte> pixels(list.images->spec().bytes_per_image());
  list.images->read_image(0, pixels);
  const Image expected = resize_bilinear(read_image_file(good), 8, 10);
  EXPECT_TRUE(
      std::ranges::equal(pixels, std::as_bytes(std::span(expected.pixels))));
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
    (void)read_image_list({.files = {}, .height = 8, .width = 0});
  });
}

}  // namespace
}  // namespace polytask
