#include "polytask/checkpoint/model_file.h"

#include <gtest/gtest.h>

#include <cmath>

#include "polytask/checkpoint/model_content.h"
#include "polytask/checkpoint/safetensors.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

using test::expect_error;
using test::expect_error_parts;
using test::TemporaryFolder;

Model small_model() {
  Task scene = multilabel("scene", {"desert", "Küste", "a \"b\" | c"});
  scene.thresholds.labels = {{"desert", 0.25}, {"a \"b\" | c", 0.75}};
  Model model = make_model(
      {.image = {6, 5, 3},
       .preprocessing = {.uint8_scale = 0.0078125, .float32_scale = 2.0},
       .network = {.trunk = {Conv2D{.filters = 2,
                                    .padding = Padding::same,
                                    .activation = Activation::relu},
                             MaxPooling2D{}, Dropout{.rate = 0.125}, Flatten{},
                             Dense{.units = 4}}},
       .tasks = {scene}},
      7);
  model.target_statistics = {{.shares = {0.1, std::nan(""), 1.0}}};
  model.notes = {{"recipe", "train:\n  epochs: 2\n"}, {"provenance", "{}"}};
  return model;
}

// A file like that of small_model(), with one text of its metadata changed;
// its checksum is right.
std::filesystem::path altered(const TemporaryFolder& folder,
                              const std::string& key, const std::string& text) {
  const Model model = small_model();
  Metadata metadata = model_metadata(model);
  metadata[key] = text;
  const std::filesystem::path path = folder / "altered.safetensors";
  SafetensorsWriter writer(
      path, metadata,
      parameter_tensors(model.parameters.layout(), model.parameters.flat()));
  writer.write_bytes();
  writer.commit();
  return path;
}

TEST(ModelFile, WhatIsSavedIsLoaded) {
  const TemporaryFolder folder;
  const Model model = small_model();
  save_model(model, folder / "model.safetensors");
  const Model loaded = load_model(folder / "model.safetensors");
  EXPECT_EQ(loaded.spec, model.spec);
  EXPECT_EQ(loaded.parameters.layout(), model.parameters.layout());
  EXPECT_TRUE(
      std::ranges::equal(loaded.parameters.flat(), model.parameters.flat()));
  EXPECT_EQ(loaded.notes, model.notes);
  ASSERT_EQ(loaded.target_statistics.size(), 1u);
  const TargetStatistics& scene = loaded.target_statistics[0];
  ASSERT_EQ(scene.shares.size(), 3u);
  EXPECT_EQ(scene.shares[0], 0.1);
  EXPECT_TRUE(std::isnan(scene.shares[1]));
  EXPECT_EQ(scene.shares[2], 1.0);
}

TEST(ModelFile, SavingTwiceGivesTheSameBytes) {
  const TemporaryFolder folder;
  save_model(small_model(), folder / "a");
  save_model(load_model(folder / "a"), folder / "b");
  EXPECT_EQ(test::read_bytes(folder / "a"), test::read_bytes(folder / "b"));
}

TEST(ModelFile, AModelBeforeItsTrainingHasNoTargetStatistics) {
  const TemporaryFolder folder;
  Model model = small_model();
  model.target_statistics.clear();
  save_model(model, folder / "model");
  EXPECT_TRUE(load_model(folder / "model").target_statistics.empty());
}

TEST(ModelFile, ACheckpointIsAModelWithMore) {
  const TemporaryFolder folder;
  const Model model = small_model();
  auto tensors =
      parameter_tensors(model.parameters.layout(), model.parameters.flat());
  const std::vector<float> moment{1.0f, 2.0f};
  tensors.insert(tensors.begin(),
                 {.name = "training/adam_m/x", .shape = {2}, .values = moment});
  SafetensorsWriter writer(folder / "checkpoint", model_metadata(model),
                           tensors);
  writer.write_bytes();
  writer.commit();
  const Model loaded = load_model(folder / "checkpoint");
  EXPECT_EQ(loaded.parameters.layout(), model.parameters.layout());
  EXPECT_TRUE(
      std::ranges::equal(loaded.parameters.flat(), model.parameters.flat()));
}

