#include "polytask/settings/tagged_list.h"

#include <gtest/gtest.h>

#include "polytask/settings/settings_yaml.h"

namespace polytask {
namespace {

struct Reading {
  Problems problems;
  std::vector<TaggedItem> items;
  explicit Reading(std::string_view yaml)
      : items(read_tagged_list(parse_settings(yaml, "blog.yaml"),
                               "network.trunk", problems)) {}
};

TEST(TaggedList, ReadsNamesWithAndWithoutOptions) {
  const Reading reading("- conv2d: {filters: 32}\n- flatten\n- relu:\n");
  EXPECT_EQ(reading.problems, Problems{});
  ASSERT_EQ(reading.items.size(), 3u);
  EXPECT_EQ(reading.items[0].tag, "conv2d");
  EXPECT_EQ(reading.items[0].body.find("filters")->text(), "32");
  EXPECT_EQ(reading.items[0].path, "network.trunk.0.conv2d");
  EXPECT_EQ(reading.items[0].place, "blog.yaml:1");
  EXPECT_EQ(reading.items[1].tag, "flatten");
  EXPECT_TRUE(reading.items[1].body.is_null());
  EXPECT_EQ(reading.items[1].path, "network.trunk.1.flatten");
  EXPECT_EQ(reading.items[1].place, "blog.yaml:2");
  EXPECT_EQ(reading.items[2].tag, "relu");
  EXPECT_TRUE(reading.items[2].body.is_null());
}

TEST(TaggedList, NullIsEmpty) {
  EXPECT_TRUE(Reading("").items.empty());
  EXPECT_TRUE(Reading("").problems.empty());
}

TEST(TaggedList, AnythingElseIsNoList) {
  EXPECT_EQ(Reading("conv2d: {filters: 32}").problems,
            Problems{"blog.yaml:1: network.trunk: expected a list, an item a "
                     "line after \"- \", found a map"});
}

TEST(TaggedList, OptionsNotIndentedEnoughAreRecognised) {
  EXPECT_EQ(Reading("- conv2d:\n  filters: 32\n").problems,
            Problems{"blog.yaml:1: network.trunk.0: expected a name, or one "
                     "name with its options, found 2 keys (conv2d, filters); "
                     "indent the options further than the name"});
}

TEST(TaggedList, BadItemsAreLeftOutAndCounted) {
  const Reading reading("- [a]\n- {}\n-\n- flatten\n");
  EXPECT_EQ(reading.problems,
            (Problems{"blog.yaml:1: network.trunk.0: expected a name, or one "
                      "name with its options, found a list",
                      "blog.yaml:2: network.trunk.1: expected a name, or one "
                      "name with its options, found an empty map",
                      "blog.yaml:4: network.trunk.2: expected a name, or one "
                      "name with its options, found nothing"}));
  ASSERT_EQ(reading.items.size(), 1u);
  EXPECT_EQ(reading.items[0].path, "network.trunk.3.flatten");
}

TEST(TaggedList, UnknownTagOffersTheNearest) {
  const Reading reading("- conv2: {filters: 32}\n");
  EXPECT_EQ(unknown_tag(reading.items[0], "layer", {"conv2d", "dense"}),
            "blog.yaml:1: network.trunk.0.conv2: unknown layer; did you mean "
            "\"conv2d\"?");
}

TEST(TaggedList, GoesBackAsItCame) {
  const std::string yaml = "- conv2d: {filters: 32}\n- flatten\n";
  Settings list = Settings::list();
  for (const TaggedItem& item : Reading(yaml).items) {
    list.append(tagged_item(item.tag, item.body));
  }
  EXPECT_EQ(to_yaml(list), yaml);
}

TEST(TaggedList, AnEmptyMapGoesBackAsTheBareName) {
  EXPECT_EQ(to_yaml(tagged_item("flatten", Settings::map())), "flatten\n");
  EXPECT_EQ(to_yaml(tagged_item("a", Settings::scalar("5"))), "a: 5\n");
  EXPECT_EQ(to_yaml(tagged_item("a", Settings::list())), "a: []\n");
}

}  // namespace
}  // namespace polytask
