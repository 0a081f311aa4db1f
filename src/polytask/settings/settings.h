// A recipe before anyone has said what its keys mean: a tree of text.
//
// A value is null, a scalar, a list, or a map with ordered keys. Scalars keep
// the text that was written; what reads a key decides whether "5" is a
// number. Every value knows its place, so that a problem found much later can
// still say "blog.yaml:12". Plain value semantics: a copy is a deep copy.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace polytask {

class Settings {
 public:
  struct Entry;

  // Deeper nesting than this is refused wherever settings come from outside.
  static constexpr int kMaxDepth = 32;
  // Longer keys are refused likewise, counted in bytes.
  static constexpr std::size_t kMaxKeyBytes = 200;

  Settings();  // null
  ~Settings();
  Settings(const Settings& other);
  Settings(Settings&& other) noexcept;
  Settings& operator=(const Settings& other);
  Settings& operator=(Settings&& other) noexcept;

  // A value like 5, true or scene: written without quotes where possible.
  [[nodiscard]] static Settings scalar(std::string text);
  // A scalar that is text even if it reads like a number or a truth value,
  // such as the label "no": written with quotes where a YAML reader could
  // mistake it.
  [[nodiscard]] static Settings string(std::string text);
  [[nodiscard]] static Settings list(std::vector<Settings> items = {});
  [[nodiscard]] static Settings map();

  [[nodiscard]] bool is_null() const { return kind_ == Kind::null; }
  [[nodiscard]] bool is_scalar() const { return kind_ == Kind::scalar; }
  [[nodiscard]] bool is_list() const { return kind_ == Kind::list; }
  [[nodiscard]] bool is_map() const { return kind_ == Kind::map; }
  [[nodiscard]] bool is_string() const { return is_scalar() && string_; }

  // Each is empty when this value is of another kind.
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::vector<Settings>& items() const { return items_; }
  [[nodiscard]] std::vector<Settings>& items() { return items_; }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

  // The value of a key of a map; nullptr when it is absent or this is no map.
  [[nodiscard]] const Settings* find(std::string_view key) const;
  [[nodiscard]] Settings* find(std::string_view key);

  // Replaces the value of `key`, or adds the key at the end. Anything but a
  // map becomes a map first. Returns the value in its new home.
  Settings& set(std::string_view key, Settings value);

  // The same for a key that is known to be absent, without looking for it.
  Settings& add_new(std::string key, Settings value);

  // Adds to the end. Anything but a list becomes a list first.
  Settings& append(Settings item);

  // "blog.yaml:12" or "command line"; "" when the program made the value. The
  // place of a map's value is the line of its key.
  [[nodiscard]] const std::string& place() const { return place_; }
  void set_place(std::string place) { place_ = std::move(place); }
  // The same for this value and everything in it.
  void set_places(const std::string& place);

  // 1 for null, scalars and what is empty, else one more than the deepest part.
  [[nodiscard]] int depth() const;

  // Same kinds, texts, keys and order; places and quotes do not count.
  friend bool operator==(const Settings& a, const Settings& b);

 private:
  enum class Kind : unsigned char { null, scalar, list, map };

  // Drops the content, keeps the place; nothing when it is of that kind.
  void become(Kind kind);

  Kind kind_ = Kind::null;
  bool string_ = false;
  std::string text_;
  std::vector<Settings> items_;
  std::vector<Entry> entries_;
  std::string place_;
};

struct Settings::Entry {
  std::string key;
  Settings value;

  friend bool operator==(const Entry& a, const Entry& b) {
    return a.key == b.key && a.value == b.value;
  }
};

}  // namespace polytask
