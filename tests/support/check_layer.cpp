#include "tests/support/check_layer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "polytask/base/text.h"

namespace polytask::test {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr ImageKey kKey{.seed = 7, .epoch = 3, .sample = 11};

// Every input is a multiple of 1/16 up to 1, vectors among the parameters
// (biases) 1/512 more. Sums of products are then odd multiples of 1/512, exact
// in float: nothing lies within 1/512 of relu's kink, and a step of 1/1024
// moves nothing across it.
constexpr int kLevels = 16;
constexpr float kOffKinks = 0x1p-9f;
constexpr float kStep = 0x1p-10f;
constexpr double kTolerance = 1e-4;
constexpr std::size_t kElements = 60;  // of a large tensor, at random

using Buffer = std::vector<float>;

// `count` floats, NaN unless said otherwise, and one more that must stay.
class Guarded {
 public:
  explicit Guarded(std::size_t count, float start = kNaN)
      : values_(count + 1, start) {
    values_.back() = kGuard;
  }
  [[nodiscard]] float* data() { return values_.data(); }
  [[nodiscard]] Buffer take(const char* name) const {
    EXPECT_EQ(values_.back(), kGuard) << name << ": written past its end";
    return {values_.begin(), values_.end() - 1};
  }

 private:
  static constexpr float kGuard = 12345.0f;
  Buffer values_;
};

Buffer random_buffer(std::size_t count, std::mt19937& rng) {
  std::uniform_int_distribution<int> level(-kLevels, kLevels);
  Buffer buffer(count);
  std::ranges::generate(buffer, [&] {
    return static_cast<float>(level(rng)) / static_cast<float>(kLevels);
  });
  return buffer;
}

// Half a step off zero, so that relu's kink is as far away as the neighbours.
Buffer spread_buffer(std::size_t count, float apart, std::mt19937& rng) {
  Buffer buffer(count);
  const std::size_t half = count / 2;
  const auto middle = static_cast<float>(half);
  for (std::size_t i = 0; i < count; ++i) {
    buffer[i] = (static_cast<float>(i) - middle + 0.5f) * apart;
  }
  std::ranges::shuffle(buffer, rng);
  return buffer;
}

bool all_finite(const Buffer& buffer) {
  return std::ranges::all_of(buffer, [](float v) { return std::isfinite(v); });
}

std::vector<std::uint32_t> bits(const Buffer& buffer) {
  std::vector<std::uint32_t> words;
  for (const float v : buffer) words.push_back(std::bit_cast<std::uint32_t>(v));
  return words;
}

// The layer with its inputs: src at index 0, then the parameters.
struct Bench {
  const ImageLayer& layer;
  bool needs_diff_src;
  std::vector<Buffer> inputs;
  Buffer diff_dst;
  mutable Buffer prepared;
  mutable Buffer dst;
  mutable std::vector<std::uint8_t> state;

  [[nodiscard]] const ImageLayerSpec& spec() const { return layer.spec(); }

  // Of one image, in bands and from the last one on where it is shared out.
  void forward(bool shared = false) const {
    prepared.assign(spec().prepared_count, kNaN);
    const std::vector<std::span<const float>> parameters(inputs.begin() + 1,
                                                         inputs.end());
    layer.prepare(parameters, prepared.data());
    Guarded out(element_count(spec().dst));
    state.assign(spec().state_bytes, 0xA5);
    if (shared) {
      for (int band = layer.bands(); band-- > 0;) {
        run([&](auto& pass) { layer.forward_band(band, pass); }, inputs[0],
            out);
      }
    } else {
      run([&](auto& pass) { layer.forward(pass); }, inputs[0], out);
    }
    dst = out.take("dst");
  }

  // What a band makes of its own rows of src, the others being NaN.
  [[nodiscard]] Buffer forward_band_alone(int band) const {
    Buffer src(inputs[0].size(), kNaN);
    const auto [first, last] = range(layer.read_by(band), spec().src);
    std::copy(inputs[0].begin() + first, inputs[0].begin() + last,
              src.begin() + first);
    Guarded out(element_count(spec().dst));
    run([&](auto& pass) { layer.forward_band(band, pass); }, src, out);
    return out.take("dst of a band");
  }

  // Elements of rows of an image.
  static std::pair<std::ptrdiff_t, std::ptrdiff_t> range(const RowBand& rows,
                                                         const Shape& image) {
    const auto row =
        static_cast<std::ptrdiff_t>(element_count(image)) / image[0];
    return {rows.first * row, rows.end() * row};
  }

  template <class Forward>
  void run(Forward forward_part, const Buffer& src, Guarded& out) const {
    Guarded scratch(spec().scratch_count);
    const ForwardPass pass{.src = src.data(),
                           .prepared = prepared.data(),
                           .dst = out.data(),
                           .state = state.empty() ? nullptr : state.data(),
                           .scratch = scratch.data(),
                           .key = kKey};
    forward_part(pass);
    (void)scratch.take("scratch");
  }

  // diff_src, then the gradients of the parameters.
  //   images   that are alike: the first overwrites the gradient, the others
  //            add to it; 0: one that adds to zeros
  //   shared   in halves
  [[nodiscard]] std::vector<Buffer> backward(int images,
                                             bool shared = false) const {
    Guarded diff_src(inputs[0].size());
    Guarded gradient(spec().gradient_count, images == 0 ? 0.0f : kNaN);
    for (int i = 0; i < std::max(images, 1); ++i) {
      backward_image(diff_src, gradient, images > 0 && i == 0, shared);
    }
    std::vector<Buffer> diffs{diff_src.take("diff_src")};
    for (std::size_t p = 1; p < inputs.size(); ++p) {
      diffs.emplace_back(inputs[p].size(), kNaN);
    }
    const std::vector<std::span<float>> own(diffs.begin() + 1, diffs.end());
    layer.unpack_gradient(gradient.data(), own);
    (void)gradient.take("gradient");
    return diffs;
  }

