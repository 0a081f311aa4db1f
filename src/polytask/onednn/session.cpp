#include "polytask/onednn/session.h"

#include <algorithm>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask::onednn {

const dnnl::engine& cpu_engine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

void refuse_as(const dnnl::error& error, std::string_view owner) {
  const bool memory = error.status == dnnl_out_of_memory;
  throw Error(memory ? Fault::resource : Fault::backend,
              cat(owner, ": oneDNN refused it (", error.what(), ", status ",
                  error.status, ")"));
}

dnnl::primitive_attr user_scratchpad() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

std::size_t floats(const dnnl::memory::desc& desc) {
  return std::max<std::size_t>(
      1, (desc.get_size() + sizeof(float) - 1) / sizeof(float));
}

}  // namespace polytask::onednn
