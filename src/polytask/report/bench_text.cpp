#include "polytask/report/bench_text.h"

#include <algorithm>

#include "polytask/base/json.h"
#include "polytask/base/number_text.h"
#include "polytask/base/text.h"
#include "polytask/report/document_version.h"
#include "polytask/report/terminal_text.h"

namespace polytask {
namespace {

constexpr std::size_t kWidth = 10;

// The value below which this share of the values lies, between neighbours in
// proportion.
double quantile(std::vector<double> values, double share) {
  std::ranges::sort(values);
  const double at = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] +
         (at - static_cast<double>(below)) * (values[above] - values[below]);
}

// What follows from the numbers of a report.
struct Summary {
  double peak;               // FLOP/s: the best
  double median, low, high;  // seconds a step; the middle half lies between
  double thread_seconds;     // of a step on average, all threads
  double elsewhere;          // the part of them that no layer has
  double nominal_flops = 0.0;
  double executed_flops = 0.0;

  explicit Summary(const BenchReport& report)
      : peak(quantile(report.peak_flops_a_second, 1.0)),
        median(quantile(report.step_seconds, 0.5)),
        low(quantile(report.step_seconds, 0.25)),
        high(quantile(report.step_seconds, 0.75)) {
    double sum = 0.0;
    for (const double seconds : report.step_seconds) sum += seconds;
    thread_seconds =
        sum * report.threads / static_cast<double>(report.step_seconds.size());
    elsewhere = thread_seconds;
    for (const PassReport& pass : report.passes) {
      elsewhere -= pass.seconds;
      nominal_flops += pass.nominal_flops;
      executed_flops += pass.executed_flops;
    }
  }
};

// FLOP/s of all threads in one pass.
double speed(double flops, const PassReport& pass, const BenchReport& report) {
  return pass.seconds > 0.0 ? flops * report.threads / pass.seconds : 0.0;
}

Json pass_json(const PassReport& pass, const BenchReport& report,
               const Summary& summary) {
  const double executed = speed(pass.executed_flops, pass, report);
  Json json{{"layer", pass.layer},
            {"pass", pass.pass},
            {"ms", 1e3 * pass.seconds},
            {"share", pass.seconds / summary.thread_seconds},
            {"nominal_gflop", pass.nominal_flops / 1e9},
            {"executed_gflop", pass.executed_flops / 1e9},
            {"nominal_gflops", speed(pass.nominal_flops, pass, report) / 1e9},
            {"executed_gflops", executed / 1e9},
            {"share_of_peak", executed / summary.peak}};
  if (pass.alive) json["alive_windows"] = *pass.alive;
  if (pass.density) json["gradient_density"] = *pass.density;
  return json;
}

Json step_json(const BenchReport& report, const Summary& summary) {
  std::vector<double> ms;
  for (const double seconds : report.step_seconds) ms.push_back(1e3 * seconds);
  return {{"median_ms", 1e3 * summary.median},
          {"low_ms", 1e3 * summary.low},
          {"high_ms", 1e3 * summary.high},
          {"all_ms", ms},
          {"nominal_gflop", summary.nominal_flops / 1e9},
          {"executed_gflop", summary.executed_flops / 1e9},
          {"nominal_gflops", summary.nominal_flops / summary.median / 1e9},
          {"executed_gflops", summary.executed_flops / summary.median / 1e9},
          {"share_of_peak",
           summary.executed_flops / summary.median / summary.peak}};
}

std::string cell(double value, int decimals) {
  return right(fixed_text(value, decimals), kWidth);
}

std::string percent(double share) {
  return right(cat(fixed_text(100.0 * share, 1), " %"), kWidth);
}

// Nominal and executed speed and its share of the peak; empty for what only
// moves data.
std::string speed_cells(double nominal, double executed, double peak) {
  if (nominal == 0.0) return std::string(3 * kWidth, ' ');
  return cat(cell(nominal / 1e9, 1), cell(executed / 1e9, 1),
             percent(executed / peak));
}

std::string pass_line(const PassReport& pass, const BenchReport& report,
                      const Summary& summary, std::size_t names) {
  return cat(
      left(printable(pass.layer), names), "  ", left(pass.pass, 8),
      cell(1e3 * pass.seconds, 1),
      percent(pass.seconds / summary.thread_seconds),
      speed_cells(speed(pass.nominal_flops, pass, report),
                  speed(pass.executed_flops, pass, report), summary.peak),
      pass.alive && pass.density ? percent(*pass.alive) + percent(*pass.density)
                                 : "");
}

std::string without_end_spaces(const std::string& line) {
  return line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
}

std::string layer_lines(const BenchReport& report, const Summary& summary) {
  std::size_t names = 0;
  for (const PassReport& pass : report.passes) {
    names = std::max(names, display_width(printable(pass.layer)));
  }
  std::string text =
      cat(left("layer", names), "  ", left("pass", 8), right("ms", kWidth),
          right("share", kWidth), right("nominal", kWidth),
          right("executed", kWidth), right("of peak", kWidth),
          right("alive", kWidth), right("density", kWidth), '\n');
  for (const PassReport& pass : report.passes) {
    text += without_end_spaces(pass_line(pass, report, summary, names));
  }
  text += cat(left("elsewhere", names), "  ", left("", 8),
              cell(1e3 * summary.elsewhere, 1),
              percent(summary.elsewhere / summary.thread_seconds), '\n');
  text +=
      cat(left("whole step", names), "  ", left("", 8),
          cell(1e3 * summary.thread_seconds, 1), percent(1.0),
          speed_cells(summary.nominal_flops / summary.median,
                      summary.executed_flops / summary.median, summary.peak),
          '\n');
  return text;
}

std::string data_text(const BenchSubject& subject) {
  return subject.random_pixels ? std::string("random pixels") : subject.data;
}

}  // namespace

