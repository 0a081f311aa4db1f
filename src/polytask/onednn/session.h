// What every primitive here shares: one engine, and the promise of one thread a
// primitive.
//
// Private to this folder: it includes dnnl.hpp.

#pragma once

#include <omp.h>

#include <cstddef>
#include <oneapi/dnnl/dnnl.hpp>
#include <string_view>

#include "polytask/base/memory.h"

namespace polytask::onednn {

[[nodiscard]] const dnnl::engine& cpu_engine();

// Primitives must be created for one thread: one that was made for two and runs
// inside a parallel region leaves half of its result unwritten. Restores the
// caller's setting.
class SingleThreaded {
 public:
  SingleThreaded() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~SingleThreaded() { omp_set_num_threads(before_); }
  SingleThreaded(const SingleThreaded&) = delete;
  SingleThreaded& operator=(const SingleThreaded&) = delete;

 private:
  int before_;
};

// What oneDNN says, as an Error: Fault::resource for want of memory, else
// Fault::backend.
[[noreturn]] void refuse_as(const dnnl::error& error, std::string_view owner);

// Runs `create` for one thread and says who could not be built, and why. oneDNN
// writes to the memory for the code it generates without looking whether it got
// any, so a margin is asked for first.
template <class Create>
auto create_primitive(std::string_view owner, Create create) {
  const SingleThreaded single_threaded;
  require_memory(0, owner, "a smaller network needs less");
  try {
    return create();
  } catch (const dnnl::error& e) {
    refuse_as(e, owner);
  }
}

// Scratch memory comes from the caller, so that one primitive can run in
// several threads at once. A fresh object each time: copies share their state.
[[nodiscard]] dnnl::primitive_attr user_scratchpad();

// Floats that hold an array of this description; at least 1.
[[nodiscard]] std::size_t floats(const dnnl::memory::desc& desc);

}  // namespace polytask::onednn
