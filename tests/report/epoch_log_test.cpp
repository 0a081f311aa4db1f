#include "polytask/report/epoch_log.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/expect_error.h"

namespace polytask {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// A folder of this test's own that vanishes with it.
class EpochLog : public testing::Test {
 protected:
  EpochLog() {
    std::string name = testing::TempDir() + "epoch_log_XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~EpochLog() override { std::filesystem::remove_all(folder_); }

  static std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  std::filesystem::path folder_;
};

EpochReport epoch(int number, double loss) {
  return {.epoch = number,
          .steps = 16,
          .seconds = 3.2,
          .train = {{"loss", loss}, {"argmax_accuracy", 0.5}},
          .validation = {{"loss", 2.5}}};
}

TEST_F(EpochLog, JsonHasOneObjectAnEpochAtOnce) {
  JsonLog log(folder_ / "log.jsonl");
  log.on_epoch(epoch(1, 3.25));
  const std::string first =
      "{\"epoch\":1,\"seconds\":3.2,\"train\":{\"loss\":3.25,"
      "\"argmax_accuracy\":0.5},\"validation\":{\"loss\":2.5}}\n";
  EXPECT_EQ(text_of(folder_ / "log.jsonl"), first);
  log.on_epoch(epoch(2, 1.5));
  EXPECT_EQ(text_of(folder_ / "log.jsonl"),
            first +
                "{\"epoch\":2,\"seconds\":3.2,\"train\":{\"loss\":1.5,"
                "\"argmax_accuracy\":0.5},\"validation\":{\"loss\":2.5}}\n");
}

TEST_F(EpochLog, CsvHasOneLineAnEpochAtOnce) {
  CsvLog log(folder_ / "metrics.csv");
  log.on_epoch(epoch(1, 3.25));
  log.on_epoch(epoch(2, 0.1));
  EXPECT_EQ(text_of(folder_ / "metrics.csv"),
            "epoch,seconds,train/loss,train/argmax_accuracy,validation/loss\n"
            "1,3.2,3.25,0.5,2.5\n"
            "2,3.2,0.1,0.5,2.5\n");
}

TEST_F(EpochLog, NotFiniteIsNullOrEmpty) {
  JsonLog json(folder_ / "log.jsonl");
  CsvLog csv(folder_ / "metrics.csv");
  EpochReport report = epoch(1, kNaN);
  report.validation = {{"loss", std::numeric_limits<double>::infinity()}};
  json.on_epoch(report);
  csv.on_epoch(report);
  const auto object = nlohmann::json::parse(text_of(folder_ / "log.jsonl"));
  EXPECT_TRUE(object["train"]["loss"].is_null());
  EXPECT_TRUE(object["validation"]["loss"].is_null());
  EXPECT_NE(text_of(folder_ / "metrics.csv").find("\n1,3.2,,0.5,\n"),
            std::string::npos);
}

TEST_F(EpochLog, ResumeReplacesEpochsThatAreRepeated) {
  {
    JsonLog json(folder_ / "log.jsonl");
    CsvLog csv(folder_ / "metrics.csv");
    for (int e = 1; e <= 3; ++e) {
      json.on_epoch(epoch(e, e));
      csv.on_epoch(epoch(e, e));
    }
  }
  const std::string json_before = text_of(folder_ / "log.jsonl");
  const std::string csv_before = text_of(folder_ / "metrics.csv");

  const std::vector<EpochReport> done{epoch(1, 1), epoch(2, 2)};
  JsonLog json(folder_ / "log.jsonl", done);
  CsvLog csv(folder_ / "metrics.csv", done);
  EXPECT_EQ(text_of(folder_ / "log.jsonl").find("\"epoch\":3"),
            std::string::npos);
  json.on_epoch(epoch(3, 3));
  csv.on_epoch(epoch(3, 3));
  EXPECT_EQ(text_of(folder_ / "log.jsonl"), json_before);
  EXPECT_EQ(text_of(folder_ / "metrics.csv"), csv_before);
}

TEST_F(EpochLog, ResumeLeavesNoOtherFile) {
  JsonLog json(folder_ / "log.jsonl", {epoch(1, 1)});
  CsvLog csv(folder_ / "metrics.csv", {epoch(1, 1)});
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 2);
}

TEST_F(EpochLog, ANewNameMakesANewColumn) {
  CsvLog log(folder_ / "metrics.csv");
  EpochReport first = epoch(1, 3.0);
  first.validation.clear();
  log.on_epoch(first);
  log.on_epoch(epoch(2, 2.0));
  EXPECT_EQ(text_of(folder_ / "metrics.csv"),
            "epoch,seconds,train/loss,train/argmax_accuracy,validation/loss\n"
            "1,3.2,3,0.5,\n"
            "2,3.2,2,0.5,2.5\n");
}

TEST_F(EpochLog, NamesOfTasksAreQuotedWhereTheyMust) {
  CsvLog log(folder_ / "metrics.csv");
  log.on_epoch({.epoch = 1,
                .seconds = 1,
                .train = {{"a,b/loss", 1.0}},
                .validation = {}});
  EXPECT_EQ(text_of(folder_ / "metrics.csv"),
            "epoch,seconds,\"train/a,b/loss\"\n1,1,1\n");
}

TEST_F(EpochLog, SecondsAreRoundedToMilliseconds) {
  JsonLog log(folder_ / "log.jsonl");
  log.on_epoch(
      {.epoch = 1, .seconds = 3.14159265, .train = {}, .validation = {}});
  EXPECT_EQ(text_of(folder_ / "log.jsonl"),
            "{\"epoch\":1,\"seconds\":3.142,\"train\":{},"
            "\"validation\":{}}\n");
}

TEST_F(EpochLog, MissingFolderIsAnIoErrorThatNamesThePath) {
  const auto path = folder_ / "nowhere" / "log.jsonl";
  test::expect_error(Fault::io,
                     path.string() +
                         ": expected to write the log of the run, found: No "
                         "such file or directory; make room or choose another "
                         "run.dir",
                     [&] { JsonLog log(path); });
  test::expect_error_parts(Fault::io, {path.string()},
                           [&] { CsvLog log(path); });
}

TEST_F(EpochLog, AFolderInTheWayIsAnIoErrorAndLeavesNothing) {
  std::filesystem::create_directories(folder_ / "log.jsonl" / "inside");
  test::expect_error_parts(Fault::io, {"log.jsonl"},
                           [&] { JsonLog log(folder_ / "log.jsonl"); });
  EXPECT_FALSE(std::filesystem::exists(folder_ / "log.jsonl.new"));
}

}  // namespace
}  // namespace polytask
