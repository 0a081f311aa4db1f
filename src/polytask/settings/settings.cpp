#include "polytask/settings/settings.h"

#include <algorithm>
#include <utility>

namespace polytask {

Settings::Settings() = default;
Settings::~Settings() = default;
Settings::Settings(const Settings& other) = default;
Settings::Settings(Settings&& other) noexcept = default;
Settings& Settings::operator=(const Settings& other) = default;
Settings& Settings::operator=(Settings&& other) noexcept = default;

Settings Settings::scalar(std::string text) {
  Settings made;
  made.kind_ = Kind::scalar;
  made.text_ = std::move(text);
  return made;
}

Settings Settings::string(std::string text) {
  Settings made = scalar(std::move(text));
  made.string_ = true;
  return made;
}

Settings Settings::list(std::vector<Settings> items) {
  Settings made;
  made.kind_ = Kind::list;
  made.items_ = std::move(items);
  return made;
}

Settings Settings::map() {
  Settings made;
  made.kind_ = Kind::map;
  return made;
}

const Settings* Settings::find(std::string_view key) const {
  const auto found = std::ranges::find(entries_, key, &Entry::key);
  return found == entries_.end() ? nullptr : &found->value;
}

Settings* Settings::find(std::string_view key) {
  return const_cast<Settings*>(std::as_const(*this).find(key));
}

Settings& Settings::set(std::string_view key, Settings value) {
  if (Settings* present = find(key)) return *present = std::move(value);
  return add_new(std::string(key), std::move(value));
}

Settings& Settings::add_new(std::string key, Settings value) {
  become(Kind::map);
  return entries_.emplace_back(Entry{std::move(key), std::move(value)}).value;
}

Settings& Settings::append(Settings item) {
  become(Kind::list);
  return items_.emplace_back(std::move(item));
}

void Settings::become(Kind kind) {
  if (kind_ == kind) return;
  Settings empty;
  empty.kind_ = kind;
  empty.place_ = std::move(place_);
  *this = std::move(empty);
}

void Settings::set_places(const std::string& place) {
  place_ = place;
  for (Settings& item : items_) item.set_places(place);
  for (Entry& entry : entries_) entry.value.set_places(place);
}

int Settings::depth() const {
  int below = 0;
  for (const Settings& item : items_) below = std::max(below, item.depth());
  for (const Entry& entry : entries_) {
    below = std::max(below, entry.value.depth());
  }
  return below + 1;
}

bool operator==(const Settings& a, const Settings& b) {
  return a.kind_ == b.kind_ && a.text_ == b.text_ && a.items_ == b.items_ &&
         a.entries_ == b.entries_;
}

}  // namespace polytask
