// Folders as input of polytask predict: nothing is left out without a word, and
// what cannot be read keeps its place.

#include <gtest/gtest.h>

#include <cstring>

#include "polytask/base/text.h"
#include "polytask/data/image/png_writer.h"
#include "tests/cli/command_line.h"

namespace polytask {
namespace {

using nlohmann::json;
using test::Answer;

// Three good images and two bad ones, in sub-folders too, with other files.
class Holiday : public test::TrainedRun {
 protected:
  Holiday() {
    std::filesystem::create_directories("holiday/day 2");
    write_scene("holiday/10.png", 0);
    write_scene("holiday/2.png", 1);
    write_scene("holiday/day 2/1.png", 2);
    test::write_bytes("holiday/3.jpg", "hello");
    std::string png = test::read_bytes("holiday/2.png");
    png.resize(png.size() / 2);
    test::write_bytes("holiday/day 2/torn.png", png);
    test::write_bytes("holiday/notes.txt", "");
    test::write_bytes("holiday/day 2/labels.csv", "");
    test::write_bytes("holiday/day 2/more.TXT", "");
  }

  static void write_scene(const std::string& path, int index) {
    std::vector<std::byte> pixels(16 * 16 * 3);
    test::small_scenes(3)->read_image(index, pixels);
    std::vector<std::uint8_t> rgb(pixels.size());
    std::memcpy(rgb.data(), pixels.data(), rgb.size());
    write_png(path, 16, 16, rgb);
  }

  const std::vector<std::string> rows_{"2.png", "3.jpg", "10.png",
                                       "day 2/1.png", "day 2/torn.png"};
};

constexpr const char* kNoJpeg =
    "expected a JPEG or PNG image, found text; convert it to JPEG or PNG\n";

TEST_F(Holiday, EveryImageOfAFolderHasItsRowAndTheRestIsCounted) {
  const Answer answer = test::polytask({"predict", "run", "holiday", "--json"});
  EXPECT_EQ(answer.code, cli::kBadData);
  EXPECT_TRUE(answer.err.starts_with(
      cat("polytask: 3.jpg: ", kNoJpeg, "polytask: day 2/torn.png: ")))
      << answer.err;
  EXPECT_TRUE(answer.err.ends_with(
      "\nleft out 3 files in folders, not JPEG or PNG: 1 .csv, 2 .txt\n"))
      << answer.err;
  const json scenes = json::parse(
      test::polytask({"predict", "run", "scenes.h5", "--json"}).out);
  const json found = json::parse(answer.out)["predictions"];
  ASSERT_EQ(found.size(), rows_.size());
  const std::vector<int> source{1, -1, 0, 2, -1};
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    EXPECT_EQ(found[i]["image"], rows_[i]);
    EXPECT_EQ(found[i].contains("error"), source[i] < 0) << rows_[i];
    if (source[i] < 0) continue;
    EXPECT_EQ(found[i]["probabilities"],
              scenes["predictions"][static_cast<std::size_t>(source[i])]
                    ["probabilities"]);
  }
}

TEST_F(Holiday, AnImageThatCannotBeReadKeepsItsPlaceInEveryFormat) {
  const auto in_format = [](const char* format) {
    return test::polytask({"predict", "run", "holiday", "--format", format})
        .out;
  };
  const json names = json::parse(in_format("names"));
  ASSERT_EQ(names.size(), 5u);
  std::istringstream csv(in_format("csv"));
  std::istringstream lines(in_format("lines"));
  std::string line;
  std::getline(csv, line);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const bool bad = i == 1 || i == 4;
    EXPECT_EQ(names[i].is_null(), bad);
    std::getline(csv, line);
    EXPECT_TRUE(line.starts_with(rows_[i] + ",")) << line;
    EXPECT_EQ(line == rows_[i] + ",,,,,,", bad) << line;
    std::getline(lines, line);
    EXPECT_TRUE(line.starts_with(rows_[i] + ": ")) << line;
    EXPECT_EQ(line == rows_[i] + ": (not read)", bad) << line;
  }
}

