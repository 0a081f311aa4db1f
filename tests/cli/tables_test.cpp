// Folders of images and tables as people have them: what train makes of them.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "polytask/data/image/png_writer.h"
#include "tests/cli/command_line.h"

namespace polytask {
namespace {

using test::Answer;

constexpr int kImages = 12;

constexpr const char* kRecipe =
    "data: {path: images, image_size: [8, 8], split: {random_state: 3}}\n"
    "network: {trunk: [flatten, dense: {units: 4, activation: relu}]}\n"
    "train: {epochs: 1, threads: 1}\n"
    "run: {dir: run}\n";

class Tables : public test::CommandLine {
 protected:
  Tables() {
    test::write_bytes("table.yaml", kRecipe);
    write_images("images");
  }

  static void write_images(const std::string& folder) {
    std::filesystem::create_directories(folder);
    for (int i = 0; i < kImages; ++i) {
      const std::vector<std::uint8_t> grey(std::size_t{8} * 8 * 3,
                                           static_cast<std::uint8_t>(20 * i));
      write_png(folder + "/" + std::to_string(i) + ".png", 8, 8, grey);
    }
  }

  // A header and a row per image: what `row` makes of its number.
  template <class Row>
  static void write_table(const std::string& header, Row row) {
    std::string text = header;
    for (int i = 0; i < kImages; ++i) text += row(i);
    test::write_bytes("labels.csv", text);
  }

  static Answer train(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"train", "table.yaml"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return test::polytask(arguments);
  }

  // Trains, and gives the tasks that came of it: name, kind and labels.
  static nlohmann::json tasks_of_training(std::vector<std::string> more = {}) {
    const Answer answer = train(std::move(more));
    EXPECT_EQ(answer.code, cli::kOk) << answer.err;
    const Answer model = test::polytask({"inspect", "run", "--json"});
    return nlohmann::json::parse(model.out)["tasks"];
  }

  static void expect_red_and_blue() {
    EXPECT_EQ(tasks_of_training(), nlohmann::json::parse(
                                       R"({"labels": {"kind": "multilabel",
                                 "labels": ["red", "blue"]}})"));
  }
};

std::string number(int i) { return std::to_string(i); }
std::string red(int i) { return number(i % 2); }
std::string blue(int i) { return number(i / 2 % 2); }

TEST_F(Tables, SpreadsheetsInEveryDialect) {
  struct Dialect {
    const char* header;
    std::string separator;
    std::string end;
  };
  for (const Dialect& d :
       {Dialect{"file,red,blue\n", ",", "\n"},
        Dialect{"\xef\xbb\xbf"
                "file\tred\tblue\r\n",
                "\t", "\r\n"},
        Dialect{"file;red;blue\n", ";", "\n"},
        Dialect{"sep=,\r\nfile,red,blue\r\n", ",", "\r\n"},
        Dialect{"file,red,blue,\n", ",", ",\n"},
        Dialect{"\"file\" , \"red\" , blue\n", ",", "\n,,\n"}}) {
    write_table(d.header, [&](int i) {
      return number(i) + ".png " + d.separator + red(i) + d.separator +
             blue(i) + d.end;
    });
    expect_red_and_blue();
    std::filesystem::remove_all("run");
  }
}

TEST_F(Tables, FileNamesAsPeopleWriteThem) {
  write_images("images/sub");
  for (int i = 0; i < kImages; ++i) {
    std::filesystem::remove("images/" + number(i) + ".png");
  }
  const std::string here = std::filesystem::current_path().string();
  for (const std::string& before :
       {std::string(), std::string("sub/"), std::string("sub\\"),
        std::string("images/sub/"), here + "/images/sub/"}) {
    for (const char* ending : {".png", ""}) {
      write_table("file,red,blue\n", [&](int i) {
        return before + number(i) + ending + "," + red(i) + "," + blue(i) +
               "\n";
      });
      expect_red_and_blue();
      std::filesystem::remove_all("run");
    }
  }
}

TEST_F(Tables, TrueAndFalseAreLabels) {
  write_table("file,red,blue\n", [](int i) {
    return number(i) + ".png," + (i % 2 == 0 ? "False" : "True") + "," +
           (i / 2 % 2 == 0 ? "no" : "YES") + "\n";
  });
  expect_red_and_blue();
}

TEST_F(Tables, ClassesAreKeptAsTheyAreWritten) {
  const std::vector<std::string> codes{"010", "10", "10.0", "other"};
  write_table("file,code\n", [&](int i) {
    return number(i) + ".png," + codes[static_cast<std::size_t>(i) % 4] + "\n";
  });
  EXPECT_EQ(tasks_of_training({"tasks={code: {kind: categorical}}"}),
            nlohmann::json::parse(
                R"({"code": {"kind": "categorical",
                             "labels": ["010", "10", "10.0", "other"]}})"));
}

