// A training step allocates nothing that counts.
//
// This program's malloc and its relatives stand before the C library's and
// count while a test asks them to. What remains in a step are oneDNN's own maps
// of a call's arguments: a handful of nodes, each below 1 KiB and freed when
// the call returns. Nothing of ours, no scratchpad, no activation.

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>

#include "polytask/optim/adam.h"
#include "polytask/task/multi_task_loss.h"
#include "tests/network/network_bench.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define POLYTASK_SANITIZER_OWNS_MALLOC 1
#else
#define POLYTASK_SANITIZER_OWNS_MALLOC 0
#endif

namespace {

constexpr std::size_t kLargeBytes = 4096;

struct Counters {
  std::atomic<bool> counting{false};
  std::atomic<long> allocations{0};
  std::atomic<long> releases{0};
  std::atomic<long> large{0};
  std::atomic<std::size_t> largest{0};
};
constinit Counters counters;

[[maybe_unused]] void count_allocation(std::size_t bytes) {
  if (!counters.counting) return;
  ++counters.allocations;
  if (bytes >= kLargeBytes) ++counters.large;
  std::size_t before = counters.largest;
  while (before < bytes &&
         !counters.largest.compare_exchange_weak(before, bytes)) {
  }
}

[[maybe_unused]] void count_release(const void* memory) {
  if (counters.counting && memory != nullptr) ++counters.releases;
}

}  // namespace

#if !POLYTASK_SANITIZER_OWNS_MALLOC
extern "C" {
void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* memory, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);
void __libc_free(void* memory);

__attribute__((visibility("default"))) void* malloc(std::size_t bytes) {
  count_allocation(bytes);
  return __libc_malloc(bytes);
}
__attribute__((visibility("default"))) void* calloc(std::size_t count,
                                                    std::size_t bytes) {
  count_allocation(count * bytes);
  return __libc_calloc(count, bytes);
}
__attribute__((visibility("default"))) void* realloc(void* memory,
                                                     std::size_t bytes) {
  count_release(memory);
  count_allocation(bytes);
  return __libc_realloc(memory, bytes);
}
__attribute__((visibility("default"))) void* aligned_alloc(
    std::size_t alignment, std::size_t bytes) {
  count_allocation(bytes);
  return __libc_memalign(alignment, bytes);
}
__attribute__((visibility("default"))) int posix_memalign(void** memory,
                                                          std::size_t alignment,
                                                          std::size_t bytes) {
  count_allocation(bytes);
  *memory = __libc_memalign(alignment, bytes);
  return *memory == nullptr ? ENOMEM : 0;
}
__attribute__((visibility("default"))) void free(void* memory) {
  count_release(memory);
  __libc_free(memory);
}
}
#endif

namespace polytask {
namespace {

// A full step, as training takes it.
class Step {
 public:
  explicit Step(int batch, TaskGradients kept = TaskGradients::together)
      : bench_(test::every_kind_of_layer(), plan_of(batch, kept)),
        m_(bench_.plan->parameters()),
        v_(bench_.plan->parameters()),
        targets_(static_cast<std::size_t>(batch * 5), 1.0f) {}

  // Without AVX-512 oneDNN's matrix product packs its matrices into memory that
  // it takes and gives back in every call.
  [[nodiscard]] bool product_packs() const {
    return std::ranges::none_of(
        bench_.plan->layers(), [](const LayerDescription& layer) {
          return layer.implementation.find("avx512") != std::string::npos;
        });
  }

  void run(int images) {
    bench_.network.prepare(bench_.parameters);
    bench_.network.forward_training(bench_.batch(images), bench_.key(images));
    for (std::size_t head = 0; head < 2; ++head) {
      const std::span<const float> logits = bench_.network.logits(head);
      (void)multi_task_loss_on_logits(
          logits, std::span<const float>(targets_).first(logits.size()),
          head == 0 ? 5 : 2, bench_.network.diff_logits(head));
    }
    backward();
    adam_.begin_step();
    bench_.network.for_each_gradient([this](std::size_t parameter,
                                            std::size_t first,
                                            std::span<const float> gradient) {
      const auto range = [&](ParameterStore& store) {
        return store[parameter].subspan(first, gradient.size());
      };
      adam_.update(range(bench_.parameters), gradient, {range(m_), range(v_)});
    });
  }

 private:
  static PlanOptions plan_of(int batch, TaskGradients kept) {
    PlanOptions options = test::two_heads(batch, 2);
    options.task_gradients = kept;
    return options;
  }
  void backward() {
    const TaskGradients kept = bench_.plan->options().task_gradients;
    if (kept == TaskGradients::together) return bench_.network.backward();
    bench_.network.backward(
        [](std::span<const double>, std::span<double> weights) {
          std::ranges::fill(weights, 0.5);
        });
  }

  test::NetworkBench bench_;
  Adam adam_{AdamOptions{}};
  ParameterStore m_, v_;
  std::vector<float> targets_;
};

class Allocation : public testing::Test {
 protected:
  void SetUp() override {
    if (POLYTASK_SANITIZER_OWNS_MALLOC) {
      GTEST_SKIP() << "the sanitizer has a malloc of its own";
    }
  }

  static void count(Step& step, int images) {
    counters.allocations = 0;
    counters.releases = 0;
    counters.large = 0;
    counters.largest = 0;
    counters.counting = true;
    step.run(images);
    counters.counting = false;
  }
};

TEST_F(Allocation, TheCountersSeeOneNew) {
  counters.allocations = 0;
  counters.large = 0;
  counters.counting = true;
  auto* const memory = new char[kLargeBytes];
  counters.counting = false;
  memory[0] = 1;
  EXPECT_EQ(counters.allocations, 1);
  EXPECT_EQ(counters.large, 1);
  EXPECT_EQ(memory[0], 1);
  delete[] memory;
}

// The first steps fill oneDNN's per-thread streams and the C library's caches.
// A thread that the others left nothing to do in them fills its own in a later
// step, once: so each of the network's two threads may keep something in one.
TEST_F(Allocation, StepAllocatesNothingLargeAndKeepsNothing) {
  constexpr int kThreads = 2;
  for (const auto kept : {TaskGradients::together, TaskGradients::features,
                          TaskGradients::trunk}) {
    Step step(16, kept);
    for (int i = 0; i < 5; ++i) step.run(16);
    int steps_that_kept = 0;
    for (int i = 0; i < 20; ++i) {
      count(step, i % 3 == 2 ? 3 : 16);
      if (!step.product_packs()) {
        EXPECT_EQ(counters.large, 0);
        EXPECT_LT(counters.largest, 1024u);
      }
      steps_that_kept += counters.allocations != counters.releases;
    }
    EXPECT_LE(steps_that_kept, kThreads);
  }
}

// An allocation that grew with the image or the batch would be ours.
TEST_F(Allocation, WhatRemainsIsOneDnnsArgumentsForEachCall) {
  constexpr long kPerCall = 12;
  constexpr long kCallsPerImage = 2 + 1 + 2;  // forward, data, weights
  constexpr long kCallsPerStep = 100;         // packing and dense layers
  Step step(16);
  for (int i = 0; i < 5; ++i) step.run(16);
  count(step, 16);
  EXPECT_LT(counters.allocations,
            kPerCall * (16 * kCallsPerImage + kCallsPerStep));
}

}  // namespace
}  // namespace polytask
