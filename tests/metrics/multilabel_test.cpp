#include "polytask/metrics/multilabel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "tests/metrics/example.h"
#include "tests/support/expect_error.h"

namespace polytask {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// One row or several; a weight a cell.
MultilabelMeter counted(std::int64_t labels, std::vector<float> probabilities,
                        std::vector<float> targets,
                        std::vector<float> weights = {}) {
  if (weights.empty()) weights.assign(targets.size(), 1.0f);
  MultilabelMeter meter(labels);
  meter.add(probabilities, targets, weights);
  return meter;
}

std::vector<std::int64_t> flat(const MultilabelCounts& counts) {
  std::vector<std::int64_t> all{counts.observed_rows, counts.subset_right,
                                counts.argmax_rows,   counts.argmax_right,
                                counts.top_rows,      counts.top_wrong};
  for (const ConfusionMatrix& l : counts.labels) {
    all.insert(all.end(), {l.true_negative, l.false_positive, l.false_negative,
                           l.true_positive});
  }
  return all;
}

// Random rows with equal probabilities and missing labels among them.
struct RandomRows {
  static constexpr std::size_t kRows = 60, kLabels = 4;
  std::vector<float> probabilities, targets, weights;

  explicit RandomRows(unsigned seed) {
    std::mt19937 rng(seed);
    for (std::size_t i = 0; i < kRows * kLabels; ++i) {
      probabilities.push_back(static_cast<float>(rng() % 9) / 8.0f);
      targets.push_back(static_cast<float>(rng() % 2));
      weights.push_back(rng() % 3 == 0 ? 0.0f : 1.0f);
    }
  }

  void add_rows(std::size_t from, std::size_t to,
                MultilabelMeter& meter) const {
    const std::size_t at = from * kLabels, count = (to - from) * kLabels;
    meter.add(std::span(probabilities).subspan(at, count),
              std::span(targets).subspan(at, count),
              std::span(weights).subspan(at, count));
  }

