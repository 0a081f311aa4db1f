#include "polytask/checkpoint/model_content.h"

#include <algorithm>
#include <limits>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/checkpoint/model_file.h"
#include "polytask/checkpoint/safetensors_header.h"
#include "polytask/checkpoint/statistics_text.h"
#include "polytask/model/model_parameters.h"
#include "polytask/model/model_settings.h"
#include "polytask/settings/settings_yaml.h"

namespace polytask {
namespace {

constexpr const char* kFormat = "polytask.format";
constexpr const char* kVersion = "1";
constexpr const char* kSpec = "polytask.model";
constexpr const char* kStatistics = "polytask.prior";
constexpr std::string_view kNote = "polytask.note.";

// What a file says of itself before its values are read.
struct ModelHead {
  const std::filesystem::path& path;
  const Metadata& metadata;
  const std::vector<TensorView>& tensors;
};

ModelHead head_of(const SafetensorsFile& file) {
  return {file.path(), file.metadata(), file.tensors()};
}

[[noreturn]] void refuse(const ModelHead& head, const std::string& why) {
  throw Error(Fault::data, cat(head.path.string(), ": ", why));
}

const std::string& text_of(const ModelHead& head, const char* key) {
  const auto found = head.metadata.find(key);
  if (found != head.metadata.end()) return found->second;
  refuse(head, cat("expected a polytask model, but its metadata has no \"", key,
                   "\"; models are written by \"polytask train\""));
}

ModelSpec read_spec(const ModelHead& head) {
  const std::string place = head.path.filename().string();
  ModelSpec spec;
  Problems found;
  try {
    read_settings(parse_settings(text_of(head, kSpec), place), "", found, spec);
  } catch (const Error& e) {
    refuse(head, e.what());
  }
  for (const std::string& problem : problems(spec.tasks)) {
    found.push_back(problem);
  }
  for (const double scale :
       {spec.preprocessing.uint8_scale, spec.preprocessing.float32_scale}) {
    if (scale > 0.0 && scale <= std::numeric_limits<float>::max()) continue;
    found.push_back(
        cat("preprocessing: expected scales that are finite and > 0, found ",
            scale));
  }
  if (!found.empty()) {
    refuse(head,
           "the description of the model cannot be used:" + bullet_list(found));
  }
  return spec;
}

bool is_of_the_training(const TensorView& tensor) {
  return tensor.name.starts_with(kTrainingPrefix);
}

std::vector<ParameterSpec> read_parameters(const ModelHead& head) {
  std::vector<ParameterSpec> specs;
  for (const TensorView& tensor : head.tensors) {
    if (is_of_the_training(tensor)) continue;
    Shape shape;
    for (const std::int64_t axis : tensor.shape) {
      if (axis > std::numeric_limits<int>::max()) {
        refuse(head, cat(in_quotes(tensor.name), ": expected axes below 2^31, ",
                         "found ", axis));
      }
      shape.push_back(static_cast<int>(axis));
    }
    specs.push_back({tensor.name, shape});
  }
  return specs;
}

ParameterStore copy_parameters(const SafetensorsFile& file) {
  ParameterStore store(ParameterLayout(read_parameters(head_of(file))));
  std::size_t i = 0;
  for (const TensorView& tensor : file.tensors()) {
    if (is_of_the_training(tensor)) continue;
    std::ranges::copy(tensor.values, store[i++].begin());
  }
  return store;
}

ParameterStore take_parameters(SafetensorsFile&& file) {
  if (std::ranges::any_of(file.tensors(), is_of_the_training)) {
    return copy_parameters(file);
  }
  ParameterLayout layout(read_parameters(head_of(file)));
  return {std::move(layout), std::move(file).take_values()};
}

// All but the parameters, whose names and shapes fit the network.
Model read_model(const ModelHead& head) {
  const std::string& version = text_of(head, kFormat);
  if (version != kVersion) {
    refuse(head, cat("expected a model of format version ", kVersion,
                     ", found ", version, "; this polytask is too old for it"));
  }
  Model model;
  model.spec = read_spec(head);
  model.target_statistics =
      read_statistics(text_of(head, kStatistics), model.spec.tasks,
                      cat(head.path.string(), ": ", kStatistics));
  for (const auto& [key, text] : head.metadata) {
    if (key.starts_with(kNote)) model.notes[key.substr(kNote.size())] = text;
  }
  const std::vector<ParameterSpec> parameters = read_parameters(head);
  try {
    require_parameters(model.spec, parameters);
  } catch (const Error& e) {
    refuse(head, e.what());
  }
  return model;
}

}  // namespace

Metadata model_metadata(const Model& model) {
  Metadata metadata{{kFormat, kVersion},
                    {kSpec, to_yaml(to_settings(model.spec))},
                    {kStatistics, statistics_text(model)}};
  for (const auto& [name, text] : model.notes) {
    metadata[std::string(kNote) + name] = text;
  }
  return metadata;
}

std::vector<TensorView> parameter_tensors(const ParameterLayout& layout,
                                          std::span<const float> values,
                                          const std::string& prefix) {
  std::vector<TensorView> tensors;
  for (std::size_t i = 0; i < layout.size(); ++i) {
    const ParameterSpec& spec = layout.specs()[i];
    tensors.push_back({.name = prefix + spec.name,
                       .shape = {spec.shape.begin(), spec.shape.end()},
                       .values = layout.slice(values, i)});
  }
  return tensors;
}

Model model_of(const SafetensorsFile& file) {
  Model model = read_model(head_of(file));
  model.parameters = copy_parameters(file);
  return model;
}

void save_model(const Model& model, const std::filesystem::path& path) {
  SafetensorsWriter writer(
      path, model_metadata(model),
      parameter_tensors(model.parameters.layout(), model.parameters.flat()));
  writer.write_bytes();
  writer.commit();
}

Model load_model(const std::filesystem::path& path) {
  return load_model_file(path).model;
}

ModelFile load_model_file(const std::filesystem::path& path) {
  ModelFile loaded;
  SafetensorsFile file(
      path, {.require_finite = true,
             .accept = [&](const Metadata& metadata, const auto& tensors) {
               loaded.model = read_model({path, metadata, tensors});
             }});
  loaded.checksum = file.checksum();
  loaded.model.parameters = take_parameters(std::move(file));
  return loaded;
}

}  // namespace polytask
