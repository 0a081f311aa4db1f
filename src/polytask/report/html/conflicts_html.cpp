#include "polytask/report/html/conflicts_html.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "polytask/base/number_text.h"
#include "polytask/base/text.h"
#include "polytask/report/conflict_history.h"
#include "polytask/report/html/assets.h"
#include "polytask/report/html/heat_map.h"
#include "polytask/report/html/html_page.h"
#include "polytask/report/html/html_text.h"

namespace polytask {
namespace {

constexpr std::size_t kMostPairs = 60;
constexpr std::size_t kMostCells = 60'000;  // of all maps over epochs
constexpr std::size_t kMostColumns = 160;   // of one of them
constexpr int kMostLetters = 20;            // of a task's name in a row
constexpr int kMapWidth = 920;              // pixels, for them

constexpr const char* kMinus = "\xE2\x88\x92";

// "−0.42", "+0.07", "0.00"
std::string signed_text(double value) {
  const std::string number = fixed_text(std::abs(value), 2);
  if (number == "0.00") return number;
  return (value < 0.0 ? kMinus : "+") + number;
}

std::string percent_text(double share) {
  return fixed_text(100.0 * share, 0) + " %";
}

// What a cell says of a place: "a ~ b, conv2d_1, epoch 3".
std::string meaning(const std::string& place, const ConflictNumbers& numbers) {
  if (std::isnan(numbers.cosine)) {
    return place + ": no step in which both had a gradient";
  }
  return cat(place, ": mean cosine ", signed_text(numbers.cosine),
             ", in conflict in ", percent_text(numbers.share), " of the steps");
}

HeatCell cosine_cell(const std::string& place, const ConflictNumbers& numbers) {
  const bool none = std::isnan(numbers.cosine);
  return {.value = numbers.cosine,
          .text = none ? "none" : signed_text(numbers.cosine),
          .meaning = meaning(place, numbers)};
}

// Half the steps is what gradients show that have nothing to do with one
// another, so it has the colour of a cosine of 0.
HeatCell share_cell(const std::string& place, const ConflictNumbers& numbers) {
  const bool none = std::isnan(numbers.share);
  return {.value = 1.0 - 2.0 * numbers.share,
          .text = none ? "none" : percent_text(numbers.share),
          .meaning = meaning(place, numbers)};
}

class Page {
 public:
  Page(ConflictHistory history, WeightedGradients gradients,
       std::size_t all_pairs)
      : history_(std::move(history)),
        whole_(gradients == WeightedGradients::trunk ? "whole trunk"
                                                     : "shared features"),
        all_pairs_(all_pairs) {
    for (const auto& [first, second] : history_.pairs()) {
      pairs_.push_back(cat(first, " ~ ", second));
      rows_.push_back(cat(shortened_text(first, kMostLetters), " ~ ",
                          shortened_text(second, kMostLetters)));
    }
  }

  [[nodiscard]] std::string html() const {
    std::string body = introduction() + legend();
    body += section("Cosine", "Means over all epochs.",
                    over_layers("Mean cosine by pair and layer", cosine_cell));
    body += section(
        "Share of conflicting steps",
        "Steps with a cosine below 0, of those in which both tasks had a "
        "gradient. Half of them is what unrelated gradients show.",
        over_layers("Share of conflicting steps by pair and layer",
                    share_cell));
    body += epochs();
    return html_page({.title = "Conflict between tasks",
                      .style = cat(kHeatMapStyle, kConflictsStyle),
                      .body = body});
  }

 private:
  using ToCell = HeatCell (*)(const std::string&, const ConflictNumbers&);

  static std::string section(const std::string& title, const std::string& text,
                             const std::string& map) {
    return cat("<section>\n<h2>", title, "</h2>\n<p class=\"soft\">", text,
               "</p>\n<div class=\"map\">", map, "</div>\n</section>\n");
  }

  [[nodiscard]] std::string name_of(std::size_t layer) const {
    const std::string& name = history_.layers()[layer];
    return name.empty() ? whole_ : name;
  }
  [[nodiscard]] std::string introduction() const;
  [[nodiscard]] std::string worst() const;
  [[nodiscard]] std::string over_layers(const std::string& title,
                                        ToCell to_cell) const;
  [[nodiscard]] std::string epochs() const;
  [[nodiscard]] std::string over_epochs(std::size_t layer) const;
  [[nodiscard]] std::size_t epochs_a_column() const;
  [[nodiscard]] std::string epochs_text(std::size_t first,
                                        std::size_t last) const;
  static std::string legend();

