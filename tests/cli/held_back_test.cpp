// A run is judged on the images that it held back, not on what its data file
// holds by now.

#include <gtest/gtest.h>

#include "polytask/data/array_dataset.h"
#include "tests/cli/command_line.h"

namespace polytask {
namespace {

using nlohmann::json;
using test::Answer;

class HeldBack : public test::TrainedRun {
 protected:
  void expect_changed() {
    const Answer answer = test::polytask({"evaluate", "run"});
    EXPECT_EQ(answer.code, cli::kBadData);
    EXPECT_EQ(answer.out, "");
    EXPECT_NE(answer.err.find("scenes.h5: the data has changed since run was "
                              "trained: expected the images it held back "
                              "({\"images\":12,\"crc32c\":\""),
              std::string::npos)
        << answer.err;
    EXPECT_TRUE(answer.err.ends_with(
        "some may be images it was trained on. Bring the old data back, or "
        "name data to judge on: polytask evaluate run DATA\n"))
        << answer.err;
  }
};

TEST_F(HeldBack, TheSameDataIsJudged) {
  EXPECT_EQ(test::polytask({"evaluate", "run"}).code, 0);
  const json record = test::json_in("run/run.json")["held_back"];
  EXPECT_EQ(record["images"], 12);
  EXPECT_FALSE(record["crc32c"].get<std::string>().empty());
}

TEST_F(HeldBack, OtherImagesAreRefused) {
  write_hdf5(*test::small_scenes(48, 2), "scenes.h5");
  expect_changed();
}

TEST_F(HeldBack, MoreImagesAreRefused) {
  write_hdf5(*test::small_scenes(60), "scenes.h5");
  expect_changed();
}

TEST_F(HeldBack, AnotherAnswerIsRefused) {
  const DatasetPtr scenes = test::small_scenes();
  ArrayContent content{.spec = scenes->spec(), .size = 48, .source = "scenes"};
  const std::size_t bytes = scenes->spec().bytes_per_image();
  const auto pixels = allocate_images(48 * bytes);
  std::vector<float> row(5);
  for (std::int64_t i = 0; i < 48; ++i) {
    scenes->read_image(
        i, {pixels.get() + static_cast<std::size_t>(i) * bytes, bytes});
    scenes->read_targets(i, row);
    row[2] = 1.0f - row[2];
    content.targets.insert(content.targets.end(), row.begin(), row.end());
  }
  content.images = pixels;
  write_hdf5(ArrayDataset(std::move(content)), "scenes.h5");
  expect_changed();
}

TEST_F(HeldBack, DataThatIsNamedIsJudgedWhateverItHolds) {
  write_hdf5(*test::small_scenes(48, 2), "scenes.h5");
  EXPECT_EQ(test::polytask({"evaluate", "run", "scenes.h5"}).code, 0);
}

TEST_F(HeldBack, ARunWithoutARecordIsJudgedAsBefore) {
  json run = test::json_in("run/run.json");
  run.erase("held_back");
  test::write_bytes("run/run.json", run.dump());
  EXPECT_EQ(test::polytask({"evaluate", "run"}).code, 0);
  test::write_bytes("run/run.json", "[[");
  EXPECT_EQ(test::polytask({"evaluate", "run"}).code, 0);
  std::filesystem::remove("run/run.json");
  EXPECT_EQ(test::polytask({"evaluate", "run"}).code, 0);
}

TEST_F(HeldBack, OfANewHeadTheImagesAndItsOwnAnswersCount) {
  test::write_bytes("head.yaml",
                    "data: {path: scenes.h5, split: {test_size: 0.25}}\n"
                    "tasks: {wet: {kind: regression, labels: [sea]}}\n"
                    "network: {from: run, freeze_trunk: true}\n"
                    "train: {epochs: 1, batch_size: 12, threads: 2}\n"
                    "run: {dir: head}\n");
  ASSERT_EQ(test::polytask({"train", "head.yaml"}).code, 0);
  EXPECT_EQ(test::polytask({"evaluate", "head"}).code, 0);
  write_hdf5(*test::small_scenes(48, 2), "scenes.h5");
  EXPECT_EQ(test::polytask({"evaluate", "head"}).code, cli::kBadData);
}

}  // namespace
}  // namespace polytask