TEST(ModelFile, NoSuchFile) {
  expect_error(Fault::io, "nowhere.safetensors: no such file",
               [] { (void)load_model("nowhere.safetensors"); });
}

TEST(ModelFile, ATruncatedFileIsRefused) {
  const TemporaryFolder folder;
  save_model(small_model(), folder / "model");
  const std::string whole = test::read_bytes(folder / "model");
  for (std::size_t length = 0; length < whole.size(); length += 13) {
    test::write_bytes(folder / "cut", whole.substr(0, length));
    try {
      (void)load_model(folder / "cut");
      ADD_FAILURE() << length << " of " << whole.size() << " bytes were loaded";
    } catch (const Error& e) {
      ASSERT_EQ(e.fault(), Fault::data) << length << " bytes: " << e.what();
      ASSERT_TRUE(std::string(e.what()).starts_with((folder / "cut").string()));
    }
  }
}

TEST(ModelFile, EveryChangedByteIsRefused) {
  const TemporaryFolder folder;
  save_model(small_model(), folder / "model");
  std::string bytes = test::read_bytes(folder / "model");
  for (std::size_t i = 0; i < bytes.size(); i += 11) {
    const char kept = bytes[i];
    bytes[i] = static_cast<char>(kept ^ 0x10);
    test::write_bytes(folder / "changed", bytes);
    EXPECT_THROW((void)load_model(folder / "changed"), Error) << "byte " << i;
    bytes[i] = kept;
  }
}

TEST(ModelFile, ASafetensorsFileOfAnotherKind) {
  const TemporaryFolder folder;
  const std::vector<float> one{1.0f};
  SafetensorsWriter writer(folder / "other", {{"format", "pt"}},
                           {{.name = "x", .shape = {1}, .values = one}});
  writer.write_bytes();
  writer.commit();
  expect_error(Fault::data,
               (folder / "other").string() +
                   ": expected a polytask model, but its metadata has no "
                   "\"polytask.format\"; models are written by \"polytask "
                   "train\"",
               [&] { (void)load_model(folder / "other"); });
}

TEST(ModelFile, ANewerVersion) {
  const TemporaryFolder folder;
  const auto path = altered(folder, "polytask.format", "2");
  expect_error(Fault::data,
               path.string() +
                   ": expected a model of format version 1, found 2; this "
                   "polytask is too old for it",
               [&] { (void)load_model(path); });
}

TEST(ModelFile, ADescriptionThatIsNoYaml) {
  const TemporaryFolder folder;
  const auto path = altered(folder, "polytask.model", "image: [1, 2");
  expect_error_parts(Fault::data, {path.string() + ": ", "altered.safetensors"},
                     [&] { (void)load_model(path); });
}

TEST(ModelFile, ListsEveryProblemOfTheDescription) {
  const TemporaryFolder folder;
  const auto path = altered(folder, "polytask.model",
                            "image: [6, 5, 3]\n"
                            "preprocessing: {uint8_scale: -1}\n"
                            "network: {trunk: [flattn]}\n"
                            "tasks: {scene: {labels: [a, a]}}\n");
  expect_error_parts(
      Fault::data,
      {path.string() + ": the description of the model cannot be used:",
       "flattn", "did you mean \"flatten\"?",
       "tasks.scene.labels: \"a\" is there twice",
       "preprocessing: expected scales that are finite and > 0, found -1"},
      [&] { (void)load_model(path); });
}

TEST(ModelFile, APriorOfAnotherTask) {
  const TemporaryFolder folder;
  const auto path =
      altered(folder, "polytask.prior", R"({"other": [1, 0, 0]})");
  expect_error(Fault::data,
               path.string() +
                   ": polytask.prior: expected 9 numbers for task "
                   "\"scene\"",
               [&] { (void)load_model(path); });
}

