#include "polytask/network/network_settings.h"

#include "polytask/base/text.h"
#include "polytask/layers/limits.h"
#include "polytask/settings/tagged_list.h"

namespace polytask {

// A number that is held to its limit where it is read. Found by
// argument-dependent lookup, so not in the unnamed namespace.
struct LimitedNumber {
  int& value;
  const NumberLimit& limit;
};

void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, LimitedNumber& field) {
  const std::size_t problems_before = problems.size();
  int read = 0;
  read_setting(node, path, problems, read);
  if (problems.size() > problems_before) return;
  if (field.limit.allows(read)) {
    field.value = read;
    return;
  }
  problems.push_back(setting_problem(node.place(), path,
                                     cat("expected ", field.limit.least, " to ",
                                         field.limit.most, ", found ", read)));
}

Settings write_setting(const LimitedNumber& field) {
  return write_setting(field.value);
}

namespace {

template <class Visitor>
void limited_key(Visitor& visitor, const NumberLimit& limit, int& value) {
  LimitedNumber number{.value = value, .limit = limit};
  visitor.key(limit.key, number);
}

template <class Visitor>
void describe(Visitor& visitor, Conv2D& layer) {
  limited_key(visitor, kFiltersLimit, layer.filters);
  limited_key(visitor, kKernelSizeLimit, layer.kernel_size);
  limited_key(visitor, kStridesLimit, layer.strides);
  visitor.key("padding", layer.padding);
  visitor.key("activation", layer.activation);
}

template <class Visitor>
void describe(Visitor& visitor, MaxPooling2D& layer) {
  limited_key(visitor, kPoolSizeLimit, layer.pool_size);
}

template <class Visitor>
void describe(Visitor& visitor, Dropout& layer) {
  visitor.key("rate", layer.rate);
}

template <class Visitor>
void describe(Visitor&, Flatten&) {}

template <class Visitor>
void describe(Visitor& visitor, Dense& layer) {
  limited_key(visitor, kUnitsLimit, layer.units);
  visitor.key("activation", layer.activation);
}

struct NamedLayer {
  const char* name;
  LayerOptions layer;
};

// Every kind of layer, in the order of LayerOptions.
const std::array<NamedLayer, 5>& known_layers() {
  static const std::array<NamedLayer, 5> layers{
      {{"conv2d", Conv2D{}},
       {"max_pooling2d", MaxPooling2D{}},
       {"dropout", Dropout{}},
       {"flatten", Flatten{}},
       {"dense", Dense{}}}};
  return layers;
}

// Of numbers without a default: how many filters, how many units.
void require_given(const TaggedItem& item, const NumberLimit& limit,
                   Problems& problems) {
  if (item.body.find(limit.key) != nullptr) return;
  problems.push_back(
      setting_problem(item.place, child_path(item.path, limit.key),
                      cat("expected ", limit.least, " to ", limit.most,
                          ", found none; write how many")));
}

void read_layer(const TaggedItem& item, Problems& problems,
                std::vector<LayerOptions>& layers) {
  std::vector<std::string> names;
  for (const NamedLayer& known : known_layers()) {
    names.emplace_back(known.name);
    if (item.tag != known.name) continue;
    layers.push_back(known.layer);
    std::visit(
        [&](auto& layer) {
          SettingsReader reader(item.body, item.path, problems);
          describe(reader, layer);
          reader.finish();
        },
        layers.back());
    if (std::holds_alternative<Conv2D>(known.layer)) {
      require_given(item, kFiltersLimit, problems);
    } else if (std::holds_alternative<Dense>(known.layer)) {
      require_given(item, kUnitsLimit, problems);
    }
    return;
  }
  problems.push_back(unknown_tag(item, "layer", names));
}

}  // namespace

void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, std::vector<LayerOptions>& layers) {
  layers.clear();
  const std::vector<TaggedItem> items = read_tagged_list(node, path, problems);
  if (items.size() > kMostLayers) {
    problems.push_back(setting_problem(node.place(), path,
                                       cat("expected at most ", kMostLayers,
                                           " layers, found ", items.size())));
    return;
  }
  for (const TaggedItem& item : items) {
    read_layer(item, problems, layers);
  }
}

Settings write_setting(const std::vector<LayerOptions>& layers) {
  Settings list = Settings::list();
  for (const LayerOptions& options : layers) {
    LayerOptions copy = options;
    const char* name = known_layers()[options.index()].name;
    list.append(std::visit(
        [&](auto& layer) {
          SettingsWriter writer;
          describe(writer, layer);
          return tagged_item(name, writer.take_settings());
        },
        copy));
  }
  return list;
}

}  // namespace polytask
