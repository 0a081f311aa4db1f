// Heads that learn nothing: found in the first epoch, not after the last.
//
// A dense layer of a head is idle when its kernel's gradient was 0 in every
// step: its relu is never above 0, or the loss does not depend on its answers
// any more. Tasks that are meant to wait, with a weight of 0 or a schedule that
// begins there, are not watched.

#pragma once

#include <string>
#include <vector>

#include "polytask/network/network.h"
#include "polytask/task/task.h"
#include "polytask/weighting/weighting.h"

namespace polytask {

class IdleHeads {
 public:
  IdleHeads(const NetworkPlan& plan, const std::vector<Task>& tasks,
            const WeightingOptions& weighting);

  // After backward(): forgets the layers that have a gradient. Costs nothing
  // once all have had one.
  void look(Network& network);

  // A sentence for every task with layers that never had one.
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  struct Layer {
    std::string task;
    std::string kernel;         // "weather/dense_1/kernel"
    std::size_t parameter = 0;  // an index into the plan's parameters()
  };
  std::vector<Layer> idle_;  // so far
};

}  // namespace polytask