std::string bench_json(const BenchSubject& subject, const BenchReport& report) {
  const Summary summary(report);
  Json layers = Json::array();
  for (const PassReport& pass : report.passes) {
    layers.push_back(pass_json(pass, report, summary));
  }
  const Json json{
      {"version", kDocumentVersion},
      {"polytask", POLYTASK_VERSION},
      {"recipe", subject.recipe},
      {"data", data_text(subject)},
      {"random_pixels", subject.random_pixels},
      {"image", subject.image},
      {"batch", report.batch},
      {"processor", subject.processor},
      {"vector_extensions", subject.vector_extensions},
      {"threads", report.threads},
      {"peak_gflops", summary.peak / 1e9},
      {"peak_low_gflops", quantile(report.peak_flops_a_second, 0.25) / 1e9},
      {"peak_high_gflops", quantile(report.peak_flops_a_second, 0.75) / 1e9},
      {"layers", layers},
      {"elsewhere_ms", 1e3 * summary.elsewhere},
      {"step", step_json(report, summary)},
      {"images_per_second", report.batch / summary.median},
      {"peak_memory_bytes", subject.peak_memory_bytes}};
  return json.text(2) + "\n";
}

std::string bench_table(const BenchSubject& subject,
                        const BenchReport& report) {
  const Summary summary(report);
  return cat(
      subject.processor, ", ", subject.vector_extensions, ", ", report.threads,
      report.threads == 1 ? " thread\n" : " threads\n",
      printable(data_text(subject)), ", images ", to_text(subject.image), ", ",
      report.batch, " a batch\n\n", layer_lines(report, summary),
      "\nms: of a step, summed over threads; nominal, executed: GFLOP/s of all "
      "threads, without\nand with zeros skipped; alive: windows that pass a "
      "gradient back; density: share of the\npooled gradient that is not 0\n\n",
      "peak    ", cell(summary.peak / 1e9, 1), " GFLOP/s in fp32, the best of ",
      report.peak_flops_a_second.size(), "; half of them between ",
      fixed_text(quantile(report.peak_flops_a_second, 0.25) / 1e9, 1), " and ",
      fixed_text(quantile(report.peak_flops_a_second, 0.75) / 1e9, 1), '\n',
      "step    ", cell(1e3 * summary.median, 1), " ms, median of ",
      report.step_seconds.size(), "; half of them between ",
      fixed_text(1e3 * summary.low, 1), " and ",
      fixed_text(1e3 * summary.high, 1), '\n', "speed   ",
      cell(report.batch / summary.median, 1), " images/s\n", "memory  ",
      cell(static_cast<double>(subject.peak_memory_bytes) / 1e6, 1),
      " MB at most, data included\n");
}

}  // namespace polytask
