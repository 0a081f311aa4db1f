#include "polytask/settings/settings_override.h"

#include <gtest/gtest.h>

#include "polytask/settings/settings_yaml.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

Settings recipe() {
  return parse_settings(
      "train: {epochs: 50, seed: 1}\n"
      "run:\n"
      "network:\n"
      "  trunk: [flatten, {dropout: {rate: .25}}]\n"
      "  heads: []\n",
      "blog.yaml");
}

std::string overridden(std::string_view assignment) {
  Settings root = recipe();
  apply_override(root, assignment);
  return to_yaml(root);
}

void expect_refused(std::string_view assignment, const std::string& message) {
  Settings root = recipe();
  test::expect_error(Fault::config, message,
                     [&] { apply_override(root, assignment); });
  EXPECT_EQ(root, recipe()) << "changed by a refused override";
}

TEST(Override, ReplacesAValueInPlace) {
  Settings root = recipe();
  apply_override(root, "train.epochs=5");
  const Settings& epochs = *root.find("train")->find("epochs");
  EXPECT_EQ(epochs.text(), "5");
  EXPECT_EQ(epochs.place(), "command line");
  EXPECT_EQ(root.find("train")->entries()[0].key, "epochs");
  EXPECT_EQ(root.find("train")->find("seed")->place(), "blog.yaml:1");
}

TEST(Override, MakesMissingMaps) {
  Settings root;
  apply_override(root, "data.split.test_size=.25");
  EXPECT_EQ(to_yaml(root), "data:\n  split: {test_size: .25}\n");
  EXPECT_EQ(root.find("data")->place(), "command line");
}

TEST(Override, NullBecomesAMap) {
  EXPECT_NE(overridden("run.dir=out").find("run:\n  dir: out\n"),
            std::string::npos);
}

TEST(Override, TheValueIsYaml) {
  Settings root;
  apply_override(root, "tasks.scene.labels=[a, 'no']");
  const Settings& labels = *root.find("tasks")->find("scene")->find("labels");
  ASSERT_EQ(labels.items().size(), 2u);
  EXPECT_EQ(labels.items()[1].text(), "no");
  EXPECT_EQ(labels.items()[1].place(), "command line");
}

TEST(Override, OnlyTheFirstEqualsSignCounts) {
  Settings root;
  apply_override(root, "run.dir=a=b.c");
  EXPECT_EQ(root.find("run")->find("dir")->text(), "a=b.c");
}

TEST(Override, WhatIsNotYamlIsText) {
  for (const std::string name : {"[x].h5", "{a}b.h5", "*x.h5", "&x y.h5", "@x",
                                 "a #1.h5", "#1.h5", "%x", "a: b: c"}) {
    Settings root;
    apply_override(root, "data.path=" + name);
    EXPECT_EQ(root.find("data")->find("path")->text(), name);
  }
}

TEST(Override, NothingAfterTheSignIsNull) {
  Settings root = recipe();
  apply_override(root, "train.epochs=");
  EXPECT_TRUE(root.find("train")->find("epochs")->is_null());
}

TEST(Override, CountsListItemsFromZero) {
  EXPECT_NE(overridden("network.trunk.1.dropout.rate=.1").find("rate: .1"),
            std::string::npos);
  EXPECT_NE(overridden("network.trunk.0=relu").find("- relu\n"),
            std::string::npos);
}

TEST(Override, MalformedShowsTheForm) {
  expect_refused("train.epochs",
                 "override \"train.epochs\": expected key=value, e.g. "
                 "train.epochs=5");
  expect_refused("=5",
                 "override \"=5\": expected key=value, e.g. train.epochs=5");
  expect_refused("", "override \"\": expected key=value, e.g. train.epochs=5");
  for (const std::string text : {".a=5", "a.=5", "a..b=5", "a b=5"}) {
    expect_refused(text, "override \"" + text +
                             "\": expected names joined by dots before the =, "
                             "e.g. train.epochs=5");
  }
}

TEST(Override, AListHasNumberedItems) {
  expect_refused("network.trunk.2=relu",
                 "override \"network.trunk.2=relu\": network.trunk is a list: "
                 "expected the number of an item, 0 to 1, found \"2\"");
  expect_refused("network.trunk.dropout=1",
                 "override \"network.trunk.dropout=1\": network.trunk is a "
                 "list: expected the number of an item, 0 to 1, found "
                 "\"dropout\"");
  expect_refused("network.heads.0=x",
                 "override \"network.heads.0=x\": network.heads is an empty "
                 "list, found \"0\"");
}

TEST(Override, AScalarHasNoKeys) {
  expect_refused("train.epochs.x=5",
                 "override \"train.epochs.x=5\": train.epochs is \"50\", so it "
                 "has no key \"x\"");
  expect_refused("network.trunk.0.rate=5",
                 "override \"network.trunk.0.rate=5\": network.trunk.0 is "
                 "\"flatten\", so it has no key \"rate\"");
}

TEST(Override, AValueThatIsNotYamlSaysWhere) {
  expect_refused("train.epochs=[5",
                 "override \"train.epochs=[5\":1: expected a name as the key, "
                 "found a list; is its closing bracket missing?");
}

TEST(Override, DepthIsBounded) {
  std::string path = "k";
  for (int i = 1; i < 31; ++i) path += ".k";
  Settings root;
  apply_override(root, path + "=5");
  EXPECT_EQ(root.depth(), Settings::kMaxDepth);
  EXPECT_EQ(parse_settings(to_yaml(root), "f"), root);
  expect_refused(path + "=[5]",
                 "override \"" + path.substr(0, 60) +
                     "...\": expected values nested at most 32 deep, found "
                     "more");
}

}  // namespace
}  // namespace polytask
