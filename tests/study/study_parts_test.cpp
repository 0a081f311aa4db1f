#include "polytask/study/study_parts.h"

#include <gtest/gtest.h>

namespace polytask {
namespace {

TaskScores scores(const std::string& task, Direction direction,
                  double numerator) {
  return {.task = task,
          .metric = "of " + task,
          .direction = direction,
          .images = std::vector<RatioTerm>(400, {numerator, 1.0})};
}

// Two seeds that agree.
std::vector<TrainedNetwork> network(const std::vector<TaskScores>& tasks) {
  TrainedNetwork trained;
  trained.scores = tasks;
  return {trained, trained};
}

// Candidate less reference, of the task of that name in both.
TEST(DifferenceOf, IsTowardsBetterByTheDirectionOfTheTask) {
  using enum Direction;
  const auto candidate = network({scores("sky", higher_is_better, 0.75),
                                  scores("people", lower_is_better, 3.0)});
  const auto reference = network({scores("people", lower_is_better, 2.0)});
  const TaskDifference people =
      difference_of(candidate, 1, reference, 0, {{.resamples = 0}, 0.02});
  EXPECT_EQ(people.task, "people");
  EXPECT_EQ(people.metric, "of people");
  EXPECT_EQ(people.direction, lower_is_better);
  EXPECT_EQ(people.scores.of_seeds, (std::vector<double>{1.0, 1.0}));
  EXPECT_EQ(people.scores.verdict, Verdict::worse);
  EXPECT_EQ(people.scores.margin, 0.04);  // of the reference's error
  const TaskDifference back =
      difference_of(reference, 0, candidate, 1, {{.resamples = 0}, 0.02});
  EXPECT_EQ(back.scores.of_seeds, (std::vector<double>{-1.0, -1.0}));
  EXPECT_EQ(back.scores.verdict, Verdict::better);
  const auto other = network({scores("sky", higher_is_better, 0.25)});
  EXPECT_EQ(difference_of(candidate, 0, other, 0, {{.resamples = 0}, 0.02})
                .scores.verdict,
            Verdict::better);
}

}  // namespace
}  // namespace polytask
