// Option structs and recipes: one description of a struct, three uses.
//
//   struct TrainOptions {
//     int epochs = 50;
//     SplitOptions split;
//   };
//
//   template <class Visitor>
//   void describe(Visitor& visitor, TrainOptions& options) {
//     visitor.key("epochs", options.epochs);
//     visitor.section("split", options.split);
//   }
//
//   read_settings(node, "train", problems, options)   a recipe into the struct
//   to_settings(options)                              every key, as resolved
//   SettingsReader, SettingsWriter                    the visitors themselves
//
// A key that is absent leaves its field alone, so the struct's initialisers
// are the defaults. Any type that settings_value.h reads may be a field. The
// struct itself may stand in a std::vector or a std::optional.

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "polytask/settings/setting_problem.h"
#include "polytask/settings/settings.h"
#include "polytask/settings/settings_value.h"

namespace polytask {

// Reads the keys of one map. One per map, used by one thread; `node` and
// `problems` outlive it.
class SettingsReader {
 public:
  // `path` is where the map stands: "train", or "" for the root. Null is an
  // empty map; anything else than a map is one problem.
  SettingsReader(const Settings& node, std::string path, Problems& problems);

  // Overwrites `field` with the value of the key, if it is there and usable.
  template <class T>
  void key(std::string_view name, T& field) {
    const Settings* const value = take(name);
    if (value == nullptr) return;
    read_setting(*value, child_path(path_, name), problems_, field);
  }

  // Reads a struct of its own keys.
  template <class T>
  void section(std::string_view name, T& options) {
    const Settings* const value = take(name);
    if (value == nullptr) return;
    SettingsReader reader(*value, child_path(path_, name), problems_);
    describe(reader, options);
    reader.finish();
  }

  // For a key that the caller reads by itself: its value, or nullptr when it
  // is absent; the key counts as known.
  [[nodiscard]] const Settings* take(std::string_view name);

  // Adds a problem for every key that no one asked for, with the nearest
  // known one. Call it last.
  void finish();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  const Settings& node_;
  std::string path_;
  Problems& problems_;
  std::vector<std::string> known_;
};

// Builds a map of every key, in the order of the description.
class SettingsWriter {
 public:
  template <class T>
  void key(std::string_view name, const T& field) {
    settings_.set(name, write_setting(field));
  }

  template <class T>
  void section(std::string_view name, T& options) {
    SettingsWriter writer;
    describe(writer, options);
    settings_.set(name, writer.take_settings());
  }

  // For a key that the caller writes by itself.
  void put(std::string_view name, Settings value) {
    settings_.set(name, std::move(value));
  }

  [[nodiscard]] Settings take_settings() { return std::move(settings_); }

 private:
  Settings settings_ = Settings::map();
};

// All of `node` into `options`: every problem of it, unknown keys included.
template <Described T>
void read_settings(const Settings& node, const std::string& path,
                   Problems& problems, T& options) {
  SettingsReader reader(node, path, problems);
  describe(reader, options);
  reader.finish();
}

// A map of every key with its value; read_settings of it gives equal options.
template <Described T>
[[nodiscard]] Settings to_settings(T options) {
  SettingsWriter writer;
  describe(writer, options);
  return writer.take_settings();
}

// What makes a described struct a value of its own.
template <Described T>
void read_setting(const Settings& node, const std::string& path,
                  Problems& problems, T& options) {
  read_settings(node, path, problems, options);
}
template <Described T>
Settings write_setting(const T& options) {
  return to_settings(options);
}

}  // namespace polytask