TEST(ModelFile, APriorThatIsNoShare) {
  const TemporaryFolder folder;
  const auto path =
      altered(folder, "polytask.prior", R"({"scene": [0.5, 7.5, 0]})");
  expect_error(Fault::data,
               path.string() +
                   ": polytask.prior: expected shares of 0 to 1 "
                   "for task \"scene\", found 7.5",
               [&] { (void)load_model(path); });
}

// Two axes whose product is 0, so that no byte belongs to them.
TEST(ModelFile, AnAxisBeyondAnInt) {
  const TemporaryFolder folder;
  SafetensorsWriter writer(
      folder / "wide", model_metadata(small_model()),
      {{.name = "x", .shape = {std::int64_t{1} << 40, 0}, .values = {}}});
  writer.write_bytes();
  writer.commit();
  expect_error(Fault::data,
               (folder / "wide").string() +
                   ": \"x\": expected axes below 2^31, found 1099511627776",
               [&] { (void)load_model(folder / "wide"); });
}

// What is said of a file like that of small_model() with another description.
std::string why_refused(const std::string& description) {
  const TemporaryFolder folder;
  const auto path = altered(folder, "polytask.model", description);
  try {
    (void)load_model(path);
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::data);
    return std::string(e.what()).substr(path.string().size() + 2);
  }
  return "";
}

std::string description(const std::string& image, const std::string& trunk) {
  return "image: " + image + "\nnetwork: {trunk: [" + trunk +
         "]}\ntasks: {scene: {labels: [a, b, c]}}\n";
}

TEST(ModelFile, ImagesBeyondReasonAreRefused) {
  const auto text = [](const std::string& found) {
    return "network: expected images of at most 16384 rows and columns, 1024 "
           "channels and 50331648 numbers in all, got " +
           found + "; use smaller images";
  };
  for (const std::string image :
       {"[3, 2147483647, 3]", "[2147483647, 1, 3]", "[16385, 1, 1]",
        "[1, 1, 1025]", "[4097, 4096, 3]"}) {
    EXPECT_EQ(why_refused(description(image, "flatten")), text(image));
  }
}

TEST(ModelFile, LayersBeyondReasonAreRefusedWhereTheyStand) {
  const std::string head =
      "the description of the model cannot be used:\n  - altered.safetensors:2:"
      " network.trunk.0.";
  EXPECT_EQ(why_refused(description(
                "[6, 5, 3]", "conv2d: {filters: 2, kernel_size: 2147483647}")),
            head + "conv2d.kernel_size: expected 1 to 32, found 2147483647");
  EXPECT_EQ(why_refused(
                description("[6, 5, 3]", "conv2d: {filters: 2, strides: 33}")),
            head + "conv2d.strides: expected 1 to 32, found 33");
  EXPECT_EQ(why_refused(description("[6, 5, 3]", "conv2d: {filters: 4097}")),
            head + "conv2d.filters: expected 1 to 4096, found 4097");
  EXPECT_EQ(
      why_refused(description("[6, 5, 3]", "max_pooling2d: {pool_size: 16}")),
      head + "max_pooling2d.pool_size: expected 2 to 15, found 16");
  EXPECT_EQ(why_refused(description("[6, 5, 3]", "dense: {units: 16385}")),
            head + "dense.units: expected 1 to 16384, found 16385");
}

TEST(ModelFile, TensorsOfAnotherNetworkAreListed) {
  EXPECT_EQ(
      why_refused(description("[6, 5, 3]",
                              "conv2d: {filters: 2, padding: same}, flatten, "
                              "dense: {units: 4}")),
      "the model's parameters do not fit its network:\n"
      "  - expected dense_1/kernel [60, 4], found dense_1/kernel [12, 4]");
}

