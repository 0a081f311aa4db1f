#include "polytask/metrics/verdict.h"

#include <algorithm>
#include <cmath>

#include "polytask/base/text.h"
#include "polytask/metrics/student_t.h"

namespace polytask {
namespace {

constexpr std::int64_t kMostSeeds = 100;
constexpr double kMostTimesImages = 1000.0;

double squared(double value) { return value * value; }

// The seeds' part of the squared half width with that many of them.
double part_of_seeds(const Uncertainty& of, std::int64_t seeds) {
  return squared(student_t_975(seeds - 1) * of.seed_error) *
         static_cast<double>(of.seeds) / static_cast<double>(seeds);
}

double part_of_images(const Uncertainty& of) {
  return squared(student_t_975(of.images - 1) * of.image_error);
}

std::optional<int> seeds_within(const Uncertainty& of, double squares) {
  for (std::int64_t seeds = of.seeds; seeds <= kMostSeeds; ++seeds) {
    if (part_of_seeds(of, seeds) < squares) return static_cast<int>(seeds);
  }
  return std::nullopt;
}

std::optional<std::int64_t> images_within(const Uncertainty& of,
                                          double squares) {
  if (squares <= 0.0) return std::nullopt;
  const double times = std::max(1.0, part_of_images(of) / squares);
  if (times > kMostTimesImages) return std::nullopt;
  return static_cast<std::int64_t>(
             std::floor(times * static_cast<double>(of.images))) +
         1;
}

// 2341 as 2400.
std::int64_t rounded_up(std::int64_t count) {
  std::int64_t unit = 1;
  while (count / unit >= 100) unit *= 10;
  return (count + unit - 1) / unit * unit;
}

}  // namespace

double half_width(const Uncertainty& of) {
  return std::sqrt(part_of_seeds(of, of.seeds) + part_of_images(of));
}

Verdict verdict_on(double low, double high, double margin) {
  if (low > 0.0) return Verdict::better;
  if (high < 0.0) return Verdict::worse;
  return low > -margin ? Verdict::as_good : Verdict::undecided;
}

Needed needed_for(double better, double margin, const Uncertainty& of) {
  // Narrow enough that it leaves 0 or the margin outside.
  const double squares = squared(std::max(std::abs(better), better + margin));
  Needed needed{
      .seeds = seeds_within(of, squares - part_of_images(of)),
      .images = images_within(of, squares - part_of_seeds(of, of.seeds))};
  if (needed.seeds || needed.images) return needed;
  needed.seeds = seeds_within(of, squares / 2.0);
  needed.images = images_within(of, squares / 2.0);
  needed.both = needed.seeds && needed.images;
  return needed.both ? needed : Needed{};
}

std::string to_text(const Needed& needed) {
  const std::string images =
      needed.images ? cat(rounded_up(*needed.images), " test images") : "";
  if (needed.seeds && needed.images) {
    return needed.both
               ? cat("about ", *needed.seeds, " seeds and ", images,
                     " together")
               : cat("about ", *needed.seeds, " seeds, or about ", images);
  }
  if (needed.seeds) return cat("about ", *needed.seeds, " seeds");
  if (needed.images) return cat("about ", images);
  return "more than 100 seeds and a thousand times the images";
}

}  // namespace polytask