TEST_F(Tables, TasksAreDerivedFromATableAndThatIsSaid) {
  const std::vector<std::string> weather{"rain", "fog", "clear"};
  write_table("file,red,weather,depth,who,blue\n", [&](int i) {
    return number(i) + ".png," + red(i) + "," +
           weather[static_cast<std::size_t>(i) % 3] + "," + number(i) +
           ".5,person " + number(i) + "," + blue(i) + "\n";
  });
  const Answer answer = train();
  EXPECT_EQ(answer.code, cli::kOk) << answer.err;
  EXPECT_TRUE(answer.err.starts_with(
      "note: the recipe names no tasks; the data has these (write them into "
      "the recipe to change one, or to leave it out):\n"
      "  - weather: categorical, 3 classes: clear, fog, rain\n"
      "  - depth: regression, numbers from 0.5 to 11.5\n"
      "  - who: left out, nearly every cell differs\n"
      "  - labels: multilabel, red, blue\n"))
      << answer.err;
}

TEST_F(Tables, ASlipInAColumnOfLabelsIsAnErrorAndNoClass) {
  write_table("file,red\n", [](int i) {
    return number(i) + ".png," + (i == 7 ? std::string("x") : red(i)) + "\n";
  });
  expect_refusal(
      cli::kBadData,
      "polytask: the data and the tasks do not fit; correct the cells or the "
      "task:\n  - images/7.png, column red: expected 0, 1 or missing, found "
      "\"x\"\n",
      {"train", "table.yaml"});
}

TEST_F(Tables, LabelsOfOneAndMinusOneStopUntilSomeoneSaysWhatTheyMean) {
  write_table("image_id,red,blue\n", [](int i) {
    return number(i) + ".png," + (i % 2 == 0 ? "1" : "-1") + "," +
           (i / 2 % 2 == 0 ? "-1" : "1") + "\n";
  });
  expect_refusal(
      cli::kBadData,
      "polytask: -1 may be a no or a missing answer: there are only 1 and -1, "
      "and no 0, in red, blue; say which with one of these lines:\n"
      "  data.minus_one: no        (-1 is a no)\n"
      "  data.minus_one: missing   (-1 is not known)\n",
      {"train", "table.yaml"});
  const Answer no = train({"data.minus_one=no"});
  EXPECT_EQ(no.code, cli::kOk) << no.err;
  EXPECT_EQ(no.err.find("has no negative"), std::string::npos) << no.err;
  EXPECT_NE(test::read_bytes("run/recipe.yaml").find("minus_one"),
            std::string::npos);
  const Answer missing = train({"data.minus_one=missing", "run.dir=other"});
  EXPECT_NE(missing.err.find("label \"red\" has no negative image"),
            std::string::npos)
      << missing.err;
  // The model knows nothing of the data's convention: who evaluates says it.
  const Answer asks = test::polytask({"evaluate", "run", "images"});
  EXPECT_EQ(asks.code, cli::kBadData) << asks.out;
  const Answer told =
      test::polytask({"evaluate", "run", "images", "--minus-one", "no"});
  EXPECT_EQ(told.code, cli::kOk) << told.err;
}

TEST_F(Tables, NamesSelectTheColumnsForTrainingAndEvaluation) {
  write_table("file,red,who,blue\n", [](int i) {
    return number(i) + ".png," + red(i) + ",me," + blue(i) + "\n";
  });
  EXPECT_EQ(tasks_of_training({"tasks={scene: {labels: [blue, red]}}"}),
            nlohmann::json::parse(R"({"scene": {"kind": "multilabel",
                                       "labels": ["blue", "red"]}})"));
  const Answer before = test::polytask({"evaluate", "run", "images", "--json"});
  EXPECT_EQ(before.code, cli::kOk) << before.err;
  write_table("file,note,blue,weather,red\n", [](int i) {
    return number(i) + ".png,," + blue(i) + ",rain," + red(i) + "\n";
  });
  const Answer after = test::polytask({"evaluate", "run", "images", "--json"});
  EXPECT_EQ(after.code, cli::kOk) << after.err;
  EXPECT_EQ(before.out, after.out);
}

TEST_F(Tables, ASubsetOfTheLabelsOfAFile) {
  const Answer answer = test::polytask(
      {"train", "recipe.yaml", "tasks.scene.labels=[sunset, sea]"});
  EXPECT_EQ(answer.code, cli::kOk) << answer.err;
  EXPECT_EQ(answer.err.find("note: "), std::string::npos) << answer.err;
}

// The default recipe asks for batches of 100.
TEST_F(Tables, TwoImagesAreEnoughToTrainOn) {
  test::write_bytes("labels.csv", "file,red\n0.png,0\n1.png,1\n");
  const Answer answer = train();
  EXPECT_EQ(answer.code, cli::kOk) << answer.err;
  EXPECT_NE(answer.err.find("note: train.batch_size: 100 is more than the "
                            "training images there are; it is 1 now\n"),
            std::string::npos)
      << answer.err;
}

TEST_F(Tables, OneImageCannotBeSplit) {
  test::write_bytes("labels.csv", "file,red\n0.png,0\n");
  EXPECT_EQ(train().code, cli::kUsage);
}

}  // namespace
}  // namespace polytask
