#include "polytask/train/training_state.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/checkpoint/bounded_json.h"
#include "polytask/checkpoint/model_content.h"
#include "polytask/train/fingerprint.h"

namespace polytask {
namespace {

using Json = nlohmann::json;

constexpr const char* kFirstMoment = "training/adam_m/";
constexpr const char* kSecondMoment = "training/adam_v/";

// Calls `visit(prefix, store)` for each array of the optimiser.
template <class Memory, class Visit>
void for_each_store(Memory& memory, Visit visit) {
  visit(kFirstMoment, memory.m);
  visit(kSecondMoment, memory.v);
  if (memory.average) visit(kAverage, *memory.average);
}

Json to_json(const MetricValues& values) {
  Json list = Json::array();
  for (const auto& [name, value] : values) {
    list.push_back({name, std::isfinite(value) ? Json(value) : Json()});
  }
  return list;
}

MetricValues metrics_of(const Json& list) {
  MetricValues values;
  for (const Json& item : list) {
    values.emplace_back(
        item.at(0).get<std::string>(),
        item.at(1).is_null() ? std::nan("") : item.at(1).get<double>());
  }
  return values;
}

Json to_json(const EpochReport& epoch) {
  return {{"epoch", epoch.epoch},
          {"steps", epoch.steps},
          {"seconds", epoch.seconds},
          {"train", to_json(epoch.train)},
          {"validation", to_json(epoch.validation)},
          {"weighting", to_json(epoch.weighting)},
          {"best", epoch.best}};
}

EpochReport epoch_of(const Json& json) {
  return {.epoch = json.at("epoch").get<int>(),
          .steps = json.at("steps").get<int>(),
          .seconds = json.at("seconds").get<double>(),
          .train = metrics_of(json.at("train")),
          .validation = metrics_of(json.at("validation")),
          .weighting = metrics_of(json.at("weighting")),
          .best = json.at("best").get<bool>()};
}

void copy_tensors(const SafetensorsFile& file, const std::string& prefix,
                  ParameterStore& store) {
  const auto& specs = store.layout().specs();
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const auto tensor = file.find(prefix + specs[i].name);
    if (!tensor || tensor->values.size() != store[i].size()) {
      throw Error(Fault::data,
                  cat(file.path().string(), ": expected tensor \"", prefix,
                      specs[i].name, "\" ", to_text(specs[i].shape),
                      "; this is no checkpoint of this network"));
    }
    std::ranges::copy(tensor->values, store[i].begin());
  }
}

void require_same_fingerprint(const SafetensorsFile& file,
                              const std::string& found,
                              const std::string& expected) {
  const std::vector<std::string> differences =
      fingerprint_differences(found, expected);
  if (differences.empty()) return;
  throw Error(Fault::config,
              cat(file.path().string(),
                  ": cannot go on with other settings or other data (only "
                  "train.threads and train.patience may change, and "
                  "train.epochs where train.adam.schedule is constant):",
                  bullet_list(differences)));
}

}  // namespace

void add_state(const TrainingState& state, const AdamMemory& optimiser,
               Metadata& metadata, std::vector<TensorView>& tensors) {
  Json history = Json::array();
  for (const EpochReport& epoch : state.history) {
    history.push_back(to_json(epoch));
  }
  metadata[kStateKey] =
      Json{{"steps", state.steps},           {"best_epoch", state.best_epoch},
           {"best_value", state.best_value}, {"fingerprint", state.fingerprint},
           {"weighting", state.weighting},   {"history", history}}
          .dump();
  for_each_store(
      optimiser, [&](const char* prefix, const ParameterStore& store) {
        for (TensorView& tensor :
             parameter_tensors(store.layout(), store.flat(), prefix)) {
          tensors.push_back(std::move(tensor));
        }
      });
}

void require_state(const SafetensorsFile& file) {
  if (file.metadata().contains(kStateKey)) return;
  throw Error(Fault::data,
              cat(file.path().string(),
                  ": expected a checkpoint of a training, found a model "
                  "without one"));
}

void restore(const SafetensorsFile& file, Model& model, AdamMemory& optimiser,
             TrainingState& state) {
  require_state(file);
  try {
    constexpr JsonBounds kBounds{.depth = 6, .values = 3'000'000};
    const Json json =
        parse_bounded_json(file.metadata().at(kStateKey), kBounds,
                           cat(file.path().string(), ": ", kStateKey));
    require_same_fingerprint(file, json.at("fingerprint").get<std::string>(),
                             state.fingerprint);
    state.steps = json.at("steps").get<std::int64_t>();
    state.best_epoch = json.at("best_epoch").get<int>();
    // Called so while only the loss was monitored.
    const char* value = json.contains("best_loss") ? "best_loss" : "best_value";
    state.best_value = json.at(value).get<double>();
    state.weighting = json.at("weighting").get<std::vector<double>>();
    state.history.clear();
    for (const Json& epoch : json.at("history")) {
      state.history.push_back(epoch_of(epoch));
    }
  } catch (const Json::exception& e) {
    throw Error(Fault::data, cat(file.path().string(), ": ", kStateKey,
                                 ": cannot be read (", e.what(), ")"));
  }
  copy_tensors(file, "", model.parameters);
  for_each_store(optimiser, [&](const char* prefix, ParameterStore& store) {
    copy_tensors(file, prefix, store);
  });
}

}  // namespace polytask
