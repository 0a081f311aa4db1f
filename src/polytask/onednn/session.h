// What every primitive here shares: one engine, and the promise of one thread a
// primitive.
//
// Private to this folder: it includes dnnl.hpp.

#pragma once

#include <omp.h>

#include <cstddef>
#include <oneapi/dnnl/dnnl.hpp>
#include <string_view>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

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

// Runs `create` for one thread and says who could not be built, and why.
template <class Create>
auto create_primitive(std::string_view owner, Create create) {
  const SingleThreaded single_threaded;
  try {
    return create();
  } catch (const dnnl::error& e) {
    throw Error(Fault::backend, cat(owner, ": oneDNN refused it (", e.what(),
                                    ", status ", e.status, ")"));
  }
}

// Scratch memory comes from the caller, so that one primitive can run in
// several threads at once. A fresh object each time: copies share their state.
[[nodiscard]] dnnl::primitive_attr user_scratchpad();

// Floats that hold an array of this description; at least 1.
[[nodiscard]] std::size_t floats(const dnnl::memory::desc& desc);

}  // namespace polytask::onednn
