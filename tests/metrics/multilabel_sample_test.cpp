#include "polytask/metrics/multilabel_sample.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "polytask/metrics/resampling.h"

namespace polytask {
namespace {

constexpr std::size_t kImages = 25, kLabels = 3;

struct Images {
  std::vector<float> probabilities, targets;

  void add(const Images& from, std::size_t image) {
    for (std::size_t l = 0; l < kLabels; ++l) {
      probabilities.push_back(from.probabilities[image * kLabels + l]);
      targets.push_back(from.targets[image * kLabels + l]);
    }
  }
};

Images random_images() {
  std::mt19937 rng(11);
  Images images;
  for (std::size_t i = 0; i < kImages * kLabels; ++i) {
    images.probabilities.push_back(static_cast<float>(rng() % 11) / 10.0f);
    images.targets.push_back(rng() % 4 == 0
                                 ? std::numeric_limits<float>::quiet_NaN()
                                 : static_cast<float>(rng() % 2));
  }
  return images;
}

void expect_same(const Number& a, const Number& b) {
  EXPECT_EQ(a.n, b.n);
  ASSERT_EQ(a.value.has_value(), b.value.has_value());
  EXPECT_NEAR(a.value.value_or(-1.0), b.value.value_or(-1.0), 1e-12);
}

// What makes the intervals right: a draw counted by weights equals the images
// it stands for, written out.
TEST(MultilabelSample, CountingByWeightsEqualsRepeatingTheImages) {
  const Images images = random_images();
  const std::vector<double> thresholds{0.3, 0.5, 0.7};
  const MultilabelSample sample(
      {images.probabilities, images.targets, thresholds});
  Resampling resampling(kImages, {});
  Tally drawn;
  for (int r = 0; r < 10; ++r) {
    const auto times = resampling.draw(r);
    sample.count(times, drawn);

    Images repeated;
    for (std::size_t i = 0; i < kImages; ++i) {
      for (std::uint32_t t = 0; t < times[i]; ++t) repeated.add(images, i);
    }
    const Tally expected =
        MultilabelSample({repeated.probabilities, repeated.targets, thresholds})
            .count_once();
    expect_same(argmax_accuracy(drawn.counts),
                argmax_accuracy(expected.counts));
    expect_same(subset_accuracy(drawn.counts),
                subset_accuracy(expected.counts));
    expect_same(one_error(drawn.counts), one_error(expected.counts));
    expect_same(f1(drawn.counts, Average::macro),
                f1(expected.counts, Average::macro));
    expect_same(drawn.label_ranking, expected.label_ranking);
    expect_same(drawn.pooled_ranking.average_precision,
                expected.pooled_ranking.average_precision);
    for (std::size_t l = 0; l < kLabels; ++l) {
      expect_same(drawn.ranking[l].average_precision,
                  expected.ranking[l].average_precision);
      expect_same(drawn.ranking[l].roc_auc, expected.ranking[l].roc_auc);
      expect_same(label_accuracy(drawn.counts.labels[l]),
                  label_accuracy(expected.counts.labels[l]));
    }
  }
}

// Evaluation and epoch lines must never disagree.
TEST(MultilabelSample, CountsWhatTheMeterCounts) {
  const Images images = random_images();
  std::vector<float> weights;
  for (const float y : images.targets) weights.push_back(y == y ? 1.0f : 0.0f);
  const std::vector<double> thresholds{0.3, 0.5, 0.7};
  MultilabelMeter meter(kLabels, thresholds);
  meter.add(images.probabilities, images.targets, weights);
  const MultilabelCounts counts =
      MultilabelSample({images.probabilities, images.targets, thresholds})
          .count_once()
          .counts;
  EXPECT_EQ(argmax_accuracy(counts).value, meter.argmax_accuracy());
  EXPECT_EQ(label_accuracy(counts).value, meter.label_accuracy());
  EXPECT_EQ(subset_accuracy(counts).value, meter.subset_accuracy());
}

}  // namespace
}  // namespace polytask