TEST_F(Holiday, ImagesOfOneOfSeveralFoldersAreNamedWithIt) {
  const json found = json::parse(
      test::polytask({"predict", "run", "holiday/day 2/", "holiday/2.png",
                      "nowhere.png", "scenes.h5", "holiday/10.png", "--json"})
          .out)["predictions"];
  ASSERT_EQ(found.size(), 53u);
  EXPECT_EQ(found[0]["image"], "holiday/day 2/1.png");
  EXPECT_EQ(found[1]["image"], "holiday/day 2/torn.png");
  EXPECT_EQ(found[2]["image"], "holiday/2.png");
  EXPECT_EQ(found[3]["image"], "nowhere.png");
  EXPECT_EQ(found[3]["error"],
            "cannot be read: No such file or directory; check the path and its "
            "permissions");
  EXPECT_EQ(found[4]["image"], "scenes.h5[0]");
  EXPECT_EQ(found[51]["image"], "scenes.h5[47]");
  EXPECT_EQ(found[52]["image"], "holiday/10.png");
}

TEST_F(Holiday, ADamagedHdf5FileIsARowAmongOthers) {
  std::string bytes = test::read_bytes("scenes.h5");
  bytes.resize(bytes.size() / 2);
  test::write_bytes("half.h5", bytes);
  const Answer answer =
      test::polytask({"predict", "run", "half.h5", "holiday/2.png", "--json"});
  EXPECT_EQ(answer.code, cli::kBadData);
  const json found = json::parse(answer.out)["predictions"];
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0]["image"], "half.h5");
  EXPECT_TRUE(found[0].contains("error"));
  EXPECT_TRUE(found[1].contains("probabilities"));
}

TEST_F(Holiday, MoreImagesThanAreHeldAtATimeKeepTheirOrder) {
  std::filesystem::create_directory("many");
  for (int i = 0; i < 300; ++i) {
    const std::string name = cat("many/", i, ".png");
    if (i % 50 == 7) {
      test::write_bytes(name, "hello");
    } else {
      std::filesystem::create_symlink("../holiday/2.png", name);
    }
  }
  const json found = json::parse(
      test::polytask({"predict", "run", "many", "--json"}).out)["predictions"];
  ASSERT_EQ(found.size(), 300u);
  for (int i = 0; i < 300; ++i) {
    const json& row = found[static_cast<std::size_t>(i)];
    EXPECT_EQ(row["image"], cat(i, ".png"));
    EXPECT_EQ(row.contains("error"), i % 50 == 7);
  }
}

TEST_F(Holiday, AFolderWithoutImagesSaysSo) {
  std::filesystem::create_directories("empty/deep");
  test::write_bytes("empty/deep/a.txt", "");
  const Answer answer = test::polytask({"predict", "run", "empty", "--json"});
  EXPECT_EQ(answer.code, cli::kBadData);
  EXPECT_EQ(answer.err,
            "polytask: empty: expected JPEG or PNG images, in this folder or "
            "those in it, found none; give the folder that holds them\n"
            "left out 1 file in folders, not JPEG or PNG: 1 .txt\n");
  EXPECT_EQ(json::parse(answer.out)["predictions"], json::array());
}

TEST_F(Holiday, PathsThatLeadNowhereAreAllSaid) {
  const Answer answer =
      test::polytask({"predict", "run", "no.png", "nor/this.h5"});
  EXPECT_EQ(answer.code, cli::kIo);
  EXPECT_EQ(answer.err,
            "polytask: no.png: cannot be read: No such file or directory; "
            "check the path and its permissions\n"
            "polytask: nor/this.h5: cannot be read: No such file or directory; "
            "check the path and its permissions\n");
  EXPECT_EQ(answer.out, "no.png: (not read)\nnor/this.h5: (not read)\n");
}

}  // namespace
}  // namespace polytask
