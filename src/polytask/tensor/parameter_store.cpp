#include "polytask/tensor/parameter_store.h"

#include <set>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/tensor/workspace.h"

namespace polytask {

ParameterLayout::ParameterLayout(std::vector<ParameterSpec> specs)
    : specs_(std::move(specs)) {
  std::set<std::string> names;
  for (const ParameterSpec& spec : specs_) {
    if (!names.insert(spec.name).second) {
      throw Error(Fault::config, cat("parameter \"", spec.name,
                                     "\" exists twice; give the layers "
                                     "different names"));
    }
    offsets_.push_back(flat_count_);
    flat_count_ += WorkspacePlan::aligned(element_count(spec.shape));
  }
}

std::size_t ParameterLayout::parameter_count() const {
  std::size_t count = 0;
  for (const ParameterSpec& spec : specs_) count += element_count(spec.shape);
  return count;
}

ParameterStore::ParameterStore(ParameterLayout layout)
    : layout_(std::move(layout)) {
  if (layout_.flat_count() == 0) return;
  WorkspacePlan plan;
  const Slot all = plan.reserve("parameters", layout_.flat_count());
  const auto workspace = std::make_shared<Workspace>(plan);
  values_ = {workspace, (*workspace)[all].data()};
}

}  // namespace polytask
