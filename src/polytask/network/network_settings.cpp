#include "polytask/network/network_settings.h"

#include "polytask/base/tagged_list.h"

namespace polytask {
namespace {

template <class Visitor>
void describe(Visitor& visitor, Conv2D& layer) {
  visitor.key("filters", layer.filters);
  visitor.key("kernel_size", layer.kernel_size);
  visitor.key("strides", layer.strides);
  visitor.key("padding", layer.padding);
  visitor.key("activation", layer.activation);
}

template <class Visitor>
void describe(Visitor& visitor, MaxPooling2D& layer) {
  visitor.key("pool_size", layer.pool_size);
}

template <class Visitor>
void describe(Visitor& visitor, Dropout& layer) {
  visitor.key("rate", layer.rate);
}

template <class Visitor>
void describe(Visitor&, Flatten&) {}

template <class Visitor>
void describe(Visitor& visitor, Dense& layer) {
  visitor.key("units", layer.units);
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
    return;
  }
  problems.push_back(unknown_tag(item, "layer", names));
}

}  // namespace

void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, std::vector<LayerOptions>& layers) {
  layers.clear();
  for (const TaggedItem& item : read_tagged_list(node, path, problems)) {
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