  ConflictHistory history_;
  std::string whole_;
  std::size_t all_pairs_;
  std::vector<std::string> pairs_;  // "a ~ b"
  std::vector<std::string> rows_;   // the same, not too long
};

std::string Page::introduction() const {
  std::string text = cat(
      "<p>The cosine between the gradients that two tasks have for the ",
      whole_ == "whole trunk" ? "parameters they share" : "features they share",
      ". Below 0 the two conflict: a small step that lowers the loss of one "
      "raises that of the other. Around 0 they leave one another alone; above "
      "0 they help.</p>\n<p>");
  text += worst();
  if (!std::isnan(history_.any_share())) {
    text += cat(" Some pair conflicted in ", percent_text(history_.any_share()),
                " of the steps.");
  }
  if (history_.pairs().size() < all_pairs_) {
    text += cat(" Shown are the ", history_.pairs().size(),
                " pairs with the lowest cosines of ", all_pairs_, ".");
  }
  return text + "</p>\n";
}

// The place with the lowest cosine.
std::string Page::worst() const {
  double lowest = 2.0;
  std::string place;
  ConflictNumbers numbers{};
  for (std::size_t p = 0; p < rows_.size(); ++p) {
    for (std::size_t l = 0; l < history_.layers().size(); ++l) {
      const ConflictNumbers found = history_.mean(p, l);
      if (!(found.cosine < lowest)) continue;
      lowest = found.cosine;
      numbers = found;
      place = cat(pairs_[p], ", ", name_of(l));
    }
  }
  if (place.empty()) return "No two tasks had a gradient in the same step.";
  return cat("The lowest: ", html_text(meaning(place, numbers)), '.');
}

std::string Page::over_layers(const std::string& title, ToCell to_cell) const {
  HeatMap map{.title = title, .rows = rows_, .whole_rows = pairs_};
  const std::size_t layers = history_.layers().size();
  for (std::size_t l = 0; l < layers; ++l) map.columns.push_back(name_of(l));
  for (std::size_t p = 0; p < rows_.size(); ++p) {
    for (std::size_t l = 0; l < layers; ++l) {
      map.cells.push_back(
          to_cell(cat(pairs_[p], ", ", name_of(l)), history_.mean(p, l)));
    }
  }
  return heat_map_svg(map);
}

std::size_t Page::epochs_a_column() const {
  const std::size_t rows = history_.pairs().size() * history_.layers().size();
  const std::size_t columns =
      std::clamp(kMostCells / rows, std::size_t{12}, kMostColumns);
  return (history_.epochs().size() + columns - 1) / columns;
}

std::string Page::epochs_text(std::size_t first, std::size_t last) const {
  const int begin = history_.epochs()[first];
  const int end = history_.epochs()[last - 1];
  if (begin == end) return cat("epoch ", begin);
  return cat("epochs ", begin, " to ", end);
}

std::string Page::over_epochs(std::size_t layer) const {
  const std::size_t count = history_.epochs().size();
  const std::size_t together = epochs_a_column();
  const std::size_t columns = (count + together - 1) / together;
  HeatMap map{
      .title = "Cosine by pair and epoch, " + name_of(layer),
      .rows = rows_,
      .whole_rows = pairs_,
      .cell_width = std::clamp(kMapWidth / static_cast<int>(columns), 5, 46)};
  const std::size_t between = static_cast<std::size_t>(32 / map.cell_width) + 1;
  for (std::size_t c = 0; c < columns; ++c) {
    const bool named = c % between == 0;
    map.columns.push_back(named ? cat(history_.epochs()[c * together])
                                : std::string());
  }
  for (std::size_t p = 0; p < rows_.size(); ++p) {
    for (std::size_t c = 0; c < columns; ++c) {
      const std::size_t first = c * together;
      const std::size_t last = std::min(count, first + together);
      map.cells.push_back(cosine_cell(
          cat(pairs_[p], ", ", name_of(layer), ", ", epochs_text(first, last)),
          history_.mean(p, layer, first, last)));
    }
  }
  return heat_map_svg(map);
}

// The whole, and each layer to be opened.
std::string Page::epochs() const {
  const std::size_t together = epochs_a_column();
  const std::string what = together == 1
                               ? "A column per epoch."
                               : cat("A column for ", together,
                                     " epochs; it is named by the first.");
  const std::size_t last = history_.layers().size() - 1;
  std::string text =
      section("Cosine over the epochs, " + whole_, what, over_epochs(last));
  if (last == 0) return text;
  text += "<section>\n<h2>Cosine over the epochs, by layer</h2>\n";
  for (std::size_t l = 0; l < last; ++l) {
    text += cat("<details", l == 0 ? " open" : "", "><summary>",
                html_text(name_of(l)), "</summary>\n<div class=\"map\">",
                over_epochs(l), "</div></details>\n");
  }
  return text + "</section>\n";
}

std::string Page::legend() {
  constexpr std::array kTicks{-1.0, -0.75, -0.5, -0.25, -0.1, 0.0,
                              0.1,  0.25,  0.5,  0.75,  1.0};
  HeatMap map{
      .title = "The colours of cosines", .rows = {"cosine"}, .cell_width = 54};
  for (const double tick : kTicks) {
    map.columns.emplace_back(tick == -1.0  ? "conflict"
                             : tick == 0.0 ? "unrelated"
                             : tick == 1.0 ? "help"
                                           : "");
    map.cells.push_back({.value = tick,
                         .text = signed_text(tick),
                         .meaning = "colour of " + signed_text(tick)});
  }
  return cat("<div class=\"map legend\">", heat_map_svg(map), "</div>\n");
}

}  // namespace

std::string conflicts_html(const RecordedConflicts& recorded) {
  ConflictHistory history(recorded.tasks, recorded.history);
  if (history.empty()) return "";
  const std::size_t all_pairs = history.pairs().size();
  history.keep_most_conflicting(kMostPairs);
  return Page(std::move(history), recorded.gradients, all_pairs).html();
}

}  // namespace polytask
