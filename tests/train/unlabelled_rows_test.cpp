// What images without answers do to a step: nothing.
//
// Promised, for every kind of task, whatever the images without answers show:
//   in the same rows of the same batch     every bit of loss and gradient stays
//   added to a batch                       losses and the gradients of the
//                                          logits keep every bit; the gradients
//                                          of parameters are the same sums in
//                                          another order, equal but for
//                                          rounding
//   answered for one task only             the same holds for all other tasks

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "polytask/model/model_plan.h"
#include "polytask/model/target_statistics.h"
#include "polytask/model/task_columns.h"
#include "polytask/train/batch_loss.h"
#include "tests/train/answers_table.h"
#include "tests/train/questions.h"

namespace polytask {
namespace {

using test::answers_table;
using test::every_kind;
using test::kNaN;

using Row = std::vector<float>;

// One column of answers a label, a class, a number or a count.
const std::vector<std::string>& columns() {
  static const std::vector<std::string> names{
      "scene/rows", "scene/columns", "scene/red",   "both",
      "level",      "amount/sum",    "amount/tint", "stripes"};
  return names;
}

// Of every task, its first column; at the end, how many there are.
constexpr std::array<std::size_t, 6> kFirst{0, 3, 4, 5, 7, 8};

Row answers_of(int image) {
  const auto n = static_cast<unsigned>(image);
  const auto below = [n](unsigned factor, unsigned most) {
    return static_cast<float>((n * factor + 1) % most);
  };
  return {below(3, 2),          below(5, 2), n % 4 == 0 ? kNaN : below(1, 2),
          below(7, 3),          below(2, 3), 100.0f + 4.0f * below(3, 5),
          -2.0f * below(11, 4), below(13, 6)};
}

Row none() { return Row(columns().size(), kNaN); }

// The answers to task `task` alone.
Row only(std::size_t task, Row row) {
  for (std::size_t c = 0; c < row.size(); ++c) {
    if (c < kFirst[task] || c >= kFirst[task + 1]) row[c] = kNaN;
  }
  return row;
}

std::vector<Row> answers(int images) {
  std::vector<Row> rows;
  for (int i = 0; i < images; ++i) rows.push_back(answers_of(i));
  return rows;
}

struct Step {
  std::vector<double> losses;                   // [T]
  std::vector<std::vector<float>> diff_logits;  // [T][images, units]
  std::vector<float> gradient;                  // of all parameters
};

constexpr int kCapacity = 24;

// One step, without the update, of the network of all tasks.
class Stepper {
 public:
  Stepper()
      : model_(make_model({.image = {test::kSide, test::kSide, 3},
                           .network = test::dropout_network(),
                           .tasks = every_kind()},
                          5)),
        plan_(plan_model(model_.spec, {.batch = kCapacity,
                                       .workers = pool_.workers(),
                                       .training = true})),
        network_(plan_, pool_) {
    model_.target_statistics = target_statistics_of(
        every_kind(), *answers_table(columns(), answers(12)));
  }

  // Images of `data` in this order; dropout depends on their numbers.
  Step step(const DatasetPtr& data, std::vector<std::int64_t> images) {
    Batch batch(*data, kCapacity, column_counts(every_kind()));
    batch.load(images);
    standardise(model_, batch);
    const std::vector<std::uint32_t> samples(images.begin(), images.end());
    network_.prepare(model_.parameters);
    network_.forward_training(
        {.images = batch.size(), .pixels = batch.pixels().data()},
        {.seed = 1, .epoch = 1, .samples = samples});
    Step step;
    (void)batch_loss(model_, network_, batch, /*with_gradient=*/true,
                     [&](std::size_t, const LossValue& value) {
                       step.losses.push_back(value.loss);
                     });
    for (std::size_t t = 0; t < every_kind().size(); ++t) {
      const auto diff = network_.diff_logits(t);
      step.diff_logits.emplace_back(diff.begin(), diff.end());
    }
    ParameterStore gradients(plan_->parameters());
    network_.backward(gradients);
    step.gradient.assign(gradients.flat().begin(), gradients.flat().end());
    return step;
  }

