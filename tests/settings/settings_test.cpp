#include "polytask/settings/settings.h"

#include <gtest/gtest.h>

namespace polytask {
namespace {

TEST(Settings, IsNullUntilItIsSomething) {
  const Settings settings;
  EXPECT_TRUE(settings.is_null());
  EXPECT_EQ(settings.place(), "");
}

TEST(Settings, IsOfExactlyOneKind) {
  const Settings scalar = Settings::scalar("5");
  EXPECT_TRUE(scalar.is_scalar() && !scalar.is_null() && !scalar.is_list() &&
              !scalar.is_map());
  const Settings list = Settings::list();
  EXPECT_TRUE(list.is_list() && !list.is_null() && !list.is_scalar());
  const Settings map = Settings::map();
  EXPECT_TRUE(map.is_map() && !map.is_null() && !map.is_list());
}

TEST(Settings, AnotherKindsContentIsEmpty) {
  const Settings scalar = Settings::scalar("5");
  EXPECT_TRUE(scalar.items().empty());
  EXPECT_TRUE(scalar.entries().empty());
  EXPECT_EQ(scalar.find("a"), nullptr);
  EXPECT_EQ(Settings::map().text(), "");
}

TEST(Settings, KeepsKeysInTheOrderTheyCame) {
  Settings map = Settings::map();
  map.set("b", Settings::scalar("1"));
  map.set("a", Settings::scalar("2"));
  ASSERT_EQ(map.entries().size(), 2u);
  EXPECT_EQ(map.entries()[0].key, "b");
  EXPECT_EQ(map.entries()[1].key, "a");
}

TEST(Settings, SetReplacesInPlace) {
  Settings map = Settings::map();
  map.set("a", Settings::scalar("1"));
  map.set("b", Settings::scalar("2"));
  map.set("a", Settings::scalar("3"));
  ASSERT_EQ(map.entries().size(), 2u);
  EXPECT_EQ(map.entries()[0].key, "a");
  EXPECT_EQ(map.find("a")->text(), "3");
}

TEST(Settings, SetReturnsTheValueInItsNewHome) {
  Settings root;
  root.set("train", Settings()).set("epochs", Settings::scalar("5"));
  EXPECT_EQ(root.find("train")->find("epochs")->text(), "5");
}

TEST(Settings, SetAndAppendChangeTheKindAndKeepThePlace) {
  Settings node = Settings::scalar("5");
  node.set_place("blog.yaml:3");
  node.set("a", Settings());
  EXPECT_TRUE(node.is_map());
  EXPECT_EQ(node.text(), "");
  EXPECT_EQ(node.place(), "blog.yaml:3");
  node.append(Settings::scalar("x"));
  EXPECT_TRUE(node.is_list());
  EXPECT_TRUE(node.entries().empty());
  EXPECT_EQ(node.place(), "blog.yaml:3");
}

TEST(Settings, ACopyIsDeep) {
  Settings one = Settings::map();
  one.set("a", Settings::scalar("1"));
  Settings two = one;
  two.find("a")->set_place("elsewhere");
  two.set("a", Settings::scalar("2"));
  EXPECT_EQ(one.find("a")->text(), "1");
}

TEST(Settings, EqualityIgnoresPlacesAndQuotes) {
  Settings one = Settings::scalar("5");
  one.set_place("blog.yaml:1");
  EXPECT_EQ(one, Settings::string("5"));
}

TEST(Settings, EqualitySeesKindTextKeysAndOrder) {
  EXPECT_FALSE(Settings() == Settings::scalar(""));
  EXPECT_FALSE(Settings::list() == Settings::map());
  EXPECT_FALSE(Settings::scalar("a") == Settings::scalar("b"));
  EXPECT_FALSE(Settings::list({Settings()}) == Settings::list());
  Settings ab;
  ab.set("a", Settings());
  ab.set("b", Settings());
  Settings ba;
  ba.set("b", Settings());
  ba.set("a", Settings());
  EXPECT_FALSE(ab == ba);
}

TEST(Settings, DepthCountsTheLongestWayDown) {
  EXPECT_EQ(Settings().depth(), 1);
  EXPECT_EQ(Settings::list().depth(), 1);
  Settings map;
  map.set("short", Settings::scalar("5"));
  map.set("long", Settings::list({Settings::scalar("5")}));
  EXPECT_EQ(map.depth(), 3);
}

TEST(Settings, SetPlacesReachesEverything) {
  Settings map;
  map.set("list", Settings::list({Settings::scalar("5")}));
  map.set_places("command line");
  EXPECT_EQ(map.place(), "command line");
  EXPECT_EQ(map.find("list")->items()[0].place(), "command line");
}

}  // namespace
}  // namespace polytask
