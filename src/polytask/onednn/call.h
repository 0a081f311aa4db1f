// A oneDNN primitive with its arguments, ready to run on any memory.
//
// oneDNN's own way, a map of new memory objects a call, costs a microsecond:
// as much as a small convolution. Here the objects are made with the call, one
// set for each processor, and only learn new addresses.
//
// Private to this folder: it includes dnnl.hpp.

#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <oneapi/dnnl/dnnl.hpp>
#include <span>
#include <vector>

namespace polytask::onednn {

class Call {
 public:
  struct Argument {
    int id = 0;  // DNNL_ARG_...
    dnnl::memory::desc desc;
  };

  Call(dnnl::primitive primitive, std::vector<Argument> arguments);
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // Runs the primitive in the calling thread alone, whatever OpenMP would do.
  // Any number of threads at a time; where they are more than processors, some
  // allocate.
  //   data   of each argument, in the order of the constructor's. Sources are
  //          not written to.
  void run(std::span<const float* const> data) const;

 private:
  // What one thread at a time uses.
  struct Seat;
  static constexpr std::size_t kSeats = 16;
  [[nodiscard]] std::unique_ptr<Seat> take_seat(std::size_t first) const;
  void leave(std::unique_ptr<Seat> seat, std::size_t first) const;

  dnnl::primitive primitive_;
  std::vector<Argument> arguments_;
  mutable std::array<std::atomic<Seat*>, kSeats> seats_{};  // the free ones
};

}  // namespace polytask::onednn