 private:
  Model model_;
  ThreadPool pool_{2};
  std::shared_ptr<const NetworkPlan> plan_;
  Network network_;
};

std::vector<std::int64_t> first(int count) {
  std::vector<std::int64_t> images(static_cast<std::size_t>(count));
  std::iota(images.begin(), images.end(), 0);
  return images;
}

void expect_nearly(const std::vector<float>& found,
                   const std::vector<float>& expected) {
  constexpr float kRounding = 1e-5f;  // of sums of a few thousand floats
  float largest = 0.0f;
  for (const float g : expected) largest = std::max(largest, std::abs(g));
  ASSERT_GT(largest, 0.0f);
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_NEAR(found[i], expected[i], kRounding * largest) << i;
  }
}

// Images of which `rows` says nothing show other things.
TEST(UnlabelledRows, MayShowWhateverTheyLike) {
  std::vector<Row> rows = answers(12);
  for (const std::size_t i : {0u, 3u, 4u, 11u}) rows[i] = none();
  const DatasetPtr data = answers_table(columns(), rows);
  Stepper stepper;
  const Step before = stepper.step(data, first(12));
  // Image 20 stands where image 3 stood, 21 where 11 did.
  rows.resize(22, none());
  std::vector<std::int64_t> images = first(12);
  images[3] = 20;
  images[11] = 21;
  const Step after = stepper.step(answers_table(columns(), rows), images);
  EXPECT_EQ(after.losses, before.losses);
  EXPECT_EQ(after.diff_logits, before.diff_logits);
  EXPECT_EQ(after.gradient, before.gradient);
}

class UnlabelledRowsOf : public testing::TestWithParam<std::size_t> {};

// A task alone has answers; then as many images again, without any, follow.
TEST_P(UnlabelledRowsOf, AddNothingToAStep) {
  const std::size_t task = GetParam();
  std::vector<Row> rows;
  for (int i = 0; i < 12; ++i) rows.push_back(only(task, answers_of(i)));
  rows.resize(23, none());
  const DatasetPtr data = answers_table(columns(), rows);
  Stepper stepper;
  const Step few = stepper.step(data, first(12));
  const Step many = stepper.step(data, first(23));
  EXPECT_GT(few.losses[task], 0.0);
  EXPECT_EQ(many.losses, few.losses);
  for (std::size_t t = 0; t < every_kind().size(); ++t) {
    std::vector<float> padded = few.diff_logits[t];
    padded.resize(many.diff_logits[t].size(), 0.0f);
    EXPECT_EQ(many.diff_logits[t], padded) << t;
  }
  expect_nearly(many.gradient, few.gradient);
}

std::string kind_name(const testing::TestParamInfo<std::size_t>& info) {
  return every_kind()[info.param].name;
}

INSTANTIATE_TEST_SUITE_P(Task, UnlabelledRowsOf,
                         testing::Range(std::size_t{0}, std::size_t{5}),
                         kind_name);

TEST(UnlabelledRows, AddNothingToABatchOfAllTasks) {
  std::vector<Row> rows = answers(12);
  rows.resize(24, none());
  const DatasetPtr data = answers_table(columns(), rows);
  Stepper stepper;
  const Step few = stepper.step(data, first(12));
  const Step many = stepper.step(data, first(24));
  EXPECT_EQ(many.losses, few.losses);
  expect_nearly(many.gradient, few.gradient);
}

// Every image answers one task. The step is the sum of the steps of the tasks,
// each of which sees its own images only.
TEST(UnlabelledRows, OfOtherTasksAddNothingToATask) {
  std::vector<Row> rows;
  for (int i = 0; i < 20; ++i) {
    rows.push_back(only(static_cast<std::size_t>(i) % 5, answers_of(i)));
  }
  const DatasetPtr data = answers_table(columns(), rows);
  Stepper stepper;
  const Step together = stepper.step(data, first(20));
  std::vector<float> sum(together.gradient.size());
  for (std::size_t t = 0; t < 5; ++t) {
    std::vector<std::int64_t> own;
    for (std::size_t i = t; i < 20; i += 5) {
      own.push_back(static_cast<std::int64_t>(i));
    }
    const Step alone = stepper.step(data, own);
    EXPECT_NEAR(alone.losses[t], together.losses[t], 1e-5 * together.losses[t]);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += alone.gradient[i];
  }
  expect_nearly(together.gradient, sum);
}

}  // namespace
}  // namespace polytask
