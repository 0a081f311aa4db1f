#include "polytask/report/html/conflicts_html.h"

#include <gtest/gtest.h>

#include <cmath>

#include "polytask/report/conflict_history.h"
#include "polytask/report/html/heat_map.h"
#include "tests/report/count_of.h"

namespace polytask {
namespace {

using test::count_of;

constexpr const char* kMinus = "\xE2\x88\x92";
const double kNone = std::nan("");

EpochReport epoch(int number, MetricValues weighting) {
  EpochReport report;
  report.epoch = number;
  report.weighting = std::move(weighting);
  return report;
}

// Three tasks over two epochs and two layers; b and c never meet.
RecordedConflicts of_the_trunk() {
  RecordedConflicts recorded{.tasks = {"a", "b", "c"},
                             .gradients = WeightedGradients::trunk};
  for (const int number : {1, 2}) {
    const double cosine = number == 1 ? -0.6 : -0.2;
    recorded.history.push_back(epoch(number, {{"a/weight", 1.0},
                                              {"a~b/cosine", cosine},
                                              {"a~b/conflicts", 0.75},
                                              {"a~c/cosine", 0.1},
                                              {"a~c/conflicts", 0.25},
                                              {"b~c/cosine", kNone},
                                              {"b~c/conflicts", kNone},
                                              {"conflicts", 0.8},
                                              {"a~b/conv2d_1/cosine", 0.5},
                                              {"a~b/conv2d_1/conflicts", 0.0},
                                              {"a~c/conv2d_1/cosine", 0.3},
                                              {"a~c/conv2d_1/conflicts", 0.1},
                                              {"a~b/dense_1/cosine", -0.9},
                                              {"a~b/dense_1/conflicts", 1.0},
                                              {"a~c/dense_1/cosine", 0.04},
                                              {"a~c/dense_1/conflicts", 0.5}}));
  }
  return recorded;
}

TEST(ConflictHistory, FindsPairsLayersAndEpochsByTheirNames) {
  const RecordedConflicts recorded = of_the_trunk();
  const ConflictHistory history(recorded.tasks, recorded.history);
  EXPECT_EQ(history.pairs(),
            (std::vector<TaskPair>{{"a", "b"}, {"a", "c"}, {"b", "c"}}));
  EXPECT_EQ(history.layers(),
            (std::vector<std::string>{"conv2d_1", "dense_1", ""}));
  EXPECT_EQ(history.epochs(), (std::vector<int>{1, 2}));
  EXPECT_DOUBLE_EQ(history.mean(0, 2).cosine, -0.4);
  EXPECT_DOUBLE_EQ(history.mean(0, 2, 1, 2).cosine, -0.2);
  EXPECT_DOUBLE_EQ(history.mean(1, 1).share, 0.5);
  EXPECT_TRUE(std::isnan(history.mean(2, 0).cosine));
  EXPECT_DOUBLE_EQ(history.any_share(), 0.8);
}

TEST(ConflictHistory, AMeanLeavesOutEpochsWithoutACosine) {
  const std::vector<std::string> tasks{"a", "b"};
  const std::vector<EpochReport> reports{epoch(1, {{"a~b/cosine", kNone}}),
                                         epoch(2, {{"a~b/cosine", 0.5}})};
  EXPECT_EQ(ConflictHistory(tasks, reports).mean(0, 0).cosine, 0.5);
}

TEST(ConflictHistory, KeepsThePairsWithTheLowestCosines) {
  const RecordedConflicts recorded = of_the_trunk();
  ConflictHistory history(recorded.tasks, recorded.history);
  history.keep_most_conflicting(1);
  EXPECT_EQ(history.pairs(), (std::vector<TaskPair>{{"a", "b"}}));
  EXPECT_DOUBLE_EQ(history.mean(0, 2).cosine, -0.4);
}

TEST(ConflictsHtml, NumbersStandInTheirCells) {
  const std::string page = conflicts_html(of_the_trunk());
  EXPECT_NE(page.find("a ~ b, whole trunk: mean cosine " + std::string(kMinus) +
                      "0.40, in conflict in 75 % of the steps"),
            std::string::npos);
  EXPECT_NE(page.find("a ~ b, whole trunk, epoch 2: mean cosine " +
                      std::string(kMinus) + "0.20"),
            std::string::npos);
  EXPECT_NE(page.find("a ~ c, conv2d_1: mean cosine +0.30"), std::string::npos);
  EXPECT_NE(page.find("b ~ c, dense_1: no step in which both had a gradient"),
            std::string::npos);
  EXPECT_NE(page.find("The lowest: a ~ b, dense_1: mean cosine " +
                      std::string(kMinus) +
                      "0.90, in conflict in 100 % of the steps. Some pair "
                      "conflicted in 80 % of the steps."),
            std::string::npos);
  // The legend; two maps of pairs and layers; the trunk and its two layers
  // over the epochs.
  EXPECT_EQ(count_of(page, "<svg"), 6u);
  EXPECT_EQ(count_of(page, "role=\"cell\""), 11u + 2u * 3u * 3u + 3u * 3u * 2u);
}

TEST(ConflictsHtml, SharedFeaturesHaveOneColumn) {
  const RecordedConflicts recorded{
      .tasks = {"a", "b"},
      .history = {epoch(1, {{"a~b/cosine", 0.004}, {"a~b/conflicts", 0.5}})}};
  const std::string page = conflicts_html(recorded);
  EXPECT_NE(page.find("a ~ b, shared features: mean cosine 0.00, in conflict "
                      "in 50 % of the steps"),
            std::string::npos);
  EXPECT_EQ(page.find("whole trunk"), std::string::npos);
  EXPECT_EQ(count_of(page, "<svg"), 4u);
}

TEST(ConflictsHtml, NamesCannotBecomeMarkup) {
  const std::string evil = "<script>alert('1')</script>\"&";
  const RecordedConflicts recorded{
      .tasks = {evil, "b"},
      .history = {epoch(1, {{evil + "~b/cosine", -0.5},
                            {evil + "~b/conflicts", 1.0},
                            {evil + "~b/<img src=x>/cosine", -0.5},
                            {evil + "~b/<img src=x>/conflicts", 1.0}})}};
  const std::string page = conflicts_html(recorded);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_NE(page.find("&lt;img src=x&gt;"), std::string::npos);
  EXPECT_NE(page.find("&lt;script&gt;alert(&#39;1&#39;)"), std::string::npos);
}

TEST(ConflictsHtml, OfLongNamesBothBeginningsAreShown) {
  const std::string name = "a name that is longer than its place";
  const RecordedConflicts recorded{
      .tasks = {name, "b~c"},
      .history = {epoch(
          1, {{name + "~b~c/cosine", -0.5}, {name + "~b~c/conflicts", 1.0}})}};
  const std::string page = conflicts_html(recorded);
  EXPECT_NE(page.find(">a name that is long\xE2\x80\xA6 ~ b~c</text>"),
            std::string::npos);
  EXPECT_NE(page.find("<title>" + name + " ~ b~c</title>"), std::string::npos);
}

TEST(ConflictsHtml, NeedsNothingFromElsewhere) {
  const std::string page = conflicts_html(of_the_trunk());
  for (const char* part : {"http:", "https:", "src=", "url(", "@import",
                           "<link", "<script", "href"}) {
    EXPECT_EQ(page.find(part), std::string::npos) << part;
  }
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(page.find("prefers-color-scheme: dark"), std::string::npos);
}

TEST(ConflictsHtml, ManyEpochsShareColumns) {
  RecordedConflicts recorded{.tasks = {"a", "b"}};
  for (int number = 1; number <= 1000; ++number) {
    recorded.history.push_back(epoch(
        number,
        {{"a~b/cosine", number <= 7 ? -0.5 : 0.5}, {"a~b/conflicts", 0.0}}));
  }
  const std::string page = conflicts_html(recorded);
  EXPECT_NE(page.find("A column for 7 epochs; it is named by the first."),
            std::string::npos);
  EXPECT_NE(
      page.find("epochs 1 to 7: mean cosine " + std::string(kMinus) + "0.50"),
      std::string::npos);
  EXPECT_NE(page.find("epochs 995 to 1000: mean cosine +0.50"),
            std::string::npos);
}

TEST(ConflictsHtml, OfManyPairsTheMostConflictingAreShown) {
  RecordedConflicts recorded;
  MetricValues values;
  for (int i = 0; i < 13; ++i)
    recorded.tasks.push_back("t" + std::to_string(i));
  for (int i = 0; i < 13; ++i) {
    for (int j = i + 1; j < 13; ++j) {
      values.emplace_back(recorded.tasks[static_cast<std::size_t>(i)] + "~" +
                              recorded.tasks[static_cast<std::size_t>(j)] +
                              "/cosine",
                          i == 0 ? 0.9 : -0.01 * j);
    }
  }
  recorded.history = {epoch(1, values)};
  const std::string page = conflicts_html(recorded);
  EXPECT_NE(page.find("Shown are the 60 pairs with the lowest cosines of 78."),
            std::string::npos);
  EXPECT_EQ(page.find("t0 ~ t1,"), std::string::npos);
  EXPECT_NE(page.find("t11 ~ t12,"), std::string::npos);
}

TEST(ConflictsHtml, NothingRecordedGivesNoPage) {
  EXPECT_EQ(conflicts_html({}), "");
  EXPECT_EQ(conflicts_html({.tasks = {"a", "b"}}), "");
  EXPECT_EQ(conflicts_html({.tasks = {"a"}, .history = {epoch(1, {})}}), "");
  EXPECT_EQ(conflicts_html({.tasks = {"a", "b"}, .history = {epoch(1, {})}}),
            "");
}

TEST(HeatMap, SmallValuesAreToBeSeen) {
  EXPECT_EQ(heat(0.0), 0.0);
  EXPECT_EQ(heat(-1.0), 1.0);
  EXPECT_EQ(heat(3.0), 1.0);
  EXPECT_GT(heat(0.1), 0.15);
  EXPECT_EQ(heat(-0.3), heat(0.3));
}

TEST(HeatMap, IsATableToAScreenReader) {
  const std::string svg = heat_map_svg(
      {.title = "all \"pairs\"",
       .rows = {"a ~ b"},
       .columns = {"conv2d_1"},
       .cells = {{.value = -0.5, .text = "5", .meaning = "five & more"}}});
  for (const char* part :
       {"<svg role=\"table\" aria-label=\"all &quot;pairs&quot;\"",
        "<text role=\"columnheader\" class=\"name\"",
        "<text role=\"rowheader\" class=\"name\"",
        "<g role=\"cell\" aria-label=\"five &amp; more\">",
        "<title>five &amp; more</title>", "<rect class=\"conflict\""}) {
    EXPECT_NE(svg.find(part), std::string::npos) << part;
  }
}

TEST(HeatMap, NarrowCellsHaveATitleAndNoNumber) {
  HeatMap map{.title = "t",
              .rows = {"r"},
              .columns = {"1"},
              .cells = {{.value = 0.5, .text = "+0.50", .meaning = "half"}},
              .cell_width = 20};
  EXPECT_EQ(heat_map_svg(map).find("+0.50"), std::string::npos);
  EXPECT_NE(heat_map_svg(map).find("<title>half</title>"), std::string::npos);
  map.cell_width = 46;
  EXPECT_NE(heat_map_svg(map).find(">+0.50</text>"), std::string::npos);
}

TEST(HeatMap, LongNamesOfColumnsAreSlanted) {
  HeatMap map{.title = "t",
              .rows = {"r"},
              .columns = {"conv2d_1"},
              .cells = {{.value = 0.5, .text = "", .meaning = ""}}};
  EXPECT_EQ(heat_map_svg(map).find("rotate"), std::string::npos);
  map.columns = {"a name that no cell is wide enough for"};
  EXPECT_NE(heat_map_svg(map).find("rotate(-45)"), std::string::npos);
}

}  // namespace
}  // namespace polytask
