// The multi-task loss on plain arrays: no network, no data set.

#include <cmath>
#include <iostream>
#include <vector>

#include "polytask/task/multi_task_loss.h"

int main() {
  constexpr int kLabels = 3;
  const float missing = std::nanf("");

  // Two images. No one knows whether the second shows the sea.
  const std::vector<float> probabilities{0.9f, 0.2f, 0.4f,   //
                                         0.1f, 0.7f, 0.8f};  //
  const std::vector<float> targets{1, 0,       1,            //
                                   0, missing, 1};

  std::vector<float> gradient(probabilities.size());
  const polytask::LossValue value =
      polytask::multi_task_loss(probabilities, targets, kLabels, gradient);

  std::cout << "loss " << value.loss << " from " << value.observed
            << " observed labels\n";
  for (const float g : gradient) std::cout << g << ' ';
  std::cout << '\n';

  // Training uses the form on logits: exact however sure the network is.
  const std::vector<float> logits{50, -50, 0, -50, 0, 50};
  std::cout
      << "on logits "
      << polytask::multi_task_loss_on_logits(logits, targets, kLabels).loss
      << '\n';
}
