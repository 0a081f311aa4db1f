// The convolutions of one training step of the post's network and nothing else:
// forward, backward data (not for the first), backward weights, over a whole
// batch in the layouts oneDNN itself chooses. No framework that calls oneDNN's
// direct convolutions can be faster.

#pragma once

#include <memory>

namespace polytask::benchmark {

class BareConvolutions {
 public:
  BareConvolutions(int batch, int threads);
  ~BareConvolutions();

  void run();  // every primitive once, on `threads` OpenMP threads

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

}  // namespace polytask::benchmark
