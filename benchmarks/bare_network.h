// The work of a network in bare oneDNN primitives and nothing else: over a
// whole batch, in the layouts oneDNN itself chooses, each primitive on arrays
// of its own, so that no time goes to reorders between layers, packing of
// weights, random numbers, weight updates or a framework. No one who calls the
// same primitives can be faster.
//
// The scaling of bytes, convolutions with their relu, max pools (windows side
// by side) and dense layers; dropouts are left out. In training forward, relu's
// derivative, backward data (not for the first layer) and backward weights.

#pragma once

#include <memory>

#include "polytask/network/network_options.h"
#include "polytask/tensor/shape.h"

namespace polytask::benchmark {

struct BareNetworkOptions {
  Shape input;  // [height, width, channels]
  int batch = 1;
  int threads = 1;  // of OpenMP
  bool training = true;
  bool only_convolutions = false;  // with relu in forward, without in backward
};

class BareNetwork {
 public:
  BareNetwork(const NetworkOptions& network, const BareNetworkOptions& options);
  ~BareNetwork();

  void run();  // every primitive once

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

}  // namespace polytask::benchmark
