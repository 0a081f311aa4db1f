#include "polytask/metrics/paired.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/metrics/resampling.h"
#include "polytask/metrics/verdict.h"

namespace polytask {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();
constexpr int kSeedsAfterOne = 3;

using Seeds = std::vector<std::vector<RatioTerm>>;

void add_other_lengths(const char* model, const Seeds& seeds,
                       std::size_t images, std::vector<std::string>& problems) {
  for (std::size_t s = 0; s < seeds.size(); ++s) {
    if (seeds[s].size() == images) continue;
    problems.push_back(cat(model, ", seed ", s, ": expected ", images,
                           " images as in the first, found ", seeds[s].size()));
  }
}

void require_fitting_sizes(const PairedInput& input) {
  std::vector<std::string> problems;
  if (input.candidate.empty() ||
      input.candidate.size() != input.reference.size()) {
    problems.push_back(
        cat("expected at least 1 seed and as many in both, "
            "found candidate=",
            input.candidate.size(), " reference=", input.reference.size()));
  }
  if (!input.candidate.empty()) {
    const std::size_t images = input.candidate.front().size();
    add_other_lengths("candidate", input.candidate, images, problems);
    add_other_lengths("reference", input.reference, images, problems);
  }
  if (problems.empty()) return;
  throw Error(Fault::shape, "paired difference:" + bullet_list(problems));
}

void require_finite(const char* model, const Seeds& seeds) {
  for (std::size_t s = 0; s < seeds.size(); ++s) {
    for (std::size_t i = 0; i < seeds[s].size(); ++i) {
      const RatioTerm& term = seeds[s][i];
      if (term.denominator == 0.0) continue;
      if (std::isfinite(term.numerator) && std::isfinite(term.denominator) &&
          term.denominator > 0.0) {
        continue;
      }
      throw Error(Fault::data,
                  cat("paired difference: ", model, ", seed ", s, ", image ", i,
                      ": expected a finite numerator and a denominator of 0 or "
                      "more, found ",
                      term.numerator, " over ", term.denominator));
    }
  }
}

// NaN where the denominators sum to 0.
double value_of_seed(std::span<const RatioTerm> images,
                     std::span<const std::uint32_t> times, double scale) {
  RatioTerm sum;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (images[i].denominator == 0.0) continue;
    sum.numerator += times[i] * images[i].numerator;
    sum.denominator += times[i] * images[i].denominator;
  }
  return sum.denominator > 0.0 ? scale * sum.numerator / sum.denominator
                               : kUndefined;
}

std::vector<double> values_of_seeds(const Seeds& seeds,
                                    std::span<const std::uint32_t> times,
                                    double scale) {
  std::vector<double> values;
  for (const std::vector<RatioTerm>& images : seeds) {
    values.push_back(value_of_seed(images, times, scale));
  }
  return values;
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) /
         static_cast<double>(values.size());
}

