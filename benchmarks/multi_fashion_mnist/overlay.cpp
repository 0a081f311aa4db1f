#include "benchmarks/multi_fashion_mnist/overlay.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "polytask/base/error.h"
#include "polytask/base/random.h"
#include "polytask/base/text.h"
#include "polytask/data/array_dataset.h"

namespace polytask::benchmark {
namespace {

constexpr int kShift = kCanvas - Items::kSide;
constexpr std::size_t kCanvasPixels = std::size_t{kCanvas} * kCanvas;

// Which of the two orders of a pass is drawn.
enum class Side : std::uint32_t { digit, fashion };

DatasetSpec canvas_spec() {
  return {
      .height = kCanvas,
      .width = kCanvas,
      .channels = 1,
      .pixels = PixelType::uint8,
      .labels = {"digit", "fashion"},
      .classes = {{"digit", {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}},
                  {"fashion",
                   {"T-shirt", "trouser", "pullover", "dress", "coat", "sandal",
                    "shirt", "sneaker", "bag", "ankle boot"}}}};
}

std::vector<std::size_t> random_order(std::size_t count, Side side,
                                      std::uint32_t pass,
                                      const OverlayOptions& options) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  shuffle(std::span(order),
          RandomStream(random_key(options.seed, RandomUse::drawing),
                       options.part, pass, static_cast<std::uint32_t>(side)));
  return order;
}

}  // namespace

void lay_over(std::span<const std::uint8_t> digit,
              std::span<const std::uint8_t> fashion,
              std::span<std::uint8_t> canvas) {
  std::ranges::fill(canvas, std::uint8_t{0});
  for (std::size_t row = 0; row < Items::kSide; ++row) {
    for (std::size_t column = 0; column < Items::kSide; ++column) {
      const std::size_t from = row * Items::kSide + column;
      std::uint8_t& first = canvas[row * kCanvas + column];
      first = std::max(first, digit[from]);
      std::uint8_t& second = canvas[(row + kShift) * kCanvas + column + kShift];
      second = std::max(second, fashion[from]);
    }
  }
}

DatasetPtr overlay(const Items& digits, const Items& fashions,
                   const OverlayOptions& options) {
  if (digits.count() != fashions.count()) {
    throw Error(Fault::data,
                cat("Multi-Fashion+MNIST: expected as many digits as fashions, "
                    "found ",
                    digits.count(), " and ", fashions.count(),
                    "; give the same part of both data sets"));
  }
  const std::size_t count = digits.count();
  const std::size_t size = count * static_cast<std::size_t>(options.uses);
  const auto images = allocate_images(size * kCanvasPixels);
  std::vector<float> targets;
  targets.reserve(2 * size);
  std::span canvases(reinterpret_cast<std::uint8_t*>(images.get()),
                     size * kCanvasPixels);
  for (int pass = 0; pass < options.uses; ++pass) {
    const auto number = static_cast<std::uint32_t>(pass);
    const auto left = random_order(count, Side::digit, number, options);
    const auto right = random_order(count, Side::fashion, number, options);
    for (std::size_t i = 0; i < count; ++i) {
      lay_over(digits.picture(left[i]), fashions.picture(right[i]),
               canvases.first(kCanvasPixels));
      canvases = canvases.subspan(kCanvasPixels);
      targets.push_back(digits.classes[left[i]]);
      targets.push_back(fashions.classes[right[i]]);
    }
  }
  return std::make_shared<ArrayDataset>(
      ArrayContent{.spec = canvas_spec(),
                   .size = static_cast<std::int64_t>(size),
                   .images = images,
                   .targets = std::move(targets),
                   .source = "Multi-Fashion+MNIST",
                   .names = {}});
}

}  // namespace polytask::benchmark
