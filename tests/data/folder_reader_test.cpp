#include "polytask/data/folder_reader.h"

#include <gtest/gtest.h>

#include <cmath>

#include "polytask/data/image_file.h"
#include "polytask/data/resize.h"
#include "tests/support/expect_error.h"
#include "tests/support/golden_image.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

// A folder photos/ with three images, and labels.csv beside it.
struct Album {
  test::TemporaryFolder folder;
  FolderOptions options;

  explicit Album(const std::string& table) {
    std::filesystem::create_directory(folder / "photos");
    for (const char* name : {"rgb8.png", "sampled_420.jpg", "grey8.png"}) {
      std::filesystem::copy(test::golden_images() / name, photo(name));
    }
    options.images = folder.path() / "photos";
    options.table = write("labels.csv", table);
    options.height = 8;
    options.width = 10;
  }

  [[nodiscard]] std::filesystem::path photo(const std::string& name) const {
    return folder.path() / "photos" / name;
  }

  std::filesystem::path write(const std::string& name,
                              const std::string& content) const {
    test::write_bytes(folder / name, content);
    return folder / name;
  }
};

std::vector<std::byte> image_of(const Dataset& data, std::int64_t index) {
  std::vector<std::byte> image(data.spec().bytes_per_image());
  data.read_image(index, image);
  return image;
}

std::vector<std::byte> resized(const std::filesystem::path& path) {
  const Image image = resize_bilinear(read_image_file(path), 8, 10);
  const auto bytes = std::as_bytes(std::span(image.pixels));
  return {bytes.begin(), bytes.end()};
}

TEST(FolderReader, ReadsImagesAndLabelsInTheOrderOfTheTable) {
  const Album album("file,sea,sunset\nsampled_420.jpg,1,\nrgb8.png,0,1\n");
  const DatasetPtr data = read_image_folder(album.options);
  EXPECT_EQ(data->size(), 2);
  EXPECT_EQ(data->spec().height, 8);
  EXPECT_EQ(data->spec().width, 10);
  EXPECT_EQ(data->spec().channels, 3);
  EXPECT_EQ(data->spec().pixels, PixelType::uint8);
  EXPECT_EQ(data->spec().labels, (std::vector<std::string>{"sea", "sunset"}));
  EXPECT_EQ(image_of(*data, 0),
            resized(album.options.images / "sampled_420.jpg"));
  EXPECT_EQ(image_of(*data, 1), resized(album.options.images / "rgb8.png"));
  std::vector<float> targets(2);
  data->read_targets(0, targets);
  EXPECT_EQ(targets[0], 1.0f);
  EXPECT_TRUE(std::isnan(targets[1]));
  EXPECT_EQ(data->image_name(1), (album.options.images / "rgb8.png").string());
}

TEST(FolderReader, SubFoldersMayBeNamed) {
  Album album("file,sea\nphotos/rgb8.png,1\n");
  album.options.images = album.folder.path();
  EXPECT_EQ(read_image_folder(album.options)->size(), 1);
}

TEST(FolderReader, AnyNumberOfThreadsReadsTheSame) {
  Album album("file,sea\n");
  std::string table = "file,sea\n";
  for (int i = 0; i < 40; ++i) {
    const std::string name = std::to_string(i) + ".png";
    std::filesystem::copy(album.photo(i % 3 == 0 ? "rgb8.png" : "grey8.png"),
                          album.photo(name));
    table += name + ",1\n";
  }
  album.write("labels.csv", table);
  album.options.threads = 1;
  const DatasetPtr one = read_image_folder(album.options);
  for (const int threads : {0, 2, 7}) {
    album.options.threads = threads;
    const DatasetPtr many = read_image_folder(album.options);
    for (std::int64_t i = 0; i < 40; ++i) {
      EXPECT_EQ(image_of(*one, i), image_of(*many, i)) << threads;
    }
  }
}

TEST(FolderReader, FilesThatAreNotThereAreCountedAndTheFirstNamed) {
  const Album album(
      "file,sea\n1.jpg,1\nrgb8.png,1\n2.jpg,1\n3.jpg,1\n4.jpg,1\n5.jpg,1\n"
      "6.jpg,1\n");
  test::expect_error(
      Fault::data,
      album.options.table.string() + ": expected every image in " +
          album.options.images.string() +
          ", but 6 of 7 are not there; add them or remove their rows:"
          "\n  - 1.jpg (line 2)"
          "\n  - 2.jpg (line 4)"
          "\n  - 3.jpg (line 5)"
          "\n  - 4.jpg (line 6)"
          "\n  - 5.jpg (line 7)"
          "\n  - 6.jpg (line 8)",
      [&] { (void)read_image_folder(album.options); });
}

