// The logs of a run, a line per epoch, each handed to the system before the
// next epoch begins.
//
// A run that is resumed hands over the epochs it had already done: the file is
// written anew from them, under another name, and put in its place. So lines
// of epochs that will be repeated vanish, and a crash leaves the old file or
// the new one.
//
// All throw Fault::io, naming the path, when the file cannot be written.

#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "polytask/train/progress.h"

namespace polytask {

// log.jsonl: {"epoch": 1, "seconds": 3.2, "train": {NAME: value},
// "validation": {NAME: value}}. Values that are not finite are null.
class JsonLog final : public TrainObserver {
 public:
  explicit JsonLog(std::filesystem::path path,
                   const std::vector<EpochReport>& done = {});
  ~JsonLog() override;

  void on_epoch(const EpochReport& epoch) override;

 private:
  class File;
  std::unique_ptr<File> file_;
};

// metrics.csv: epoch,seconds,train/NAME,...,validation/NAME,... in the order in
// which the names first appear. Values that are not finite or not there are
// empty. A new name makes a new column: the file is written anew.
class CsvLog final : public TrainObserver {
 public:
  explicit CsvLog(std::filesystem::path path,
                  const std::vector<EpochReport>& done = {});
  ~CsvLog() override;

  void on_epoch(const EpochReport& epoch) override;

 private:
  class File;
  void rewrite();

  std::filesystem::path path_;
  std::vector<EpochReport> reports_;
  std::vector<std::string> columns_;
  std::unique_ptr<File> file_;
};

}  // namespace polytask