  [[nodiscard]] MultilabelMeter all() const {
    MultilabelMeter meter(kLabels);
    add_rows(0, kRows, meter);
    return meter;
  }
};

TEST(MultilabelMeter, CountsTheExample) {
  const MultilabelMeter meter =
      counted(5, test::kExampleProbabilities, test::kExampleTargets);
  EXPECT_EQ(meter.argmax_accuracy(), 0.75);
  EXPECT_EQ(meter.label_accuracy(), 0.875);
  EXPECT_EQ(meter.subset_accuracy(), 0.5);
  EXPECT_EQ(hamming_loss(meter.counts()).value, 0.125);
  EXPECT_EQ(one_error(meter.counts()).value, 0.25);
}

TEST(MultilabelMeter, AveragesOfTheExample) {
  const MultilabelCounts counts =
      counted(5, test::kExampleProbabilities, test::kExampleTargets).counts();
  EXPECT_NEAR(*precision(counts, Average::micro).value, .8, 1e-12);
  EXPECT_NEAR(*recall(counts, Average::micro).value, .7272727273, 1e-9);
  EXPECT_NEAR(*f1(counts, Average::micro).value, .7619047619, 1e-9);
  EXPECT_NEAR(*precision(counts, Average::macro).value, .8666666667, 1e-9);
  EXPECT_NEAR(*recall(counts, Average::macro).value, .7333333333, 1e-9);
  EXPECT_NEAR(*f1(counts, Average::macro).value, .76, 1e-12);
  EXPECT_NEAR(*precision(counts, Average::weighted).value, .8484848485, 1e-9);
  EXPECT_NEAR(*recall(counts, Average::weighted).value, .7272727273, 1e-9);
  EXPECT_NEAR(*f1(counts, Average::weighted).value, .7515151515, 1e-9);
}

TEST(MultilabelMeter, TheThresholdItselfIsNo) {
  const MultilabelCounts counts =
      counted(1, {0.5f, 0.50001f}, {1.0f, 1.0f}).counts();
  EXPECT_EQ(counts.labels[0].false_negative, 1);
  EXPECT_EQ(counts.labels[0].true_positive, 1);
}

TEST(MultilabelMeter, EachLabelHasItsOwnThreshold) {
  MultilabelMeter meter(2, {0.2, 0.8});
  const std::vector<float> p{0.5f, 0.5f}, y{1.0f, 1.0f}, w{1.0f, 1.0f};
  meter.add(p, y, w);
  EXPECT_EQ(meter.counts().labels[0].true_positive, 1);
  EXPECT_EQ(meter.counts().labels[1].false_negative, 1);
}

TEST(MultilabelMeter, ArgmaxTruthIsTheFirstPositive) {
  EXPECT_EQ(counted(3, {0, .9f, .8f}, {0, 1, 1}).argmax_accuracy(), 1.0);
  EXPECT_EQ(counted(3, {0, .8f, .9f}, {0, 1, 1}).argmax_accuracy(), 0.0);
}

TEST(MultilabelMeter, OfEqualProbabilitiesTheFirstIsTheArgmax) {
  EXPECT_EQ(counted(2, {.7f, .7f}, {1, 0}).argmax_accuracy(), 1.0);
  EXPECT_EQ(counted(2, {.7f, .7f}, {0, 1}).argmax_accuracy(), 0.0);
}

TEST(MultilabelMeter, WithoutPositivesKerasExpectsLabelZero) {
  EXPECT_EQ(counted(2, {.2f, .1f}, {0, 0}).argmax_accuracy(), 1.0);
  EXPECT_EQ(counted(2, {.1f, .2f}, {0, 0}).argmax_accuracy(), 0.0);
}

TEST(MultilabelMeter, ArgmaxLooksAtObservedLabelsOnly) {
  // The first label has the largest probability but is not observed.
  const MultilabelMeter meter =
      counted(3, {.9f, .6f, .3f}, {kNaN, 1, 0}, {0, 1, 1});
  EXPECT_EQ(meter.argmax_accuracy(), 1.0);
  EXPECT_EQ(one_error(meter.counts()).value, 0.0);
}

TEST(MultilabelMeter, ArgmaxSkipsARowWhosePositiveMayBeMissing) {
  const MultilabelMeter meter =
      counted(3, {.9f, .6f, .3f}, {kNaN, 0, 0}, {0, 1, 1});
  EXPECT_EQ(meter.argmax_accuracy(), std::nullopt);
  EXPECT_EQ(meter.subset_accuracy(), 0.0);
}

TEST(MultilabelMeter, OneErrorSkipsRowsThatDecideNothing) {
  // No positive; then nothing but positives among the observed.
  EXPECT_EQ(counted(2, {.9f, .1f}, {0, 0}).counts().top_rows, 0);
  EXPECT_EQ(counted(2, {.9f, .1f}, {1, kNaN}, {1, 0}).counts().top_rows, 0);
  EXPECT_EQ(counted(2, {.9f, .1f}, {1, 1}).counts().top_rows, 1);
}

TEST(MultilabelMeter, SubsetAccuracyAsksForObservedLabelsOnly) {
  EXPECT_EQ(counted(2, {.9f, .9f}, {1, 0}, {1, 0}).subset_accuracy(), 1.0);
  EXPECT_EQ(counted(2, {.9f, .9f}, {1, 0}).subset_accuracy(), 0.0);
}

TEST(MultilabelMeter, MissingTargetsAreNeverRead) {
  RandomRows rows(1);
  const auto expected = flat(rows.all().counts());
  for (const float poison : {kNaN, 1e9f, -1.0f, 0.0f, 1.0f}) {
    for (std::size_t i = 0; i < rows.targets.size(); ++i) {
      if (rows.weights[i] == 0.0f) rows.targets[i] = poison;
    }
    EXPECT_EQ(flat(rows.all().counts()), expected) << poison;
  }
}

TEST(MultilabelMeter, BatchSizeChangesNothing) {
  const RandomRows rows(2);
  for (const std::size_t batch : {1u, 7u, 32u, 60u}) {
    MultilabelMeter meter(RandomRows::kLabels);
    for (std::size_t at = 0; at < RandomRows::kRows; at += batch) {
      rows.add_rows(at, std::min(at + batch, RandomRows::kRows), meter);
    }
    EXPECT_EQ(flat(meter.counts()), flat(rows.all().counts())) << batch;
  }
}

TEST(MultilabelMeter, OrderChangesNothing) {
  const RandomRows rows(3);
  MultilabelMeter backwards(RandomRows::kLabels);
  for (std::size_t i = RandomRows::kRows; i-- > 0;) {
    rows.add_rows(i, i + 1, backwards);
  }
  EXPECT_EQ(flat(backwards.counts()), flat(rows.all().counts()));
}

TEST(MultilabelMeter, MergeIsAsIfOneMeterHadSeenAll) {
  const RandomRows rows(4);
  MultilabelMeter first(RandomRows::kLabels), second(RandomRows::kLabels);
  rows.add_rows(0, 13, first);
  rows.add_rows(13, RandomRows::kRows, second);
  first.merge(second);
  EXPECT_EQ(flat(first.counts()), flat(rows.all().counts()));
}

TEST(MultilabelMeter, ARowWithoutObservedLabelsChangesNothing) {
  MultilabelMeter meter = RandomRows(5).all();
  const auto before = flat(meter.counts());
  const std::vector<float> p{.9f, .1f, .9f, .1f}, y(4, kNaN), w(4, 0.0f);
  meter.add(p, y, w);
  EXPECT_EQ(flat(meter.counts()), before);
}

TEST(MultilabelMeter, AWeightCountsOnceWhateverItsSize) {
  EXPECT_EQ(flat(counted(2, {.9f, .1f}, {1, 1}, {0.25f, 7.0f}).counts()),
            flat(counted(2, {.9f, .1f}, {1, 1}).counts()));
}

TEST(MultilabelMeter, ResetForgets) {
  MultilabelMeter meter = RandomRows(6).all();
  meter.reset();
  EXPECT_EQ(flat(meter.counts()),
            flat(MultilabelMeter(RandomRows::kLabels).counts()));
}

TEST(MultilabelMeter, NothingObservedIsUndefinedNotZero) {
  const MultilabelMeter meter(2);
  EXPECT_EQ(meter.argmax_accuracy(), std::nullopt);
  EXPECT_EQ(meter.label_accuracy(), std::nullopt);
  EXPECT_EQ(meter.subset_accuracy(), std::nullopt);
  const Number macro = f1(meter.counts(), Average::macro);
  EXPECT_EQ(macro.value, std::nullopt);
  EXPECT_EQ(macro.n, 0);
  EXPECT_EQ(macro.reason, "defined for no label");
}

TEST(MultilabelMeter, UndefinedScoresSayWhy) {
  EXPECT_EQ(precision(ConfusionMatrix{.true_negative = 3}).reason,
            "never answered yes");
  EXPECT_EQ(recall(ConfusionMatrix{.true_negative = 3}).reason,
            "no observed positive");
  EXPECT_EQ(f1(ConfusionMatrix{.true_negative = 3}).reason,
            "no observed positive, never answered yes");
}

TEST(MultilabelMeter, MacroSaysOfHowManyLabelsItIsTheMean) {
  MultilabelCounts counts;
  counts.labels = {{.true_positive = 4}, {.true_negative = 4}};
  const Number macro = precision(counts, Average::macro);
  EXPECT_EQ(macro.value, 1.0);
  EXPECT_EQ(macro.n, 1);
}

TEST(MultilabelMeter, WeightedLeavesOutLabelsWithoutPositives) {
  MultilabelCounts counts;
  counts.labels = {{.false_positive = 1, .true_positive = 3},
                   {.false_positive = 4}};
  const Number weighted = precision(counts, Average::weighted);
  EXPECT_EQ(weighted.value, 0.75);
  EXPECT_EQ(weighted.n, 1);
}

TEST(MultilabelMeter, LengthMismatchNamesEveryLength) {
  test::expect_error(Fault::shape,
                     "multilabel meter: expected equal lengths, a multiple of "
                     "2 labels, found probabilities=3 targets=2 weights=4",
                     [] {
                       MultilabelMeter meter(2);
                       const std::vector<float> p(3), y(2), w(4);
                       meter.add(p, y, w);
                     });
}

TEST(MultilabelMeter, PartOfARowIsRefused) {
  test::expect_error(Fault::shape,
                     "multilabel meter: expected equal lengths, a multiple of "
                     "2 labels, found probabilities=3 targets=3 weights=3",
                     [] {
                       (void)counted(2, {0, 0, 0}, {0, 0, 0});
                     });
}

TEST(MultilabelMeter, RefusesImpossibleSettings) {
  test::expect_error(Fault::config,
                     "multilabel meter: expected at least 1 label, found 0",
                     [] { MultilabelMeter(0); });
  test::expect_error(Fault::config,
                     "multilabel meter: expected 3 thresholds, one per label, "
                     "found 2",
                     [] {
                       MultilabelMeter(3, {0.5, 0.5});
                     });
  for (const double bad : {-0.1, 1.5, static_cast<double>(kNaN)}) {
    test::expect_error_parts(
        Fault::config,
        {"multilabel meter: threshold of label 1: expected a number from 0 to "
         "1, found "},
        [&] {
          MultilabelMeter(2, {0.5, bad});
        });
  }
}

TEST(MultilabelMeter, MergeRefusesAnotherThreshold) {
  test::expect_error(Fault::shape,
                     "multilabel meter: expected a meter of the same labels "
                     "and thresholds to merge with, found another",
                     [] {
                       MultilabelMeter meter(2);
                       meter.merge(MultilabelMeter(2, {0.5, 0.6}));
                     });
}

}  // namespace
}  // namespace polytask
