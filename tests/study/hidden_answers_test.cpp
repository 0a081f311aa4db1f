#include "polytask/study/hidden_answers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/train/questions.h"

namespace polytask {
namespace {

using test::kNaN;
using test::questions;

std::vector<float> targets_of(const Dataset& data) {
  std::vector<float> all;
  std::vector<float> row(data.spec().labels.size());
  for (std::int64_t i = 0; i < data.size(); ++i) {
    data.read_targets(i, row);
    all.insert(all.end(), row.begin(), row.end());
  }
  return all;
}

double share_missing(const Dataset& data) {
  double missing = 0.0;
  const std::vector<float> targets = targets_of(data);
  for (const float y : targets) missing += std::isnan(y) ? 1.0 : 0.0;
  return missing / static_cast<double>(targets.size());
}

TEST(HideAnswers, HidesTheShareAndLeavesTheRest) {
  const DatasetPtr data = questions(500, 1, /*with_missing=*/false);
  const DatasetPtr hidden = hide_answers(data, 0.25, 3);
  EXPECT_NEAR(share_missing(*hidden), 0.25, 0.03);  // 4000 draws
  const std::vector<float> before = targets_of(*data);
  const std::vector<float> after = targets_of(*hidden);
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (std::isnan(after[i])) continue;
    EXPECT_EQ(after[i], before[i]) << i;
  }
}

TEST(HideAnswers, HidesNothingAtZero) {
  const DatasetPtr data = questions(20, 1, /*with_missing=*/false);
  EXPECT_EQ(targets_of(*hide_answers(data, 0.0, 3)), targets_of(*data));
}

TEST(HideAnswers, HidesMoreAtAHigherShareAndTheSameBesides) {
  const DatasetPtr data = questions(100, 1, /*with_missing=*/false);
  const std::vector<float> few = targets_of(*hide_answers(data, 0.25, 3));
  const std::vector<float> many = targets_of(*hide_answers(data, 0.5, 3));
  for (std::size_t i = 0; i < few.size(); ++i) {
    EXPECT_TRUE(std::isnan(many[i]) || !std::isnan(few[i])) << i;
  }
}

TEST(HideAnswers, DependsOnTheSeedAlone) {
  const DatasetPtr data = questions(50, 1, /*with_missing=*/false);
  const auto missing = [&](std::uint64_t seed) {
    std::vector<bool> cells;
    for (const float y : targets_of(*hide_answers(data, 0.5, seed))) {
      cells.push_back(std::isnan(y));
    }
    return cells;
  };
  EXPECT_EQ(missing(3), missing(3));
  EXPECT_NE(missing(3), missing(4));
}

TEST(AddGuesses, AnswersOnlyWhatTheDataDoesNot) {
  const DatasetPtr data = questions(10, 1);  // some are missing
  const std::vector<float> known = targets_of(*data);
  std::vector<float> guesses(known.size(), 1.0f);
  guesses.back() = kNaN;
  const std::vector<float> all = targets_of(*add_guesses(data, guesses));
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    EXPECT_EQ(all[i], std::isnan(known[i]) ? 1.0f : known[i]) << i;
  }
}

}  // namespace
}  // namespace polytask
