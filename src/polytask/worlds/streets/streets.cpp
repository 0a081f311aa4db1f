#include "polytask/worlds/worlds.h"

#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/thread_pool.h"
#include "polytask/data/array_dataset.h"
#include "polytask/worlds/streets/dashcam.h"
#include "polytask/worlds/streets/street_scene.h"

namespace polytask {
namespace {

constexpr std::int64_t kMostStreets = 10'000'000;
constexpr int kLeastSide = 32;
constexpr int kMostSide = 4096;
constexpr std::size_t kColumns = 8;
constexpr std::uint64_t kHiding = 0x68696465;  // a stream of its own
constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

void check(const StreetOptions& options) {
  std::vector<std::string> problems;
  const auto need = [&](const char* what, std::int64_t value,
                        std::int64_t least, std::int64_t most) {
    if (value >= least && value <= most) return;
    problems.push_back(
        cat(what, ": expected ", least, " to ", most, ", found ", value));
  };
  need("count", options.count, 0, kMostStreets);
  need("height", options.height, kLeastSide, kMostSide);
  need("width", options.width, kLeastSide, kMostSide);
  need("threads", options.threads, 0, 1024);
  if (!(options.missing >= 0.0f && options.missing <= 1.0f)) {
    problems.push_back(
        cat("missing: expected 0 to 1, found ", options.missing));
  }
  if (problems.empty()) return;
  throw Error(Fault::config, cat("draw streets: ", join(problems, "; ")));
}

DatasetSpec spec_of(const StreetOptions& options) {
  DatasetSpec spec;
  spec.height = options.height;
  spec.width = options.width;
  spec.channels = 3;
  spec.labels = {"objects/pedestrian",    "objects/car", "objects/stop sign",
                 "objects/traffic light", "weather",     "time",
                 "pedestrians",           "distance"};
  spec.classes = {{"weather", {"clear", "cloudy", "rain", "fog", "snow"}},
                  {"time", {"day", "dusk", "night"}}};
  return spec;
}

std::array<float, kColumns> columns_of(const draw::StreetAnswers& answers) {
  const auto yes = [](bool is) { return is ? 1.0f : 0.0f; };
  return {yes(answers.pedestrians > 0),
          yes(answers.nearest_car.has_value()),
          yes(answers.stop_sign),
          yes(answers.traffic_light),
          static_cast<float>(answers.weather),
          static_cast<float>(answers.hour),
          static_cast<float>(answers.pedestrians),
          answers.nearest_car.value_or(kNone)};
}

void draw_one(const StreetOptions& options, std::int64_t index,
              std::span<std::uint8_t> rgb, std::span<float> targets) {
  const auto number = static_cast<std::uint64_t>(index);
  draw::Dice dice(options.seed, number);
  draw::Canvas canvas(options.height, options.width);
  draw::StreetPlan plan = draw::plan_street(dice, canvas.aspect());
  draw::paint_street(canvas, plan);
  draw::take_frame(canvas, plan.now, dice, rgb);
  const auto columns = columns_of(draw::answers_of(plan));
  draw::Dice hide(options.seed ^ kHiding, number);
  for (std::size_t k = 0; k < kColumns; ++k) {
    targets[k] = hide.chance(options.missing) ? kNone : columns[k];
  }
}

}  // namespace

DatasetPtr draw_streets(const StreetOptions& options) {
  check(options);
  ArrayContent content;
  content.spec = spec_of(options);
  content.size = options.count;
  content.source = "streets";
  const auto count = static_cast<std::size_t>(options.count);
  content.targets.resize(count * kColumns);
  for (std::int64_t i = 0; i < options.count; ++i) {
    content.names.push_back(cat("street ", i));
  }
  const std::size_t bytes = content.spec.bytes_per_image();
  const auto images = allocate_images(count * bytes);
  auto* pixels = reinterpret_cast<std::uint8_t*>(images.get());
  const std::span targets(content.targets);
  ThreadPool threads(options.threads);
  threads.run(static_cast<int>(options.count), [&](int index, int /*worker*/) {
    const auto i = static_cast<std::size_t>(index);
    draw_one(options, index, {pixels + i * bytes, bytes},
             targets.subspan(i * kColumns, kColumns));
  });
  content.images = images;
  return std::make_shared<ArrayDataset>(std::move(content));
}

}  // namespace polytask
