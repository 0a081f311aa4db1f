#include "benchmarks/compare/post_training.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <variant>

#include "polytask/task/multi_task_loss.h"
#include "polytask/train/gradient_step.h"
#include "polytask/train/training_step.h"

namespace polytask::benchmark {
namespace {

ModelSpec with_or_without_dropout(ModelSpec spec, bool dropout) {
  if (!dropout) {
    std::erase_if(spec.network.trunk, [](const LayerOptions& layer) {
      return std::holds_alternative<Dropout>(layer);
    });
  }
  return spec;
}

}  // namespace

PostTraining::PostTraining(const Model& model, int threads, bool dropout)
    : pool_(threads),
      plan_(plan_training(with_or_without_dropout(model.spec, dropout),
                          {.batch_size = kBatch}, pool_.workers())),
      network_(plan_, pool_),
      parameters_(plan_->parameters()),
      memory_(plan_->parameters(), {}),
      adam_({}),
      samples_(kBatch) {
  std::ranges::copy(model.parameters.flat(), parameters_.flat().begin());
}

double PostTraining::forward(const PostData& data, std::int64_t first) {
  std::iota(samples_.begin(), samples_.end(),
            static_cast<std::uint32_t>(first));
  network_.prepare(parameters_);
  network_.forward_training(
      {.images = kBatch, .pixels = data.image(first)},
      {.seed = 1, .epoch = ++steps_, .samples = samples_});
  const auto targets =
      std::span(data.targets)
          .subspan(static_cast<std::size_t>(first) * kLabels, kBatch * kLabels);
  const LossValue value = multi_task_loss_on_logits(
      network_.logits(0), targets, kLabels, network_.diff_logits(0));
  return value.loss;
}

PostTraining::FirstStep PostTraining::differentiate(const PostData& data,
                                                    std::int64_t first) {
  FirstStep result{.loss = forward(data, first),
                   .gradients = ParameterStore(plan_->parameters())};
  network_.backward(result.gradients);
  return result;
}

void PostTraining::step(const PostData& data, std::int64_t first) {
  forward(data, first);
  network_.backward();
  if (const auto array = unusable_gradient(network_)) {
    throw std::runtime_error("the gradient of " + *array + " is not finite");
  }
  adam_.begin_step();
  update_parameters(network_, adam_, parameters_, memory_);
}

}  // namespace polytask::benchmark