double deviation_over_seeds(std::span<const double> values) {
  const double middle = mean(values);
  double squares = 0.0;
  for (const double v : values) squares += (v - middle) * (v - middle);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

bool counts(const Seeds& seeds, std::size_t image) {
  for (const std::vector<RatioTerm>& images : seeds) {
    if (images[image].denominator > 0.0) return true;
  }
  return false;
}

Number number_of(double value, std::int64_t images) {
  if (images == 0 || std::isnan(value)) {
    return {.reason = "no observed image"};
  }
  if (!std::isfinite(value)) return {.n = images, .reason = "not finite"};
  return {.value = value, .n = images};
}

// Values on the images themselves; on each draw of them thereafter.
void set_values(const PairedInput& input, PairedDifference& result) {
  const std::size_t images = input.candidate.front().size();
  const std::vector<std::uint32_t> once(images, 1u);
  std::vector<double> of_seeds =
      values_of_seeds(input.candidate, once, input.scale);
  const std::vector<double> reference =
      values_of_seeds(input.reference, once, input.scale);
  std::int64_t candidates = 0, references = 0, both = 0;
  for (std::size_t i = 0; i < images; ++i) {
    const bool one = counts(input.candidate, i);
    const bool other = counts(input.reference, i);
    candidates += one ? 1 : 0;
    references += other ? 1 : 0;
    both += one && other ? 1 : 0;
  }
  result.candidate = number_of(mean(of_seeds), candidates);
  result.reference = number_of(mean(reference), references);
  for (std::size_t s = 0; s < of_seeds.size(); ++s) of_seeds[s] -= reference[s];
  result.difference = number_of(mean(of_seeds), both);
  if (!result.difference.value) return;
  if (of_seeds.size() > 1) {
    result.deviation = deviation_over_seeds(of_seeds);
    result.seed_error =
        *result.deviation / std::sqrt(static_cast<double>(of_seeds.size()));
  }
  result.of_seeds = std::move(of_seeds);
}

// Adds what each image adds to the mean over the seeds of a model's value, less
// the value itself.
//   sign   -1 for the reference
void add_influences(const Seeds& seeds, double scale, double sign,
                    std::vector<double>& influences) {
  const std::vector<std::uint32_t> once(influences.size(), 1u);
  for (const std::vector<RatioTerm>& images : seeds) {
    const double value = value_of_seed(images, once, scale);
    double total = 0.0;
    for (const RatioTerm& term : images) total += term.denominator;
    for (std::size_t i = 0; i < images.size(); ++i) {
      if (images[i].denominator == 0.0) continue;
      influences[i] +=
          sign * (scale * images[i].numerator - value * images[i].denominator) /
          (total * static_cast<double>(seeds.size()));
    }
  }
}

// What one image can add to a value.
double largest_part(const Seeds& seeds, const PairedInput& input) {
  const bool share = input.direction == Direction::higher_is_better;
  double largest = 0.0;
  for (const std::vector<RatioTerm>& images : seeds) {
    double total = 0.0;
    double most = 0.0;
    for (const RatioTerm& term : images) {
      if (term.denominator == 0.0) continue;
      total += term.denominator;
      most = std::max(
          {most, std::abs(term.numerator), share ? term.denominator : 0.0});
    }
    largest = std::max(largest, std::abs(input.scale) * most / total);
  }
  return largest;
}

double image_error_of(const PairedInput& input, std::int64_t count) {
  std::vector<double> influences(input.candidate.front().size());
  add_influences(input.candidate, input.scale, 1.0, influences);
  add_influences(input.reference, input.scale, -1.0, influences);
  double squares = 0.0;
  for (const double e : influences) squares += e * e;
  const auto n = static_cast<double>(count);
  return std::max({std::sqrt(n / (n - 1.0) * squares),
                   largest_part(input.candidate, input),
                   largest_part(input.reference, input)});
}

// Of the two values alone.
void set_intervals(const PairedInput& input, const BootstrapOptions& options,
                   PairedDifference& result) {
  Resampling resampling(input.candidate.front().size(), options);
  if (result.difference.n < 2) return;
  std::vector<double> candidate, reference;
  for (int r = 0; r < resampling.count(); ++r) {
    const std::span<const std::uint32_t> times = resampling.draw(r);
    candidate.push_back(
        mean(values_of_seeds(input.candidate, times, input.scale)));
    reference.push_back(
        mean(values_of_seeds(input.reference, times, input.scale)));
  }
  set_interval(candidate, result.candidate);
  set_interval(reference, result.reference);
}

void judge(const PairedInput& input, PairedDifference& result) {
  Number& difference = result.difference;
  if (!difference.value || difference.n < 2) return;
  const bool share = input.direction == Direction::higher_is_better;
  result.image_error = image_error_of(input, difference.n);
  result.margin =
      share ? input.margin : input.margin * std::abs(*result.reference.value);
  if (!result.seed_error) {
    result.needed.seeds = kSeedsAfterOne;
    return;
  }
  const Uncertainty of{
      .seed_error = *result.seed_error,
      .image_error = *result.image_error,
      .seeds = static_cast<std::int64_t>(result.of_seeds.size()),
      .images = difference.n};
  const double half = half_width(of);
  difference.low = *difference.value - half;
  difference.high = *difference.value + half;
  const double better = share ? *difference.value : -*difference.value;
  result.verdict = verdict_on(better - half, better + half, result.margin);
  if (result.verdict == Verdict::undecided) {
    result.needed = needed_for(better, result.margin, of);
  }
}

void require_margin(double margin) {
  if (std::isfinite(margin) && margin >= 0.0) return;
  throw Error(
      Fault::config,
      cat("paired difference: margin: expected 0 or more, found ", margin));
}

}  // namespace

PairedDifference paired_difference(const PairedInput& input,
                                   const BootstrapOptions& options) {
  require_fitting_sizes(input);
  require_finite("candidate", input.candidate);
  require_finite("reference", input.reference);
  require_margin(input.margin);
  PairedDifference result;
  set_values(input, result);
  set_intervals(input, options, result);
  judge(input, result);
  return result;
}

std::string to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::better:
      return "better";
    case Verdict::worse:
      return "worse";
    case Verdict::as_good:
      return "as good";
    case Verdict::undecided:
      return "undecided";
  }
  return {};
}

}  // namespace polytask