  void backward_image(Guarded& diff_src, Guarded& gradient, bool first,
                      bool shared) const {
    Buffer diff = diff_dst;  // backward may overwrite it
    BackwardPass pass{
        .src = spec().backward_reads_src ? inputs[0].data() : nullptr,
        .dst = spec().backward_reads_dst ? dst.data() : nullptr,
        .state = state.data(),
        .prepared = prepared.data(),
        .diff_dst = diff.data(),
        .diff_src = needs_diff_src ? diff_src.data() : nullptr,
        .gradient = gradient.data(),
        .first = first};
    const auto run = [&](auto part) {
      Guarded scratch(spec().scratch_count);
      pass.scratch = scratch.data();
      part();
      (void)scratch.take("scratch");
    };
    if (!shared) {
      run([&] { layer.backward(pass); });
      return;
    }
    layer.begin_backward(pass);
    run([&] { layer.backward_data(pass); });
    run([&] { layer.backward_weights(pass); });
  }

  [[nodiscard]] double objective() const {
    forward();
    double sum = 0.0;
    for (std::size_t i = 0; i < dst.size(); ++i) {
      sum += double{dst[i]} * double{diff_dst[i]};
    }
    return sum;
  }
};

double central_difference(Bench& bench, float& value) {
  const float middle = value;
  value = middle + kStep;
  const double above = value;
  const double high = bench.objective();
  value = middle - kStep;
  const double below = value;
  const double low = bench.objective();
  value = middle;
  return (high - low) / (above - below);
}

void expect_slopes(Bench& bench, std::size_t tensor, const Buffer& diff,
                   std::mt19937& rng) {
  double largest = 1e-2;
  for (const float d : diff) largest = std::max(largest, std::abs(double{d}));
  std::vector<std::size_t> elements(diff.size());
  std::iota(elements.begin(), elements.end(), std::size_t{0});
  std::ranges::shuffle(elements, rng);
  elements.resize(std::min(elements.size(), kElements));
  for (const std::size_t i : elements) {
    EXPECT_NEAR(diff[i], central_difference(bench, bench.inputs[tensor][i]),
                kTolerance * largest)
        << "element " << i;
  }
}

// A band needs no other rows of src than it names, and writes those of dst.
void expect_own_rows(const Bench& bench) {
  for (int band = 0; band < bench.layer.bands(); ++band) {
    SCOPED_TRACE(cat("band ", band));
    const Buffer alone = bench.forward_band_alone(band);
    const auto [first, last] =
        Bench::range(bench.layer.written_by(band), bench.spec().dst);
    for (std::ptrdiff_t i = 0; i < std::ssize(alone); ++i) {
      const float v = alone[static_cast<std::size_t>(i)];
      if (i < first || i >= last) {
        ASSERT_TRUE(std::isnan(v)) << "element " << i << " is not the band's";
      } else {
        ASSERT_EQ(v, bench.dst[static_cast<std::size_t>(i)]) << "element " << i;
      }
    }
  }
}

}  // namespace

void check_layer(const ImageLayer& layer, const LayerCheck& check) {
  const ImageLayerSpec& spec = layer.spec();
  SCOPED_TRACE(spec.name);
  std::mt19937 rng(check.seed);
  const std::size_t pixels = element_count(spec.src);
  Bench bench{.layer = layer, .needs_diff_src = check.needs_diff_src};
  bench.inputs.push_back(check.apart > 0.0f
                             ? spread_buffer(pixels, check.apart, rng)
                             : random_buffer(pixels, rng));
  bench.diff_dst = random_buffer(element_count(spec.dst), rng);
  for (const ParameterSpec& p : spec.parameters) {
    bench.inputs.push_back(random_buffer(element_count(p.shape), rng));
    if (p.shape.size() > 1) continue;
    for (float& v : bench.inputs.back()) v += kOffKinks;
  }

  bench.forward();
  EXPECT_TRUE(all_finite(bench.dst)) << "part of dst was never written";
  const std::vector<Buffer> diffs = bench.backward(1);
  const std::vector<Buffer> again = bench.backward(1);
  const std::vector<Buffer> added = bench.backward(0);
  const std::vector<Buffer> both = bench.backward(2);
  const Buffer dst = bench.dst;
  const std::vector<std::uint8_t> state = bench.state;
  bench.forward(/*shared=*/true);
  EXPECT_EQ(bits(bench.dst), bits(dst)) << "bands differ from the whole";
  EXPECT_EQ(bench.state, state) << "bands leave another state";
  expect_own_rows(bench);
  const std::vector<Buffer> in_parts = bench.backward(1, /*shared=*/true);
  for (std::size_t t = check.needs_diff_src ? 0 : 1; t < diffs.size(); ++t) {
    SCOPED_TRACE(t == 0 ? "diff_src" : spec.parameters[t - 1].name);
    ASSERT_TRUE(all_finite(diffs[t])) << "part of it was never written";
    EXPECT_EQ(bits(again[t]), bits(diffs[t])) << "backward is not repeatable";
    EXPECT_EQ(bits(in_parts[t]), bits(diffs[t])) << "parts differ";
    EXPECT_EQ(added[t], diffs[t]) << "the first image is not like the others";
    const float images = t == 0 ? 1.0f : 2.0f;
    for (std::size_t i = 0; i < diffs[t].size(); ++i) {
      EXPECT_NEAR(both[t][i], images * diffs[t][i], 1e-4)
          << "element " << i << ": the second image was not added";
    }
    expect_slopes(bench, t, diffs[t], rng);
  }
}

}  // namespace polytask::test
