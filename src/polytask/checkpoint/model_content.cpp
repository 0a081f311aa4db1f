#include "polytask/checkpoint/model_content.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "polytask/base/error.h"
#include "polytask/base/settings_yaml.h"
#include "polytask/base/text.h"
#include "polytask/checkpoint/model_file.h"
#include "polytask/checkpoint/safetensors_header.h"
#include "polytask/task/model_settings.h"
#include "polytask/task/prior.h"

namespace polytask {
namespace {

constexpr const char* kFormat = "polytask.format";
constexpr const char* kVersion = "1";
constexpr const char* kSpec = "polytask.model";
constexpr const char* kPrior = "polytask.prior";
constexpr std::string_view kNote = "polytask.note.";

std::string prior_text(const Model& model) {
  nlohmann::json tasks = nlohmann::json::object();
  for (std::size_t t = 0; t < model.prior.size(); ++t) {
    nlohmann::json values = nlohmann::json::array();
    for (const double p : model.prior[t]) {
      values.push_back(p == p ? nlohmann::json(p) : nlohmann::json());
    }
    tasks[model.spec.tasks[t].name] = values;
  }
  return tasks.dump();
}

[[noreturn]] void refuse(const SafetensorsFile& file, const std::string& why) {
  throw Error(Fault::data, cat(file.path().string(), ": ", why));
}

const std::string& text_of(const SafetensorsFile& file, const char* key) {
  const auto found = file.metadata().find(key);
  if (found != file.metadata().end()) return found->second;
  refuse(file, cat("expected a polytask model, but its metadata has no \"", key,
                   "\"; models are written by \"polytask train\""));
}

ModelSpec read_spec(const SafetensorsFile& file) {
  const std::string place = file.path().filename().string();
  ModelSpec spec;
  Problems found;
  try {
    read_settings(parse_settings(text_of(file, kSpec), place), "", found, spec);
  } catch (const Error& e) {
    refuse(file, e.what());
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
    refuse(file,
           "the description of the model cannot be used:" + bullet_list(found));
  }
  return spec;
}

// Once the shares of labels and the mean of a count alone.
std::size_t older_prior_size(const Task& task) {
  return task.kind == TaskKind::multilabel ? task.labels.size()
         : task.kind == TaskKind::count    ? 1
                                           : prior_size(task);
}

std::vector<std::vector<double>> read_prior(const SafetensorsFile& file,
                                            const ModelSpec& spec) {
  const auto json =
      nlohmann::json::parse(text_of(file, kPrior), nullptr, false);
  std::vector<std::vector<double>> prior;
  if (!json.is_object() || json.empty()) return prior;
  for (const Task& task : spec.tasks) {
    const auto values = json.find(task.name);
    const bool older =
        values != json.end() && values->size() == older_prior_size(task);
    if (values == json.end() || !values->is_array() ||
        (values->size() != prior_size(task) && !older)) {
      refuse(file, cat("polytask.prior: expected ", prior_size(task),
                       " numbers for task \"", task.name, "\""));
    }
    std::vector<double>& row = prior.emplace_back();
    for (const auto& value : *values) {
      const double share =
          value.is_number() ? value.get<double>() : std::nan("");
      const bool is_share =
          task.kind != TaskKind::regression && task.kind != TaskKind::count;
      if (is_share && (share < 0.0 || share > 1.0)) {
        refuse(file,
               cat("polytask.prior: expected shares of 0 to 1 for task \"",
                   task.name, "\", found ", share));
      }
      row.push_back(share);
    }
    if (task.kind == TaskKind::count)
      row.resize(prior_size(task), std::nan(""));
  }
  return prior;
}

bool is_of_the_training(const TensorView& tensor) {
  return tensor.name.starts_with(kTrainingPrefix);
}

ParameterLayout read_layout(const SafetensorsFile& file) {
  std::vector<ParameterSpec> specs;
  for (const TensorView& tensor : file.tensors()) {
    if (is_of_the_training(tensor)) continue;
    Shape shape;
    for (const std::int64_t axis : tensor.shape) {
      if (axis > std::numeric_limits<int>::max()) {
        refuse(file, cat(in_quotes(tensor.name), ": expected axes below 2^31, ",
                         "found ", axis));
      }
      shape.push_back(static_cast<int>(axis));
    }
    specs.push_back({tensor.name, shape});
  }
  return ParameterLayout(std::move(specs));
}

ParameterStore copy_parameters(const SafetensorsFile& file) {
  ParameterStore store(read_layout(file));
  std::size_t i = 0;
  for (const TensorView& tensor : file.tensors()) {
    if (is_of_the_training(tensor)) continue;
    std::ranges::copy(tensor.values, store[i++].begin());
  }
  return store;
}

// All but the parameters.
Model read_model(const SafetensorsFile& file) {
  const std::string& version = text_of(file, kFormat);
  if (version != kVersion) {
    refuse(file, cat("expected a model of format version ", kVersion,
                     ", found ", version, "; this polytask is too old for it"));
  }
  Model model;
  model.spec = read_spec(file);
  model.prior = read_prior(file, model.spec);
  for (const auto& [key, text] : file.metadata()) {
    if (key.starts_with(kNote)) model.notes[key.substr(kNote.size())] = text;
  }
  return model;
}

}  // namespace

Metadata model_metadata(const Model& model) {
  Metadata metadata{{kFormat, kVersion},
                    {kSpec, to_yaml(to_settings(model.spec))},
                    {kPrior, prior_text(model)}};
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
  Model model = read_model(file);
  model.parameters = copy_parameters(file);
  return model;
}

Model model_of(SafetensorsFile&& file) {
  if (std::ranges::any_of(file.tensors(), is_of_the_training)) {
    return model_of(std::as_const(file));
  }
  Model model = read_model(file);
  ParameterLayout layout = read_layout(file);
  model.parameters =
      ParameterStore(std::move(layout), std::move(file).take_values());
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
  return model_of(SafetensorsFile(path));
}

}  // namespace polytask
