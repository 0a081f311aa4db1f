#include "polytask/worlds/worlds.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/thread_pool.h"
#include "polytask/data/array_dataset.h"
#include "polytask/worlds/scenes/camera.h"
#include "polytask/worlds/scenes/composition.h"
#include "polytask/worlds/scenes/label_sets.h"

namespace polytask {
namespace {

constexpr std::int64_t kMostScenes = 10'000'000;
constexpr int kLeastSide = 16;
constexpr int kMostSide = 4096;

void check(const SceneOptions& options) {
  std::vector<std::string> problems;
  const auto need = [&](const char* what, std::int64_t value,
                        std::int64_t least, std::int64_t most) {
    if (value >= least && value <= most) return;
    problems.push_back(
        cat(what, ": expected ", least, " to ", most, ", found ", value));
  };
  need("count", options.count, 0, kMostScenes);
  need("height", options.height, kLeastSide, kMostSide);
  need("width", options.width, kLeastSide, kMostSide);
  need("threads", options.threads, 0, 1024);
  if (problems.empty()) return;
  throw Error(Fault::config, cat("draw scenes: ", join(problems, "; ")));
}

std::vector<draw::LabelSet> label_sets(const SceneOptions& options) {
  std::vector<draw::LabelSet> sets;
  const auto count = static_cast<std::size_t>(options.count);
  for (std::uint64_t deck = 0; sets.size() < count; ++deck) {
    const auto cards = draw::shuffled_deck(options.seed, deck);
    const std::size_t take = std::min(cards.size(), count - sets.size());
    sets.insert(sets.end(), cards.begin(),
                cards.begin() + static_cast<std::ptrdiff_t>(take));
  }
  return sets;
}

std::vector<float> targets_of(const std::vector<draw::LabelSet>& sets) {
  std::vector<float> targets;
  targets.reserve(sets.size() * draw::kLabelCount);
  for (const draw::LabelSet set : sets) {
    for (int k = 0; k < draw::kLabelCount; ++k) {
      targets.push_back(static_cast<float>((set >> k) & 1u));
    }
  }
  return targets;
}

void draw_one(const SceneOptions& options, std::int64_t index,
              draw::LabelSet labels, std::span<std::uint8_t> rgb) {
  draw::Dice dice(options.seed, static_cast<std::uint64_t>(index));
  draw::Canvas canvas(options.height, options.width);
  draw::paint_scene(canvas, dice, labels);
  draw::take_photograph(canvas, dice, rgb);
}

}  // namespace

DatasetPtr draw_scenes(const SceneOptions& options) {
  check(options);
  ArrayContent content;
  content.spec = {options.height,
                  options.width,
                  3,
                  PixelType::uint8,
                  {"desert", "mountains", "sea", "sunset", "trees"}};
  content.size = options.count;
  content.source = "scenes";
  const auto sets = label_sets(options);
  content.targets = targets_of(sets);
  for (std::int64_t i = 0; i < options.count; ++i) {
    content.names.push_back(cat("scene ", i));
  }
  const std::size_t bytes = content.spec.bytes_per_image();
  const auto images = allocate_images(sets.size() * bytes);
  auto* pixels = reinterpret_cast<std::uint8_t*>(images.get());
  ThreadPool threads(options.threads);
  threads.run(static_cast<int>(options.count), [&](int index, int /*worker*/) {
    const auto i = static_cast<std::size_t>(index);
    draw_one(options, index, sets[i], {pixels + i * bytes, bytes});
  });
  content.images = images;
  return std::make_shared<ArrayDataset>(std::move(content));
}

}  // namespace polytask
