#include "polytask/data/image/image_finder.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;

// A folder images/ with these files, and a table beside it.
struct Images {
  test::TemporaryFolder folder;

  explicit Images(const std::vector<std::string>& files) {
    fs::create_directory(root());
    for (const std::string& file : files) {
      fs::create_directories((root() / file).parent_path());
      test::write_bytes(root() / file, "");
    }
  }

  [[nodiscard]] fs::path root() const { return folder.path() / "images"; }

  // The file within the folder, else the problem, "" when there is none.
  [[nodiscard]] std::string find(const std::string& name) const {
    const auto found =
        ImageFinder(root(), folder.path() / "labels.csv").find(name);
    if (found.path.empty()) return found.problem;
    EXPECT_TRUE(fs::exists(found.path)) << found.path;
    return found.path.lexically_relative(root()).generic_string();
  }
};

constexpr const char* kOutside = "it is not inside of the folder of images";

TEST(ImageFinder, APathInTheFolderIsTakenAsItIs) {
  const Images images({"1.jpg", "sub/1.jpg", "sub/2.jpg"});
  EXPECT_EQ(images.find("1.jpg"), "1.jpg");
  EXPECT_EQ(images.find("sub/1.jpg"), "sub/1.jpg");
  EXPECT_EQ(images.find("3.jpg"), "");
  EXPECT_EQ(images.find("sub"), "");
}

TEST(ImageFinder, BackslashesStandForSlashes) {
  const Images images({"sub/1.jpg", "a\\b.jpg"});
  EXPECT_EQ(images.find("sub\\1.jpg"), "sub/1.jpg");
  EXPECT_EQ(images.find("a\\b.jpg"), "a\\b.jpg");
}

TEST(ImageFinder, APathRelativeToTheTableIsTaken) {
  const Images images({"1.jpg"});
  EXPECT_EQ(images.find("images/1.jpg"), "1.jpg");
  EXPECT_EQ(images.find("../" + images.folder.path().filename().string() +
                        "/images/1.jpg"),
            "1.jpg");
}

TEST(ImageFinder, AnAbsolutePathMustBeInTheFolder) {
  const Images images({"sub/1.jpg"});
  EXPECT_EQ(images.find((images.root() / "sub/1.jpg").string()), "sub/1.jpg");
  EXPECT_EQ(images.find("/home/anna/images/sub/1.jpg"), "sub/1.jpg");
  EXPECT_EQ(images.find("C:\\data\\images\\sub\\1.jpg"), "sub/1.jpg");
  EXPECT_EQ(images.find("/etc/hostname"), kOutside);
  EXPECT_EQ(images.find("/other/sub/1.jpg"), kOutside);
}

TEST(ImageFinder, NoNameLeadsOutOfTheFolder) {
  const Images images({"1.jpg"});
  test::write_bytes(images.folder / "2.jpg", "");
  EXPECT_EQ(images.find("../2.jpg"), kOutside);
  EXPECT_EQ(images.find("sub/../../2.jpg"), kOutside);
  EXPECT_EQ(images.find((images.folder / "2.jpg").string()), kOutside);
  EXPECT_EQ(images.find("2.jpg"), "");
}

TEST(ImageFinder, TheOneFileBelowThatEndsWithTheNameIsTaken) {
  const Images images({"a/x/1.jpg", "b/x/1.jpg", "b/x/2.jpg"});
  EXPECT_EQ(images.find("2.jpg"), "b/x/2.jpg");
  EXPECT_EQ(images.find("x/2.jpg"), "b/x/2.jpg");
  EXPECT_EQ(images.find("1.jpg"), "it may be \"a/x/1.jpg\" or \"b/x/1.jpg\"");
  EXPECT_EQ(images.find(".jpg"), "");
}

TEST(ImageFinder, ANameMayLackItsEnding) {
  const Images images({"1.jpg", "sub/1.png", "2.jpg", "2.png", "v1.2.jpg"});
  EXPECT_EQ(images.find("1"), "1.jpg");
  EXPECT_EQ(images.find("sub/1"), "sub/1.png");
  EXPECT_EQ(images.find("2"), "it may be \"2.jpg\" or \"2.png\"");
  EXPECT_EQ(images.find("v1.2"), "v1.2.jpg");
  EXPECT_EQ(images.find("v1"), "");
}

TEST(ImageFinder, TheCaseMayDiffer) {
  const Images images({"IMG_1.JPG", "img_2.jpg", "IMG_2.jpg"});
  EXPECT_EQ(images.find("img_1.jpg"), "IMG_1.JPG");
  EXPECT_EQ(images.find("Img_2.jpg"),
            "it may be \"IMG_2.jpg\" or \"img_2.jpg\"");
  EXPECT_EQ(images.find("img_2.jpg"), "img_2.jpg");
}

// macOS writes letters with marks as two characters.
TEST(ImageFinder, LettersWithMarksMayBeWrittenEitherWay) {
  const Images two({"mu\u0308ller.jpg", "a/caf\u00e9.png"});
  EXPECT_EQ(two.find("m\u00fcller.jpg"), "mu\u0308ller.jpg");
  EXPECT_EQ(two.find("cafe\u0301"), "a/caf\u00e9.png");
}

TEST(ImageFinder, HiddenFilesAreNotLookedAt) {
  const Images images({"._1.jpg", ".cache/2.jpg", "1.jpg"});
  EXPECT_EQ(images.find("1"), "1.jpg");
  EXPECT_EQ(images.find("2.jpg"), "");
}

TEST(ImageFinder, LinksToFoldersAreNotFollowedInTheSearch) {
  const Images images({"sub/1.jpg"});
  fs::create_directory_symlink(images.root(), images.root() / "sub" / "again");
  EXPECT_EQ(images.find("1.jpg"), "sub/1.jpg");
}

TEST(ImageFinder, SaysWhatIsThere) {
  const Images none({});
  EXPECT_EQ(ImageFinder(none.root(), "labels.csv").what_is_there(),
            "no files at all");
  const Images two({"b/10.jpg", "b/9.jpg"});
  EXPECT_EQ(ImageFinder(two.root(), "labels.csv").what_is_there(),
            "2 files, such as \"b/9.jpg\"");
}

}  // namespace
}  // namespace polytask
