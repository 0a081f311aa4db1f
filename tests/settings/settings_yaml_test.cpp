#include "polytask/settings/settings_yaml.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "polytask/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace polytask {
namespace {

constexpr std::string_view kRecipe =
    "# The job of the post.\n"
    "data:\n"
    "  path: scenes.h5\n"
    "  split: {test_size: .2, random_state: 100}\n"
    "tasks:\n"
    "  scene:\n"
    "    labels: [desert, 'no', \"sea side\"]\n"
    "network:\n"
    "  trunk:\n"
    "    - conv2d: {filters: 32}\n"
    "    - flatten\n"
    "train:\n";

const Settings& at(const Settings& root, std::initializer_list<const char*> p) {
  const Settings* node = &root;
  for (const char* key : p) {
    node = node->find(key);
    if (node == nullptr) throw std::out_of_range(key);
  }
  return *node;
}

void expect_refused(std::string_view yaml, const std::string& message) {
  test::expect_error(Fault::config, message,
                     [&] { (void)parse_settings(yaml, "blog.yaml"); });
}

TEST(ParseSettings, KeepsTextKeysAndOrder) {
  const Settings root = parse_settings(kRecipe, "blog.yaml");
  ASSERT_EQ(root.entries().size(), 4u);
  EXPECT_EQ(root.entries()[1].key, "tasks");
  EXPECT_EQ(at(root, {"data", "split", "test_size"}).text(), ".2");
  const Settings& labels = at(root, {"tasks", "scene", "labels"});
  ASSERT_EQ(labels.items().size(), 3u);
  EXPECT_EQ(labels.items()[2].text(), "sea side");
  EXPECT_EQ(at(root, {"network", "trunk"}).items()[1].text(), "flatten");
  EXPECT_TRUE(at(root, {"train"}).is_null());
}

TEST(ParseSettings, EveryValueKnowsItsLine) {
  const Settings root = parse_settings(kRecipe, "blog.yaml");
  EXPECT_EQ(root.place(), "blog.yaml:2");
  EXPECT_EQ(at(root, {"data", "split"}).place(), "blog.yaml:4");
  EXPECT_EQ(at(root, {"data", "split", "random_state"}).place(), "blog.yaml:4");
  EXPECT_EQ(at(root, {"network", "trunk"}).items()[1].place(), "blog.yaml:11");
}

TEST(ParseSettings, AMapsValueStandsWhereItsKeyDoes) {
  const Settings root = parse_settings("a:\n  - 1\nb:\n\nc: |\n  x\n", "f");
  EXPECT_EQ(at(root, {"a"}).place(), "f:1");
  EXPECT_EQ(at(root, {"b"}).place(), "f:3");
  EXPECT_EQ(at(root, {"c"}).place(), "f:5");
}

TEST(ParseSettings, NothingIsNull) {
  for (const std::string_view yaml : {"", "# words\n", "~", "null"}) {
    const Settings root = parse_settings(yaml, "blog.yaml");
    EXPECT_TRUE(root.is_null()) << yaml;
    EXPECT_EQ(root.place(), "blog.yaml:1") << yaml;
  }
}

TEST(ParseSettings, QuotesMakeNullText) {
  const Settings root = parse_settings("[null, \"null\", '~', '']", "f");
  EXPECT_TRUE(root.items()[0].is_null());
  EXPECT_EQ(root.items()[1].text(), "null");
  EXPECT_EQ(root.items()[2].text(), "~");
  EXPECT_TRUE(root.items()[3].is_scalar());
}

TEST(ParseSettings, RemembersWhatStoodInQuotes) {
  const Settings root = parse_settings("[no, 'no']", "f");
  EXPECT_FALSE(root.items()[0].is_string());
  EXPECT_TRUE(root.items()[1].is_string());
}

TEST(ParseSettings, ReadsJson) {
  const Settings root = parse_settings(
      "{\n\t\"data\":{\"path\":\"a\\\"b\\u00e9\"},\n\t\"sizes\":[1,2.5,true,"
      "null]\n}\n",
      "recipe.json");
  EXPECT_EQ(at(root, {"data", "path"}).text(), "a\"b\xC3\xA9");
  EXPECT_EQ(at(root, {"sizes"}).items()[1].text(), "2.5");
  EXPECT_TRUE(at(root, {"sizes"}).items()[3].is_null());
  EXPECT_EQ(at(root, {"sizes"}).place(), "recipe.json:3");
}

TEST(ParseSettings, AByteOrderMarkIsNoContent) {
  EXPECT_EQ(parse_settings("\xEF\xBB\xBF"
                           "a: 1",
                           "f")
                .find("a")
                ->text(),
            "1");
}

TEST(ParseSettings, WindowsLinesAreLines) {
  const Settings root = parse_settings("a: 1\r\nb: 2\r\n", "f");
  EXPECT_EQ(root.find("a")->text(), "1");
  EXPECT_EQ(root.find("b")->place(), "f:2");
}

TEST(ParseSettings, SyntaxErrorNamesLineAndColumn) {
  expect_refused("a: 1\nb: c: d\n",
                 "blog.yaml:2:5: expected YAML, found \"b: c: d\"; check the "
                 "indentation, and put quotes around text that holds \": \"");
  expect_refused("a: @x",
                 "blog.yaml:1:4: expected YAML, found \"a: @x\"; put quotes "
                 "around text that starts with such a character");
  expect_refused("a: [1, 2\n",
                 "blog.yaml:2:1: expected YAML, found the end of the text; a "
                 "[ or { before this place is never closed");
  expect_refused("a: \"\\ud83d\"",
                 "blog.yaml:1:11: expected YAML, found \"a: \"\\ud83d\"\"; "
                 "write the character itself instead of its \\u number");
  expect_refused("a: *x",
                 "blog.yaml:1:4: expected YAML, found \"a: *x\"; put quotes "
                 "around text that starts with & or *");
  expect_refused("a: ]",
                 "blog.yaml:1:4: expected YAML, found \"a: ]\"; illegal flow "
                 "end");
}

TEST(ParseSettings, TabsAreNamed) {
  expect_refused("train:\n\tepochs: 5\n",
                 "blog.yaml:2:8: expected YAML, found \"epochs: 5\"; indent "
                 "with spaces, not with tabs");
  expect_refused("a:\n  b: 1\n\tc: 2\n",
                 "blog.yaml:3:1: expected YAML, found \"c: 2\"; indent with "
                 "spaces, not with tabs");
}

TEST(ParseSettings, AMissingColonIsNamed) {
  expect_refused("a: 5\nepochs 6\n",
                 "blog.yaml:2: expected \"key: value\", found \"epochs 6\"; "
                 "add the colon");
}

TEST(ParseSettings, UnclosedQuotesAreFound) {
  expect_refused("a: 1\npath: \"x.h5\nb: 2\n",
                 "blog.yaml:2:7: these quotes are never closed; add the "
                 "missing one, or see whether the file was cut short");
  expect_refused("'",
                 "blog.yaml:1:1: these quotes are never closed; add the "
                 "missing one, or see whether the file was cut short");
  expect_refused("a: \"x\\\"y\n",
                 "blog.yaml:1:4: these quotes are never closed; add the "
                 "missing one, or see whether the file was cut short");
  expect_refused("a: \"x\\\"",
                 "blog.yaml:1:8: expected YAML, found \"a: \"x\\\"\"; quotes "
                 "before this place are never closed");
}

TEST(ParseSettings, ClosedQuotesAtTheEndAreFine) {
  EXPECT_EQ(parse_settings("'it''s'", "f").text(), "it's");
  EXPECT_EQ(parse_settings("a: \"x\n  y\"", "f").find("a")->text(), "x y");
  EXPECT_EQ(parse_settings("a: |\n  \"x\n", "f").find("a")->text(), "\"x\n");
}

TEST(ParseSettings, KeyGivenTwiceNamesBothLines) {
  expect_refused("train:\n  epochs: 5\n  seed: 1\n  epochs: 6\n",
                 "blog.yaml:4: train.epochs: expected each key once, found it "
                 "in line 2 too; remove one of them");
  expect_refused("- {a: 1}\n- {a: 1, \"a\": 2}",
                 "blog.yaml:2: 1.a: expected each key once, found it in line 2 "
                 "too; remove one of them");
}

TEST(ParseSettings, AnchorsAndAliasesAreRefused) {
  const std::string text =
      "expected a value, found an anchor (&name) or an alias (*name); write "
      "the value out, or put quotes around the text";
  expect_refused("a: &x 5\nb: *x\n", "blog.yaml:1: a: " + text);
  expect_refused("a: &x [1]\n", "blog.yaml:1: a: " + text);
  expect_refused("a: &x {b: 1}\n", "blog.yaml:1: a: " + text);
  expect_refused("a: &x\n", "blog.yaml:1: a: " + text);
}

TEST(ParseSettings, TagsAreRefused) {
  expect_refused("a: !!python/object x",
                 "blog.yaml:1: a: expected a value, found the tag "
                 "\"tag:yaml.org,2002:python/object\"; remove it, or put "
                 "quotes around text that starts with !");
}

TEST(ParseSettings, KeysAreText) {
  expect_refused(
      "? [a]\n: 5",
      "blog.yaml:1: expected a name as the key, found a list; is its "
      "closing bracket missing?");
  expect_refused("? {a: 1}\n: 5",
                 "blog.yaml:1: expected a name as the key, found a map; is its "
                 "closing bracket missing?");
  expect_refused("~: 5",
                 "blog.yaml:1: expected a name as the key, found nothing; put "
                 "quotes around it if it is meant as text");
}

TEST(ParseSettings, ASecondDocumentIsRefused) {
  const std::string text =
      "expected one document, found the start of another; check the "
      "indentation of this line, and remove any second ---";
  expect_refused("  a: 1\nb: 2\n", "blog.yaml:2: " + text);
  expect_refused("a: 1\n---\nb: 2\n", "blog.yaml:2: " + text);
}

TEST(ParseSettings, NotTextIsRefused) {
  expect_refused("a: 1\nb: \xFF\n",
                 "blog.yaml:2: expected text in UTF-8, found the byte 255; is "
                 "this a recipe, and saved as UTF-8?");
  expect_refused(std::string_view("\x89HDF\r\n\x1A\n", 8),
                 "blog.yaml:1: expected text in UTF-8, found the byte 137; is "
                 "this a recipe, and saved as UTF-8?");
}

std::string nested(int levels) {
  return std::string(static_cast<std::size_t>(levels), '[') +
         std::string(static_cast<std::size_t>(levels), ']');
}

TEST(ParseSettings, DepthIsBounded) {
  EXPECT_EQ(parse_settings(nested(31), "f").depth(), 31);
  expect_refused(nested(32),
                 "blog.yaml:1: expected lists and maps nested at most 31 deep, "
                 "found more");
}

TEST(ParseSettings, ALongKeyIsRefused) {
  const std::string key(200, 'k');
  EXPECT_EQ(parse_settings(key + ": 1", "f").entries()[0].key, key);
  expect_refused(key + "k: 1",
                 "blog.yaml:1: expected a key of at most 200 bytes, found \"" +
                     std::string(60, 'k') + "...\"");
}

TEST(ParseSettings, TheNumberOfValuesIsBounded) {
  std::string list = "[1";  // the list is a value too
  for (int i = 2; i < kMaxSettingsValues; ++i) list += ",1";
  EXPECT_EQ(parse_settings(list + "]", "f").items().size(),
            static_cast<std::size_t>(kMaxSettingsValues) - 1);
  expect_refused(list + ",1]",
                 "blog.yaml:1: expected at most 100000 values in one file, "
                 "found more");
}

TEST(ParseSettings, TheSizeIsBounded) {
  const std::string yaml = "#" + std::string(kMaxSettingsBytes - 1, 'x');
  EXPECT_TRUE(parse_settings(yaml, "f").is_null());
  expect_refused(yaml + "x",
                 "blog.yaml: expected at most 1048576 bytes, found 1048577");
}

// Whatever a file holds, the answer is settings or an Error of ours.
TEST(ParseSettings, DamagedTextNeverDoesMoreThanThrow) {
  constexpr unsigned kSeed = 17;
  std::mt19937 rng(kSeed);
  constexpr std::string_view kSpice = "\"'[]{}:,#&*!|>%@`-? \n\t\\~<.a1";
  for (int round = 0; round < 3000; ++round) {
    std::string yaml(kRecipe);
    for (int edit = 0; edit < 4; ++edit) {
      const std::size_t where = rng() % yaml.size();
      const char spice = kSpice[rng() % kSpice.size()];
      switch (rng() % 3) {
        case 0:
          yaml[where] = spice;
          break;
        case 1:
          yaml.insert(where, 1, spice);
          break;
        default:
          yaml.erase(where, 1 + rng() % 3);
      }
    }
    try {
      const Settings root = parse_settings(yaml, "f");
      EXPECT_EQ(parse_settings(to_yaml(root), "g"), root) << yaml;
    } catch (const Error& e) {
      EXPECT_EQ(e.fault(), Fault::config);
      EXPECT_EQ(std::string_view(e.what()).substr(0, 2), "f:") << e.what();
    }
  }
}

TEST(LoadSettings, CallsTheFileByThePathGiven) {
  std::string folder =
      (std::filesystem::temp_directory_path() / "polytask-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const auto path = std::filesystem::path(folder) / "blog.yaml";
  std::ofstream(path) << "a:\n  b: 1\n";
  EXPECT_EQ(load_settings(path).find("a")->find("b")->place(),
            path.string() + ":2");
  std::filesystem::remove_all(folder);
}

TEST(LoadSettings, AFileThatIsTooLongIsAFaultOfTheRecipe) {
  const test::TemporaryFolder folder;
  const std::filesystem::path path = folder / "blog.yaml";
  std::ofstream(path) << "#" << std::string(kMaxSettingsBytes, 'x');
  test::expect_error(Fault::config,
                     path.string() +
                         ": expected a text file of at most 1048576 bytes, "
                         "found more; is it the right file?",
                     [&] { (void)load_settings(path); });
}

TEST(LoadSettings, NoSuchFileIsAFaultOfTheSystem) {
  test::expect_error(Fault::io,
                     "no-such-folder/blog.yaml: expected a file, found "
                     "nothing; there is no folder no-such-folder either",
                     [] { (void)load_settings("no-such-folder/blog.yaml"); });
}

}  // namespace
}  // namespace polytask