// The numbers of the description are harmless, and its network has a thousand
// times the tensors of the file.
TEST(ModelFile, FewOfManyTensorsThatDifferAreListed) {
  std::string trunk;
  for (int i = 0; i < 100; ++i)
    trunk += "conv2d: {filters: 9, padding: same}, ";
  const std::string said =
      why_refused(description("[6, 5, 3]", trunk + "flatten"));
  EXPECT_EQ(std::ranges::count(said, '\n'), 21);
  EXPECT_TRUE(said.ends_with("\n  - and 182 more")) << said;
}

TEST(ModelFile, AWeightThatIsNoNumberIsNamed) {
  const TemporaryFolder folder;
  for (const auto& [bad, text] : {std::pair{std::nanf(""), "nan"},
                                  {HUGE_VALF, "inf"},
                                  {-HUGE_VALF, "-inf"}}) {
    Model model = small_model();
    model.parameters[2][5] = bad;
    model.parameters[2][7] = std::nanf("");
    model.parameters[4][0] = std::nanf("");
    save_model(model, folder / "model");
    expect_error(Fault::data,
                 (folder / "model").string() +
                     ": tensor \"dense_1/kernel\": expected finite numbers, "
                     "found " +
                     text +
                     " at element 5; train the model again, or use an older "
                     "checkpoint",
                 [&] { (void)load_model(folder / "model"); });
  }
}

TEST(ModelFile, ADamagedFileIsCalledDamagedWhateverItsDescriptionSays) {
  const TemporaryFolder folder;
  save_model(small_model(), folder / "model");
  std::string bytes = test::read_bytes(folder / "model");
  const std::size_t at = bytes.find("[6, 5, 3]");
  bytes[at + 1] = '7';
  test::write_bytes(folder / "model", bytes);
  expect_error_parts(Fault::data, {"expected the checksum", "is damaged"},
                     [&] { (void)load_model(folder / "model"); });
}

std::string why_prior_refused(const std::string& prior) {
  const TemporaryFolder folder;
  const auto path = altered(folder, "polytask.prior", prior);
  try {
    (void)load_model(path);
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::data);
    return std::string(e.what()).substr(path.string().size() + 2);
  }
  return "";
}

TEST(ModelFile, APriorHasOneShape) {
  EXPECT_EQ(why_prior_refused("{}"), "");
  EXPECT_EQ(why_prior_refused(R"({"scene": [0.5, null, 1]})"), "");
  EXPECT_EQ(why_prior_refused("hello ]["),
            "polytask.prior: expected JSON, found \"hello ][\"");
  EXPECT_EQ(why_prior_refused(""), "polytask.prior: expected JSON, found \"\"");
  for (const std::string other : {"null", "3", "[]", "\"scene\""}) {
    EXPECT_EQ(why_prior_refused(other),
              "polytask.prior: expected a map from the tasks' names to their "
              "numbers");
  }
  EXPECT_EQ(why_prior_refused(R"({"scene": [0.5, "x", 1]})"),
            "polytask.prior: expected numbers or null for task \"scene\", "
            "found \"\\\"x\\\"\"");
  EXPECT_EQ(why_prior_refused(R"({"scene": [0, 0, 0], "more": []})"),
            "polytask.prior: expected numbers for the model's tasks, found "
            "others");
  EXPECT_EQ(why_prior_refused(R"({"scene": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]})"),
            "polytask.prior: expected at most 11 values, found more");
}

TEST(ModelFile, ADeepPriorIsRefusedAtItsThirdStep) {
  EXPECT_EQ(why_prior_refused(std::string(1'000'000, '[')),
            "polytask.prior: expected lists and maps nested at most 2 deep, "
            "found more");
}

TEST(ModelFile, AnUnwritablePlaceIsNamed) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "absent" / "model";
  expect_error_parts(Fault::io, {path.string()},
                     [&] { save_model(small_model(), path); });
}

}  // namespace
}  // namespace polytask
