#include "polytask/train/training_state.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "polytask/base/crc32c.h"
#include "polytask/base/error.h"
#include "polytask/base/settings_yaml.h"
#include "polytask/base/text.h"
#include "polytask/checkpoint/model_content.h"
#include "polytask/task/model_settings.h"
#include "polytask/train/train_settings.h"

namespace polytask {
namespace {

using Json = nlohmann::json;

constexpr const char* kStateKey = "polytask.training";
constexpr const char* kFirstMoment = "training/adam_m/";
constexpr const char* kSecondMoment = "training/adam_v/";
constexpr const char* kAverage = "training/average/";

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

std::string hex(std::uint32_t value) {
  std::ostringstream out;
  out << std::hex << value;
  return out.str();
}

std::string checksum(const Dataset& data) {
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

// The first line in which two texts differ, as each has it.
std::pair<std::string, std::string> first_difference(const std::string& a,
                                                     const std::string& b) {
  std::istringstream in_a(a);
  std::istringstream in_b(b);
  std::string line_a;
  std::string line_b;
  do {
    if (!std::getline(in_a, line_a)) line_a = "nothing more";
    if (!std::getline(in_b, line_b)) line_b = "nothing more";
  } while (line_a == line_b && (in_a || in_b));
  const auto quoted = [](const std::string& line) {
    return cat('"',
               line.substr(std::min(line.find_first_not_of(' '), line.size())),
               '"');
  };
  return {quoted(line_a), quoted(line_b)};
}

void require_same_fingerprint(const SafetensorsFile& file,
                              const std::string& found,
                              const std::string& expected) {
  if (found == expected) return;
  const auto [before, now] = first_difference(found, expected);
  throw Error(
      Fault::config,
      cat(file.path().string(), ": cannot go on with other settings ",
          "or other data: the checkpoint has ", before, ", this run has ", now,
          "; only train.threads may change, and train.epochs where "
          "train.adam.schedule is constant"));
}

}  // namespace

std::string fingerprint_of(const ModelSpec& spec, const TrainOptions& options,
                           const TrainData& data) {
  TrainOptions comparable = options;
  // The cosine's length is that of the training.
  if (options.adam.schedule == LearningRateSchedule::constant) {
    comparable.epochs = 0;
  }
  comparable.threads = 0;
  std::string text =
      cat(to_yaml(to_settings(spec)), to_yaml(to_settings(comparable)),
          options.only_heads.empty()
              ? std::string()
              : cat("only_heads: ", join(options.only_heads), "\n"),
          "training_images: ", data.train->size(),
          "\ntraining_data_crc32c: ", checksum(*data.train), "\n");
  if (!data.validation) return text;
  return cat(text, "validation_images: ", data.validation->size(),
             "\nvalidation_data_crc32c: ", checksum(*data.validation), "\n");
}

void add_state(const TrainingState& state, Metadata& metadata,
               std::vector<TensorView>& tensors) {
  Json history = Json::array();
  for (const EpochReport& epoch : state.history) {
    history.push_back(to_json(epoch));
  }
  metadata[kStateKey] =
      Json{{"steps", state.steps},         {"best_epoch", state.best_epoch},
           {"best_loss", state.best_loss}, {"fingerprint", state.fingerprint},
           {"weighting", state.weighting}, {"history", history}}
          .dump();
  for_each_store(
      state.optimiser, [&](const char* prefix, const ParameterStore& store) {
        for (TensorView& tensor :
             parameter_tensors(store.layout(), store.flat(), prefix)) {
          tensors.push_back(std::move(tensor));
        }
      });
}

void restore(const SafetensorsFile& file, Model& model, TrainingState& state) {
  const auto text = file.metadata().find(kStateKey);
  if (text == file.metadata().end()) {
    throw Error(Fault::data,
                cat(file.path().string(),
                    ": expected a checkpoint of a training, found a model "
                    "without one; delete this file to go on from an older "
                    "checkpoint"));
  }
  try {
    const Json json = Json::parse(text->second);
    require_same_fingerprint(file, json.at("fingerprint").get<std::string>(),
                             state.fingerprint);
    state.steps = json.at("steps").get<std::int64_t>();
    state.best_epoch = json.at("best_epoch").get<int>();
    state.best_loss = json.at("best_loss").get<double>();
    state.weighting = json.at("weighting").get<std::vector<double>>();
    state.history.clear();
    for (const Json& epoch : json.at("history")) {
      state.history.push_back(epoch_of(epoch));
    }
  } catch (const Json::exception& e) {
    throw Error(Fault::data,
                cat(file.path().string(), ": ", kStateKey, ": cannot be read (",
                    e.what(), "); delete this checkpoint to use an older one"));
  }
  copy_tensors(file, "", model.parameters);
  for_each_store(state.optimiser,
                 [&](const char* prefix, ParameterStore& store) {
                   copy_tensors(file, prefix, store);
                 });
}

}  // namespace polytask
