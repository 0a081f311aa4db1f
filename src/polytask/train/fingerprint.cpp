#include "polytask/train/fingerprint.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "polytask/base/crc32c.h"
#include "polytask/base/text.h"
#include "polytask/model/model_settings.h"
#include "polytask/settings/settings_yaml.h"
#include "polytask/train/train_settings.h"

namespace polytask {
namespace {

std::string hex(std::uint32_t value) {
  std::ostringstream out;
  out.exceptions(std::ios::badbit);
  out << std::hex << value;
  return out.str();
}

TrainOptions comparable(TrainOptions options) {
  options.threads = 0;
  options.patience = 0;
  // The cosine is as long as the training.
  if (options.adam.schedule == LearningRateSchedule::constant) {
    options.epochs = 0;
  }
  return options;
}

// Every single value with the way to it: "adam.beta_1" and "0.9".
using Leaves = std::vector<std::pair<std::string, std::string>>;

void add_leaves(const Settings& node, const std::string& path, Leaves& leaves) {
  const auto below = [&](const std::string& key) {
    return path.empty() ? key : cat(path, '.', key);
  };
  for (const Settings::Entry& entry : node.entries()) {
    add_leaves(entry.value, below(entry.key), leaves);
  }
  for (std::size_t i = 0; i < node.items().size(); ++i) {
    add_leaves(node.items()[i], below(cat(i + 1)), leaves);
  }
  if (!node.entries().empty() || !node.items().empty()) return;
  leaves.emplace_back(path, node.is_scalar() ? node.text() : "none");
}

Leaves leaves_of(const Settings& root) {
  Leaves leaves;
  add_leaves(root, "", leaves);
  return leaves;
}

const std::string* find(const Leaves& leaves, const std::string& path) {
  const auto at = std::ranges::find(leaves, path, &Leaves::value_type::first);
  return at == leaves.end() ? nullptr : &at->second;
}

}  // namespace

std::string data_checksum(const Dataset& data) {
  std::vector<std::byte> image(data.spec().bytes_per_image());
  std::vector<float> targets(data.spec().labels.size());
  std::uint32_t crc = 0;
  for (std::int64_t i = 0; i < data.size(); ++i) {
    data.read_image(i, image);
    data.read_targets(i, targets);
    crc = crc32c(image, crc);
    crc = crc32c(std::as_bytes(std::span(targets)), crc);
  }
  return hex(crc);
}

std::string fingerprint_of(const ModelSpec& spec, const TrainOptions& options,
                           const TrainData& data) {
  std::string text =
      cat(to_yaml(to_settings(spec)), to_yaml(to_settings(comparable(options))),
          options.only_heads.empty()
              ? std::string()
              : cat("only_heads: ", join(options.only_heads), "\n"),
          "training_images: ", data.train->size(),
          "\ntraining_data_crc32c: ", data_checksum(*data.train), "\n");
  if (!data.validation) return text;
  return cat(text, "validation_images: ", data.validation->size(),
             "\nvalidation_data_crc32c: ", data_checksum(*data.validation),
             "\n");
}

std::vector<std::string> fingerprint_differences(const std::string& checkpoint,
                                                 const std::string& now) {
  if (checkpoint == now) return {};
  const Settings options = to_settings(comparable(TrainOptions{}));
  const Leaves defaults = leaves_of(options);
  const Leaves before = leaves_of(parse_settings(checkpoint, "checkpoint"));
  const Leaves after = leaves_of(parse_settings(now, "this run"));
  const auto name_of = [&](const std::string& path) {
    const bool option = options.find(path.substr(0, path.find('.'))) != nullptr;
    return cat(option ? "train." : "", path);
  };
  std::vector<std::string> found;
  for (const auto& [path, value] : after) {
    const std::string* old = find(before, path);
    if (old == nullptr) old = find(defaults, path);
    if (old != nullptr && *old == value) continue;
    found.push_back(cat(name_of(path), ": ", old ? *old : "none",
                        " in the checkpoint, ", value, " in this run"));
  }
  for (const auto& [path, value] : before) {
    if (find(after, path) != nullptr) continue;
    found.push_back(cat(name_of(path), ": ", value,
                        " in the checkpoint, none in this run"));
  }
  if (!found.empty()) return found;
  // Layers and tasks are computed in the order in which they stand.
  auto next = after.begin();
  for (const auto& [path, value] : before) {
    while (next != after.end() && find(before, next->first) == nullptr) ++next;
    if (next->first != path) {
      return {cat("the order: ", name_of(path), " in the checkpoint where ",
                  name_of(next->first), " is in this run")};
    }
    ++next;
  }
  return found;
}

}  // namespace polytask
