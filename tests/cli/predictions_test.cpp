// predictions.csv of a run: what evaluation.json says can be computed from it
// by anyone, with missing answers as missing.

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>

#include "polytask/base/text.h"
#include "polytask/worlds/worlds.h"
#include "tests/cli/command_line.h"

namespace polytask {
namespace {

using nlohmann::json;

constexpr const char* kStreets =
    "data: {path: streets.h5, split: {test_size: 0.5, random_state: 1}}\n"
    "tasks: {objects: {}, weather: {kind: categorical}, distance: {kind: "
    "regression}, pedestrians: {kind: count}}\n"
    "network: {trunk: [max_pooling2d: {pool_size: 8}, flatten]}\n"
    "train: {epochs: 2, batch_size: 8, threads: 2}\n"
    "run: {dir: run}\n";

// Column by column, as text. No field of these files holds a comma.
using Table = std::map<std::string, std::vector<std::string>>;

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream stream(line + ",");
  for (std::string cell; std::getline(stream, cell, ',');) {
    cells.push_back(cell);
  }
  return cells;
}

Table read_table(const std::string& path) {
  std::istringstream file(test::read_bytes(path));
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> names = cells_of(line);
  Table table;
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = cells_of(line);
    EXPECT_EQ(cells.size(), names.size()) << line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      table[names[i]].push_back(cells[i]);
    }
  }
  return table;
}

class StreetPredictions : public test::CommandLine {
 protected:
  StreetPredictions() {
    write_hdf5(*draw_streets({.count = 80,
                              .seed = 3,
                              .height = 32,
                              .width = 32,
                              .threads = 1,
                              .missing = 0.25}),
               "streets.h5");
    test::write_bytes("streets.yaml", kStreets);
    const test::Answer answer = test::polytask({"train", "streets.yaml"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    table_ = read_table("run/predictions.csv");
    tasks_ = test::json_in("run/evaluation.json")["tasks"];
  }

  double metric(const std::string& task, const std::string& name) {
    return tasks_[task]["metrics"][name]["value"].get<double>();
  }

  // The answer and the truth of every image whose truth is there.
  std::vector<std::array<double, 2>> pairs(const std::string& column) {
    std::vector<std::array<double, 2>> found;
    const auto& truth = table_.at("truth/" + column);
    for (std::size_t i = 0; i < truth.size(); ++i) {
      if (truth[i].empty()) continue;
      found.push_back({std::stod(table_.at(column)[i]), std::stod(truth[i])});
    }
    return found;
  }

  Table table_;
  json tasks_;
};

TEST_F(StreetPredictions, LabelsWithoutTheMissingOnes) {
  int right = 0;
  int all = 0;
  for (const auto& [label, numbers] : tasks_["objects"]["labels"].items()) {
    int positives = 0;
    const auto column = pairs("objects/" + label);
    for (const auto& [p, y] : column) {
      right += (p > 0.5) == (y == 1.0) ? 1 : 0;
      positives += y == 1.0 ? 1 : 0;
    }
    all += static_cast<int>(column.size());
    EXPECT_EQ(numbers["support"]["value"], positives) << label;
    EXPECT_EQ(numbers["missing"]["value"], 40 - static_cast<int>(column.size()))
        << label;
  }
  EXPECT_GT(all, 0);
  EXPECT_LT(all, 4 * 40);
  EXPECT_NEAR(metric("objects", "label_accuracy"), 1.0 * right / all, 1e-12);
}

TEST_F(StreetPredictions, ClassesByName) {
  int right = 0;
  int all = 0;
  double log_loss = 0.0;
  for (std::size_t i = 0; i < table_["truth/weather"].size(); ++i) {
    const std::string& truth = table_["truth/weather"][i];
    if (truth.empty()) continue;
    ++all;
    std::string answered;
    double most = -1.0;
    for (const auto& [name, numbers] : tasks_["weather"]["labels"].items()) {
      const double p = std::stod(table_.at("weather/" + name)[i]);
      if (name == truth) log_loss -= std::log(p);
      if (p > most) answered = name;
      most = std::max(most, p);
    }
    right += answered == truth ? 1 : 0;
  }
  EXPECT_GT(all, 0);
  EXPECT_LT(all, 40);
  EXPECT_NEAR(metric("weather", "top_1_accuracy"), 1.0 * right / all, 1e-12);
  EXPECT_NEAR(metric("weather", "log_loss"), log_loss / all, 1e-6);
}

TEST_F(StreetPredictions, NumbersInTheirUnits) {
  for (const char* task : {"distance", "pedestrians"}) {
    double absolute = 0.0;
    double squared = 0.0;
    const auto column = pairs(task);
    for (const auto& [answer, y] : column) {
      absolute += std::abs(answer - y);
      squared += (answer - y) * (answer - y);
    }
    const auto n = static_cast<double>(column.size());
    EXPECT_GT(n, 0.0);
    EXPECT_LT(n, 40.0);
    EXPECT_NEAR(metric(task, "mean_absolute_error"), absolute / n, 1e-5);
    EXPECT_NEAR(metric(task, "root_mean_squared_error"), std::sqrt(squared / n),
                1e-5);
  }
}

TEST_F(StreetPredictions, TheTruthIsLastAndWhatWasThereBeforeIsFirst) {
  std::istringstream file(test::read_bytes("run/predictions.csv"));
  std::string header;
  std::getline(file, header);
  EXPECT_TRUE(header.starts_with("image,labels,objects/")) << header;
  const std::size_t truth = header.find(",truth/");
  ASSERT_NE(truth, std::string::npos);
  EXPECT_EQ(header.substr(0, truth).find("truth"), std::string::npos);
  std::istringstream columns(header.substr(truth + 1));
  for (std::string name; std::getline(columns, name, ',');) {
    EXPECT_TRUE(name.starts_with("truth/")) << name;
  }
}

// Of a model with a new head beside old ones that the data does not answer.
TEST_F(StreetPredictions, TheTruthOfATaskWithoutAColumnIsMissing) {
  test::write_bytes("head.yaml",
                    "data: {path: streets.h5, split: {test_size: 0.5}}\n"
                    "tasks: {near: {kind: regression, labels: [distance]}}\n"
                    "network: {from: run, freeze_trunk: true}\n"
                    "train: {epochs: 1, batch_size: 8, threads: 2}\n"
                    "run: {dir: head}\n");
  const test::Answer answer = test::polytask({"train", "head.yaml"});
  ASSERT_EQ(answer.code, 0) << answer.err;
  const Table table = read_table("head/predictions.csv");
  for (const std::string& cell : table.at("truth/weather")) {
    EXPECT_EQ(cell, "");
  }
  int known = 0;
  for (const std::string& cell : table.at("truth/near/distance")) {
    known += cell.empty() ? 0 : 1;
  }
  EXPECT_GT(known, 0);
}

}  // namespace
}  // namespace polytask
