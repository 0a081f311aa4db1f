// The files of data sets with several questions, as HDF5 itself sees them.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "polytask/data/hdf5/hdf5_handle.h"
#include "polytask/data/hdf5_reader.h"
#include "polytask/data/hdf5_writer.h"
#include "tests/data/small_dataset.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

// One grey pixel an image.
DatasetPtr answered(std::vector<std::string> columns,
                    std::vector<float> targets,
                    std::vector<ColumnClasses> classes = {}) {
  const auto size = static_cast<std::int64_t>(targets.size() / columns.size());
  DatasetSpec spec{.height = 1, .width = 1, .channels = 1};
  spec.labels = std::move(columns);
  spec.classes = std::move(classes);
  return test::small_dataset(std::move(spec), size, std::move(targets));
}

struct Stored {
  std::string type;
  std::vector<hsize_t> shape;
  std::vector<float> values;
};

class WrittenFile {
 public:
  explicit WrittenFile(const Dataset& data) {
    write_hdf5(data, folder_ / "a.h5");
    file_ = Hdf5Handle(
        H5Fopen((folder_ / "a.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT),
        H5Fclose);
    EXPECT_TRUE(file_);
  }

  [[nodiscard]] Hdf5Handle open(const std::string& name) const {
    return {H5Dopen2(file_.get(), name.c_str(), H5P_DEFAULT), H5Dclose};
  }

  [[nodiscard]] Stored read(const std::string& name) const {
    const Hdf5Handle dataset = open(name);
    const Hdf5Handle type(H5Dget_type(dataset.get()), H5Tclose);
    const Hdf5Handle space(H5Dget_space(dataset.get()), H5Sclose);
    Stored stored;
    stored.type = hdf5_type_name(type.get());
    stored.shape.resize(
        static_cast<std::size_t>(H5Sget_simple_extent_ndims(space.get())));
    H5Sget_simple_extent_dims(space.get(), stored.shape.data(), nullptr);
    stored.values.resize(
        static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
    EXPECT_GE(H5Dread(dataset.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL,
                      H5P_DEFAULT, stored.values.data()),
              0);
    return stored;
  }

  // The texts of an attribute; none when it is not there.
  [[nodiscard]] std::vector<std::string> texts(
      const std::string& name, const std::string& attribute) const {
    const Hdf5Handle dataset = open(name);
    if (H5Aexists(dataset.get(), attribute.c_str()) <= 0) return {};
    const Hdf5Handle found(
        H5Aopen(dataset.get(), attribute.c_str(), H5P_DEFAULT), H5Aclose);
    const Hdf5Handle type(H5Aget_type(found.get()), H5Tclose);
    const Hdf5Handle space(H5Aget_space(found.get()), H5Sclose);
    std::vector<char*> raw(
        static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
    EXPECT_GE(H5Aread(found.get(), type.get(), raw.data()), 0);
    std::vector<std::string> texts(raw.begin(), raw.end());
    H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, raw.data());
    return texts;
  }

  [[nodiscard]] std::vector<std::string> tasks_in_order() const {
    const Hdf5Handle group(H5Gopen2(file_.get(), "y", H5P_DEFAULT), H5Gclose);
    std::vector<std::string> names;
    const auto add = [](hid_t, const char* name, const H5L_info_t*,
                        void* to) -> herr_t {
      static_cast<std::vector<std::string>*>(to)->emplace_back(name);
      return 0;
    };
    EXPECT_GE(H5Literate(group.get(), H5_INDEX_CRT_ORDER, H5_ITER_INC, nullptr,
                         add, &names),
              0);
    return names;
  }

 private:
  test::TemporaryFolder folder_;
  Hdf5Handle file_;
};

// -1 would come back as a number.
TEST(Hdf5Tasks, MissingNumbersOfARegressionWithSeveralAreNan) {
  const WrittenFile file(*answered({"size/width", "size/height", "seen/sea"},
                                   {3, 0, 1, kMissing, 2, kMissing}));
  const Stored size = file.read("y/size");
  EXPECT_EQ(size.type, "float32");
  EXPECT_TRUE(std::isnan(size.values[2]));
  EXPECT_EQ(size.values[3], 2.0f);
  EXPECT_EQ(file.read("y/seen").type, "int8") << "0, 1 and -1 are labels";
}

TEST(Hdf5Tasks, EachTaskIsADatasetWithItsNames) {
  const WrittenFile file(
      *answered({"objects/car", "weather", "objects/bus", "far"},
                {1, 2, 0, 3.5f, 0, 0, 1, 8.25f},
                {{"weather", {"clear", "fog", "rain"}}}));
  EXPECT_EQ(file.tasks_in_order(),
            (std::vector<std::string>{"objects", "weather", "far"}));
  EXPECT_EQ(file.read("y/objects").shape, (std::vector<hsize_t>{2, 2}));
  EXPECT_EQ(file.read("y/objects").values, (std::vector<float>{1, 0, 0, 1}));
  EXPECT_EQ(file.texts("y/objects", "labels"),
            (std::vector<std::string>{"car", "bus"}));
  EXPECT_EQ(file.read("y/weather").shape, (std::vector<hsize_t>{2}));
  EXPECT_EQ(file.read("y/weather").values, (std::vector<float>{2, 0}));
  EXPECT_EQ(file.texts("y/weather", "classes"),
            (std::vector<std::string>{"clear", "fog", "rain"}));
  EXPECT_TRUE(file.texts("y/weather", "labels").empty());
  EXPECT_EQ(file.read("y/far").type, "float32");
  EXPECT_EQ(file.read("y/far").values, (std::vector<float>{3.5f, 8.25f}));
  EXPECT_TRUE(file.texts("y/far", "classes").empty());
}

// -1 may be measured, so it cannot mean "missing" where anything may be.
TEST(Hdf5Tasks, MissingIsMinusOneWhereThatIsNoValue) {
  const WrittenFile file(*answered({"a/b", "weather", "count"},
                                   {1, 2, 6, kMissing, kMissing, kMissing},
                                   {{"weather", {"clear", "fog", "rain"}}}));
  EXPECT_EQ(file.read("y/a").type, "int8");
  EXPECT_EQ(file.read("y/a").values, (std::vector<float>{1, -1}));
  EXPECT_EQ(file.read("y/weather").type, "int8");
  EXPECT_EQ(file.read("y/weather").values, (std::vector<float>{2, -1}));
  const Stored count = file.read("y/count");
  EXPECT_EQ(count.type, "float32");
  EXPECT_EQ(count.values[0], 6.0f);
  EXPECT_TRUE(std::isnan(count.values[1]));
}

TEST(Hdf5Tasks, TheTypeHoldsEveryValue) {
  const WrittenFile file(
      *answered({"a/b", "byte", "wide", "negative", "huge", "unknown", "g/a"},
                {0, 255, 256, -3, 3e7f, kMissing, 200, 1, 0, 0, 5, 1, kMissing,
                 kMissing}));
  EXPECT_EQ(file.read("y/byte").type, "uint8");
  EXPECT_EQ(file.read("y/byte").values, (std::vector<float>{255, 0}));
  EXPECT_EQ(file.read("y/wide").type, "int32");
  EXPECT_EQ(file.read("y/wide").values, (std::vector<float>{256, 0}));
  EXPECT_EQ(file.read("y/negative").type, "float32");
  EXPECT_EQ(file.read("y/huge").type, "float32");
  EXPECT_EQ(file.read("y/unknown").type, "float32");
  EXPECT_EQ(file.read("y/g").type, "float32");
  EXPECT_EQ(file.read("y/g").values[0], 200.0f);
  EXPECT_TRUE(std::isnan(file.read("y/g").values[1]));
}

TEST(Hdf5Tasks, ClassesOfWhichNothingIsKnownStayWholeNumbers) {
  const WrittenFile file(*answered({"weather"}, {kMissing, kMissing},
                                   {{"weather", {"clear", "rain"}}}));
  EXPECT_EQ(file.read("y/weather").type, "int8");
  EXPECT_EQ(file.read("y/weather").values, (std::vector<float>{-1, -1}));
}

TEST(Hdf5Tasks, PlainColumnsStayOneDataset) {
  const WrittenFile file(*answered({"sea", "height"}, {1, 2.5f, 0, kMissing}));
  const Stored stored = file.read("y");
  EXPECT_EQ(stored.shape, (std::vector<hsize_t>{2, 2}));
  EXPECT_EQ(stored.type, "float32");
  EXPECT_EQ(stored.values[1], 2.5f);
  EXPECT_EQ(file.texts("y", "labels"),
            (std::vector<std::string>{"sea", "height"}));
}

TEST(Hdf5Tasks, WhatIsWrittenIsReadBack) {
  const test::TemporaryFolder folder;
  const DatasetPtr data =
      answered({"objects/car", "objects/bus", "weather", "far"},
               {1, 0, 1, 8.5f, kMissing, 1, kMissing, kMissing},
               {{"weather", {"clear", "rain"}}});
  write_hdf5(*data, folder / "a.h5");
  const DatasetPtr found =
      read_hdf5(folder / "a.h5",
                {.layout = ImageLayout::nchw, .values = CellValues::numbers});
  EXPECT_EQ(found->spec().classes, data->spec().classes);
  const auto cell = [&](std::int64_t row, const std::string& column) {
    const auto& names = found->spec().labels;
    const auto at = std::ranges::find(names, column) - names.begin();
    return test::targets_of(*found, row).at(static_cast<std::size_t>(at));
  };
  EXPECT_EQ(cell(0, "objects/car"), 1.0f);
  EXPECT_EQ(cell(0, "objects/bus"), 0.0f);
  EXPECT_EQ(cell(0, "weather"), 1.0f);
  EXPECT_EQ(cell(0, "far"), 8.5f);
  // Read as missing by those who ask for labels and classes.
  EXPECT_EQ(cell(1, "objects/car"), -1.0f);
  EXPECT_EQ(cell(1, "objects/bus"), 1.0f);
  EXPECT_EQ(cell(1, "weather"), -1.0f);
  EXPECT_TRUE(std::isnan(cell(1, "far")));
}

TEST(Hdf5Tasks, TheSameDataGivesTheSameBytes) {
  const test::TemporaryFolder folder;
  const DatasetPtr data = answered({"a/b", "far"}, {1, 2.5f});
  write_hdf5(*data, folder / "a.h5");
  write_hdf5(*data, folder / "b.h5");
  EXPECT_EQ(test::read_bytes(folder / "a.h5"),
            test::read_bytes(folder / "b.h5"));
}

TEST(Hdf5Tasks, NamesThatMakeNoTasksLeaveNoFile) {
  const test::TemporaryFolder folder;
  test::expect_error_parts(
      Fault::shape, {"a.h5: the columns cannot be written", "column \"a/\""},
      [&] { write_hdf5(*answered({"a/"}, {1}), folder / "a.h5"); });
  EXPECT_FALSE(std::filesystem::exists(folder / "a.h5"));
}

}  // namespace
}  // namespace polytask
