#include "polytask/report/plan_text.h"

#include <algorithm>

#include "polytask/base/number_text.h"
#include "polytask/base/text.h"
#include "polytask/report/terminal_text.h"
#include "polytask/train/training_step.h"

namespace polytask {
namespace {

constexpr std::size_t kNumberWidth = 12;

std::string number(double value, int decimals) {
  return right(fixed_text(value, decimals), kNumberWidth);
}

std::string megabytes(std::size_t bytes) {
  return number(static_cast<double>(bytes) / 1e6, 3);
}

std::string layer_lines(const LayerDescription& layer, std::size_t names,
                        std::size_t shapes) {
  return cat(left(printable(layer.name), names), "  ",
             left(cat(to_text(layer.src), " -> ", to_text(layer.dst)), shapes),
             right(cat(layer.parameters), kNumberWidth),
             number(layer.forward_flops / 1e6, 2),
             megabytes(layer.weight_bytes), megabytes(layer.kept_bytes),
             "\n    ", layer.reason, "\n    ", layer.implementation, '\n');
}

std::string memory_lines(const NetworkPlan& plan, const AdamOptions& adam) {
  std::string text = cat(right("MB", kNumberWidth), "  memory\n");
  const auto line = [&](std::size_t bytes, const std::string& owner) {
    text += cat(megabytes(bytes), "  ", printable(owner), '\n');
  };
  for (const auto& one : plan.memory().reservations()) {
    line(one.bytes, one.owner);
  }
  const TrainingMemory memory = memory_of(plan, adam);
  line(memory.workspace, "workspace, all of the above");
  line(memory.parameters, "parameters");
  if (memory.moments > 0) line(memory.moments, "moments of Adam");
  if (memory.average > 0) line(memory.average, "average of the weights");
  line(memory.total(), "total");
  return text;
}

// ", 8 shards", or ", 2 shards, in groups of 4 images".
std::string shards_text(const NetworkPlan& plan) {
  if (!plan.options().training) return "";
  const int shards = plan.shards(plan.options().batch);
  const std::string text =
      cat(", ", shards, shards == 1 ? " shard" : " shards");
  if (plan.micro_batch == 1) return text;
  return cat(text, ", in groups of ", plan.micro_batch, " images");
}

}  // namespace

Json plan_json(const NetworkPlan& plan, const AdamOptions& adam) {
  const PlanOptions& options = plan.options();
  Json layers = Json::array();
  for (const LayerDescription& layer : plan.layers()) {
    layers.push_back({{"layer", layer.name},
                      {"src", layer.src},
                      {"dst", layer.dst},
                      {"implementation", layer.implementation},
                      {"reason", layer.reason},
                      {"parameters", layer.parameters},
                      {"forward_flops", layer.forward_flops},
                      {"backward_flops", layer.backward_flops},
                      {"backward_skips_zeros", layer.backward_skips_zeros},
                      {"weight_bytes", layer.weight_bytes},
                      {"prepared_bytes", layer.prepared_bytes},
                      {"kept_bytes", layer.kept_bytes}});
  }
  Json workspace = Json::array();
  for (const auto& one : plan.memory().reservations()) {
    workspace.push_back({{"owner", one.owner}, {"bytes", one.bytes}});
  }
  const TrainingMemory memory = memory_of(plan, adam);
  return {{"image", options.input},
          {"batch", options.batch},
          {"threads", options.workers},
          {"shards", plan.shards(options.batch)},
          {"group", plan.micro_batch},
          {"parameters", plan.parameters().parameter_count()},
          {"forward_flops", plan.forward_flops()},
          {"layers", layers},
          {"memory",
           {{"workspace", workspace},
            {"workspace_bytes", memory.workspace},
            {"parameter_bytes", memory.parameters},
            {"moment_bytes", memory.moments},
            {"average_bytes", memory.average},
            {"total_bytes", memory.total()}}}};
}

std::string plan_table(const NetworkPlan& plan, const AdamOptions& adam) {
  const std::vector<LayerDescription> layers = plan.layers();
  std::size_t names = 0;
  std::size_t shapes = 0;
  for (const LayerDescription& layer : layers) {
    names = std::max(names, display_width(printable(layer.name)));
    shapes = std::max(
        shapes, cat(to_text(layer.src), " -> ", to_text(layer.dst)).size());
  }
  const PlanOptions& options = plan.options();
  std::string text =
      cat("images ", to_text(options.input), ", ", options.batch, " a batch, ",
          options.workers, options.workers == 1 ? " thread" : " threads",
          shards_text(plan), "\n\n", left("layer", names), "  ",
          left("input -> output", shapes), right("parameters", kNumberWidth),
          right("MFLOP", kNumberWidth), right("weights MB", kNumberWidth),
          right("kept MB", kNumberWidth), '\n');
  for (const LayerDescription& layer : layers) {
    text += layer_lines(layer, names, shapes);
  }
  return cat(text,
             "\nMFLOP: of forward, one image; kept: of a batch, from forward "
             "to backward\n\n",
             memory_lines(plan, adam));
}

}  // namespace polytask
