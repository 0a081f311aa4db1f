#include "polytask/report/html/missing_study_html.h"

#include <algorithm>
#include <vector>

#include "polytask/base/number_text.h"
#include "polytask/base/text.h"
#include "polytask/report/html/assets.h"
#include "polytask/report/html/html_page.h"
#include "polytask/report/html/html_text.h"
#include "polytask/report/html/line_chart.h"
#include "polytask/report/missing_study_numbers.h"
#include "polytask/task/kind_traits.h"

namespace polytask {
namespace {

constexpr const char* kPlusMinus = " \xC2\xB1 ";

enum class Band { none, of_seeds, of_images };

std::string spread_text(const Spread& spread) {
  if (!spread.mean) return "-";
  if (!spread.deviation) return fixed_text(*spread.mean, 4);
  return cat(fixed_text(*spread.mean, 4), kPlusMinus,
             fixed_text(*spread.deviation, 4));
}

const TaskEvaluation& evaluation_of(const MissingStudy& study,
                                    std::size_t task) {
  const MissingTraining& first = study.points.front().trainings.front();
  return first.result.evaluation.tasks[task];
}

// Of the test images, so the same for every training.
std::optional<double> baseline_of(const MissingStudy& study, std::size_t task) {
  const std::string& metric = study.points.front().tasks[task].metric;
  for (const auto& [name, number] : evaluation_of(study, task).metrics) {
    if (name == metric) return number.baseline;
  }
  return std::nullopt;
}

Band band_of(const MissingStudy& study, std::size_t task) {
  Band band = Band::none;
  for (const MissingPoint& point : study.points) {
    if (score_of(point, task).deviation) return Band::of_seeds;
    const Number& number = point.tasks[task].scores.candidate;
    if (number.low && number.high) band = Band::of_images;
  }
  return band;
}

// Of the score: "share of the labels".
std::string unit_of(const MissingStudy& study, std::size_t task) {
  const TaskEvaluation& evaluation = evaluation_of(study, task);
  if (const KindTraits* const kind = kind_named(evaluation.kind)) {
    if (kind->form == AnswerForm::labels) return "share of the labels";
    if (kind->form == AnswerForm::classes) {
      return kind->ordered ? "classes" : "share of the images";
    }
    if (kind->counted) return "counted things";
  }
  const std::string& metric = study.points.front().tasks[task].metric;
  const bool one = std::ranges::any_of(
      evaluation.metrics,
      [&](const auto& named) { return named.first == metric; });
  return one ? "unit of the answers" : "standard deviations";
}

ChartPoint chart_point(const MissingPoint& point, std::size_t task, Band band) {
  const Spread score = score_of(point, task);
  const Number& number = point.tasks[task].scores.candidate;
  ChartPoint at{.x = 100.0 * point.hidden, .y = score.mean};
  at.meaning = cat(to_text(point.policy), ", ", percent_text(point.hidden),
                   " hidden: ", spread_text(score));
  if (band == Band::of_seeds && score.deviation) {
    at.low = *score.mean - *score.deviation;
    at.high = *score.mean + *score.deviation;
  }
  if (band == Band::of_images && number.low && number.high) {
    at.low = number.low;
    at.high = number.high;
    at.meaning += cat(", 95 % interval ", interval_text(number));
  }
  return at;
}

// Points come policy by policy.
std::string chart(const MissingStudy& study, std::size_t task) {
  const TaskDifference& score = study.points.front().tasks[task];
  LineChart chart{
      .title = cat(score.task, ": ", score.metric,
                   " by the share of hidden answers; its numbers stand below"),
      .x_label = "answers hidden from the training (%)",
      .y_label = cat(score.metric, " (", unit_of(study, task), ")"),
      .level = baseline_of(study, task)};
  if (chart.level) {
    chart.level_name = "baseline " + fixed_text(*chart.level, 4);
  }
  const Band band = band_of(study, task);
  for (const MissingPoint& point : study.points) {
    const std::string name = to_text(point.policy);
    if (chart.lines.empty() || chart.lines.back().name != name) {
      chart.lines.push_back({.name = name});
    }
    chart.lines.back().points.push_back(chart_point(point, task, band));
  }
  return line_chart_svg(chart);
}

std::string row(const std::vector<std::string>& cells, const char* tag) {
  std::string text = "<tr>";
  for (const std::string& cell : cells) {
    text += cat('<', tag, '>', html_text(cell), "</", tag, '>');
  }
  return text + "</tr>\n";
}

std::string table(const std::vector<std::string>& head,
                  const std::string& rows) {
  const bool judged = head.back() == "verdict";
  return cat("<div class=\"map\"><table", judged ? " class=\"judged\"" : "",
             ">\n<thead>", row(head, "th"), "</thead>\n<tbody>\n", rows,
             "</tbody>\n</table></div>\n");
}

std::string task_table(const MissingStudy& study, std::size_t task) {
  const MissingPoint& reference = study.points.front();
  const bool has_f1 = metric_of(reference, task, "macro_f1").mean.has_value();
  std::vector<std::string> head{"policy", "hidden", "score"};
  if (has_f1) head.emplace_back("macro_f1");
  for (const char* name : {"difference", "95 % interval", "verdict"}) {
    head.emplace_back(name);
  }
  std::string rows;
  for (const MissingPoint& point : study.points) {
    const PairedDifference& s = point.tasks[task].scores;
    std::vector<std::string> cells{to_text(point.policy),
                                   percent_text(point.hidden),
                                   spread_text(score_of(point, task))};
    if (has_f1) {
      cells.push_back(spread_text(metric_of(point, task, "macro_f1")));
    }
    if (&point == &reference) {
      cells.insert(cells.end(), {"-", "-", "reference"});
    } else {
      const std::optional<double>& d = s.difference.value;
      cells.insert(cells.end(),
                   {d ? fixed_text(*d, 4) : "-", interval_text(s.difference),
                    to_text(s.verdict)});
    }
    rows += row(cells, "td");
  }
  return table(head, rows);
}

// A single level has bars in place of bands.
std::string what_band_is(const MissingStudy& study, std::size_t task) {
  const bool one_level =
      study.points.front().hidden == study.points.back().hidden;
  const char* what = one_level ? "The bar: " : "The band: ";
  switch (band_of(study, task)) {
    case Band::of_seeds:
      return cat(what, "the mean", kPlusMinus,
                 "one standard deviation over the ", study.seeds, " seeds.");
    case Band::of_images:
      return cat(what,
                 "the 95 % interval over the test images; it does not "
                 "speak of other trainings.");
    case Band::none:
      break;
  }
  return "";
}

std::string task_section(const MissingStudy& study, std::size_t task) {
  const TaskDifference& score = study.points.front().tasks[task];
  std::string text =
      cat("<section>\n<h2>", html_text(score.task), "</h2>\n<p class=\"soft\">",
          html_text(score.metric),
          score.direction == Direction::lower_is_better ? ", less is better. "
                                                        : ", more is better. ",
          what_band_is(study, task));
  if (baseline_of(study, task)) {
    text += " The baseline: the best answer that ignores the image.";
  }
  return cat(text, "</p>\n<div class=\"map\">", chart(study, task), "</div>\n",
             task_table(study, task), "</section>\n");
}

std::string values_section(const MissingStudy& study) {
  if (study.values.empty()) return {};
  std::string rows;
  for (const AnswerValue& value : study.values) {
    rows +=
        row({value.task + '/' + value.label, fixed_text(value.from_observed, 0),
             fixed_text(value.to_observed, 0),
             spread_text({value.f1_gain, value.deviation}),
             value.f1_per_100 ? fixed_text(*value.f1_per_100, 4) : "-"},
            "td");
  }
  return cat(
      "<section>\n<h2>f1 gained by more answers</h2>\n<p "
      "class=\"soft\">Under the policy ignore, from one number of answers in "
      "the training to another; per 100 answers where they differ by at "
      "least 100.</p>\n",
      table({"label", "from", "to", "f1 gained", "per 100"}, rows),
      "</section>\n");
}

const char* meaning_of(UnknownPolicy policy) {
  switch (policy) {
    case UnknownPolicy::ignore:
      return "is in no loss and no gradient";
    case UnknownPolicy::negative:
      return "is taken as no";
    case UnknownPolicy::weak_negative:
      return "is taken as no with the weight 1 / (labels \xE2\x88\x92 1)";
    case UnknownPolicy::pseudo_label:
      break;
  }
  return "is what the network trained under ignore answers, where that gives "
         "at least .9 or at most .1";
}

std::string introduction(const MissingStudy& study) {
  std::string text =
      cat("<p>", html_text(images_text(study)),
          ".</p>\n<p class=\"soft\">Differences are from the first line of a "
          "table; intervals are over seeds and images together; ",
          html_text(margin_text(study)),
          ". An unknown label of a multilabel task:</p>\n<ul "
          "class=\"soft\">\n");
  std::vector<UnknownPolicy> seen;
  for (const MissingPoint& point : study.points) {
    if (std::ranges::count(seen, point.policy) > 0) continue;
    seen.push_back(point.policy);
    text += cat("<li>", to_text(point.policy), ": ", meaning_of(point.policy),
                "</li>\n");
  }
  return text + "</ul>\n";
}

}  // namespace

std::string missing_study_html(const MissingStudy& study) {
  std::string body = introduction(study);
  for (std::size_t t = 0; t < study.points.front().tasks.size(); ++t) {
    body += task_section(study, t);
  }
  return html_page({.title = "What missing labels cost",
                    .style = cat(kLineChartStyle, kMissingStudyStyle),
                    .body = body + values_section(study)});
}

}  // namespace polytask