// Every row is at fault: the path is what is wrong.
TEST(FolderReader, WhereNoImageIsThereThePathIsWrong) {
  const Album album("file,sea\n1.jpg,1\n2.jpg,1\n");
  test::expect_error(
      Fault::data,
      album.options.table.string() + ": expected every image in " +
          album.options.images.string() +
          ", but 2 of 2 are not there; the folder and the folders in it have 3 "
          "files, such as \"grey8.png\": check the path of the folder, and "
          "that the first column of the table names files:"
          "\n  - 1.jpg (line 2)"
          "\n  - 2.jpg (line 3)",
      [&] { (void)read_image_folder(album.options); });
}

TEST(FolderReader, ImagesInAFolderBelowAreFound) {
  Album album("file,sea\nrgb8.png,1\ngrey8,0\n");
  album.options.images = album.folder.path();
  const DatasetPtr data = read_image_folder(album.options);
  EXPECT_EQ(data->image_name(0), album.photo("rgb8.png").string());
  EXPECT_EQ(data->image_name(1), album.photo("grey8.png").string());
}

TEST(FolderReader, AnImageIsNamedOnce) {
  const Album album("file,sea\nrgb8.png,1\n./rgb8.png,0\nRGB8,0\nrgb8,1\n");
  test::expect_error_parts(Fault::data,
                           {"but 1 of 4 are not there", "\n  - RGB8 (line 4)"},
                           [&] { (void)read_image_folder(album.options); });
  album.write("labels.csv", "file,sea\nrgb8.png,1\n./rgb8.png,0\nrgb8,1\n");
  test::expect_error(
      Fault::data,
      album.options.table.string() +
          ": expected a row per image, but 2 of 3 rows name an image again; "
          "remove them:"
          "\n  - line 3: \"./rgb8.png\" again, first in line 2"
          "\n  - line 4: \"rgb8\" again, first in line 2",
      [&] { (void)read_image_folder(album.options); });
}

TEST(FolderReader, NamesThatLeaveTheFolderAreRefused) {
  const Album album("file,sea\nrgb8.png,1\n../labels.csv,0\n/etc/passwd,0\n");
  test::expect_error(
      Fault::data,
      album.options.table.string() + ": expected every image in " +
          album.options.images.string() +
          ", but 2 of 3 are not there; add them or remove their rows:"
          "\n  - ../labels.csv (line 3): it is not inside of the folder of "
          "images"
          "\n  - /etc/passwd (line 4): it is not inside of the folder of "
          "images",
      [&] { (void)read_image_folder(album.options); });
}

TEST(FolderReader, UnreadableImagesAreReportedTogether) {
  const Album album("file,sea\nrgb8.png,1\nempty.jpg,1\ntext.jpg,1\n");
  const auto empty = album.write("photos/empty.jpg", "");
  const auto text = album.write("photos/text.jpg", "GIF89a");
  test::expect_error(
      Fault::data,
      album.options.table.string() +
          ": expected readable images, but 2 of 3 are not; repair them or "
          "remove their rows:\n  - " +
          empty.string() +
          ": expected a JPEG or PNG image, found an empty file; convert it to "
          "JPEG or PNG\n  - " +
          text.string() +
          ": expected a JPEG or PNG image, found a GIF image; convert it to "
          "JPEG or PNG",
      [&] { (void)read_image_folder(album.options); });
}

TEST(FolderReader, MissingFolderSaysSo) {
  Album album("file,sea\nrgb8.png,1\n");
  album.options.images = "no/such/folder";
  test::expect_error(Fault::io,
                     "no/such/folder: expected the folder of the images, found "
                     "nothing of that name; check the path",
                     [&] { (void)read_image_folder(album.options); });
  album.options.images = album.options.table;
  test::expect_error_parts(Fault::io, {"found a file; check the path"},
                           [&] { (void)read_image_folder(album.options); });
}

TEST(FolderReader, ImpossibleOptionsAreRefused) {
  Album album("file,sea\nrgb8.png,1\n");
  album.options.height = 0;
  test::expect_error(Fault::config,
                     "image size: expected a height and width of 1 to 65535 "
                     "and at most 100000000 pixels, got 10 x 0",
                     [&] { (void)read_image_folder(album.options); });
  album.options.height = 8;
  album.options.threads = -1;
  test::expect_error(Fault::config,
                     "threads: expected 0 (one per core) or more, got -1",
                     [&] { (void)read_image_folder(album.options); });
}

}  // namespace
}  // namespace polytask
