// Training steps of the post's network, as polytask's own loop makes them, for
// a caller that gives each batch and measures.

#pragma once

#include <memory>

#include "benchmarks/compare/post_data.h"
#include "polytask/base/thread_pool.h"
#include "polytask/network/network.h"
#include "polytask/optim/adam.h"

namespace polytask::benchmark {

class PostTraining {
 public:
  // Starts from the parameters of `model`, which keeps its own.
  //   dropout   false: the network without its dropout layers
  PostTraining(const Model& model, int threads, bool dropout);

  struct FirstStep {
    double loss = 0.0;
    ParameterStore gradients;
  };
  // Of images [first, first + kBatch); the parameters stay as they are.
  [[nodiscard]] FirstStep differentiate(const PostData& data,
                                        std::int64_t first);

  // One whole step on these images: forward, loss, backward, Adam. Throws
  // std::runtime_error when a gradient cannot be used.
  void step(const PostData& data, std::int64_t first);

 private:
  double forward(const PostData& data, std::int64_t first);

  ThreadPool pool_;
  std::shared_ptr<const NetworkPlan> plan_;
  Network network_;
  ParameterStore parameters_;
  AdamMemory memory_;
  Adam adam_;
  std::vector<std::uint32_t> samples_;
  std::uint32_t steps_ = 0;
};

}  // namespace polytask::benchmark
