#include "polytask/settings/settings_yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/text_file.h"
#include "polytask/base/utf8.h"
#include "polytask/settings/setting_problem.h"
#include "polytask/settings/yaml_complaint.h"

namespace polytask {
namespace {

[[noreturn]] void fail(const std::string& place, const std::string& path,
                       const std::string& text) {
  throw Error(Fault::config, setting_problem(place, path, text));
}

// Builds the tree from what the parser meets, refusing as it goes: nothing
// grows beyond its bound.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::string_view file_name) : file_(file_name) {}

  [[nodiscard]] Settings take_root() { return std::move(root_); }

  // Where the last scalar in quotes (or in a | block) began.
  [[nodiscard]] const std::optional<YAML::Mark>& last_quoted() const {
    return last_quoted_;
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ == 0) return;
    fail(place(mark), "",
         "expected one document, found the start of another; check the "
         "indentation of this line, and remove any second ---");
  }
  void OnDocumentEnd() override {}

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    refuse_anchor(mark);
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (anchor != 0) refuse_anchor(mark);
    refuse_missing_colon(mark);
    attach(Settings(), mark);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag,
                YAML::anchor_t anchor, const std::string& text) override {
    require_plain(mark, tag, anchor);
    const bool quoted = tag == "!";
    if (quoted) last_quoted_ = mark;
    if (expects_key()) return start_entry(mark, text);
    attach(quoted ? Settings::string(text) : Settings::scalar(text), mark);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    require_plain(mark, tag, anchor);
    open(Settings::list(), mark, style);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    require_plain(mark, tag, anchor);
    open(Settings::map(), mark, style);
  }
  void OnMapEnd() override { close(); }

 private:
  // A list or map whose end has not come yet.
  struct Open {
    Settings node;
    YAML::Mark mark;
    bool is_block;
    std::optional<std::pair<std::string, YAML::Mark>> key = std::nullopt;
    std::map<std::string, int, std::less<>> line_of_key = {};
  };

  [[nodiscard]] std::string place(const YAML::Mark& mark) const {
    return cat(file_, ":", mark.line + 1);
  }

  [[nodiscard]] std::string path() const {
    std::string keys;
    for (const Open& part : open_) {
      if (part.node.is_list()) {
        keys = child_path(keys, std::to_string(part.node.items().size()));
      } else if (part.key) {
        keys = child_path(keys, part.key->first);
      }
    }
    return keys;
  }

  [[nodiscard]] bool expects_key() const {
    return !open_.empty() && open_.back().node.is_map() && !open_.back().key;
  }

  [[noreturn]] void refuse_anchor(const YAML::Mark& mark) const {
    fail(place(mark), path(),
         "expected a value, found an anchor (&name) or an alias (*name); "
         "write the value out, or put quotes around the text");
  }

  void require_plain(const YAML::Mark& mark, const std::string& tag,
                     YAML::anchor_t anchor) const {
    if (anchor != 0) refuse_anchor(mark);
    if (tag.empty() || tag == "?" || tag == "!") return;
    fail(place(mark), path(),
         cat("expected a value, found the tag ", shown(tag),
             "; remove it, or put quotes around text that starts with !"));
  }

  // The parser reads a line without a colon as a key without a value, and
  // gives both the same mark.
  void refuse_missing_colon(const YAML::Mark& mark) const {
    if (open_.empty() || !open_.back().is_block || !open_.back().key) return;
    const auto& [key, key_mark] = *open_.back().key;
    if (key_mark.pos != mark.pos) return;
    fail(place(mark), "",
         cat("expected \"key: value\", found ", shown(key), "; add the colon"));
  }

  void start_entry(const YAML::Mark& mark, const std::string& key) {
    if (key.size() > Settings::kMaxKeyBytes) {
      fail(place(mark), path(),
           cat("expected a key of at most ", Settings::kMaxKeyBytes,
               " bytes, found ", shown(key)));
    }
    Open& map = open_.back();
    map.key.emplace(key, mark);
    const auto [first, is_new] = map.line_of_key.emplace(key, mark.line + 1);
    if (is_new) return;
    fail(place(mark), path(),
         cat("expected each key once, found it in line ", first->second,
             " too; remove one of them"));
  }

  void count(const YAML::Mark& mark) {
    if (++values_ <= kMaxSettingsValues) return;
    fail(place(mark), "",
         cat("expected at most ", kMaxSettingsValues,
             " values in one file, found more"));
  }

  // An unclosed bracket looks like a list or map for a key.
  void require_no_key_wanted(const YAML::Mark& mark,
                             const Settings& found) const {
    if (!expects_key()) return;
    fail(place(mark), path(),
         cat("expected a name as the key, found ", found_in(found),
             found.is_null() ? "; put quotes around it if it is meant as text"
                             : "; is its closing bracket missing?"));
  }

  void open(Settings node, const YAML::Mark& mark,
            YAML::EmitterStyle::value style) {
    require_no_key_wanted(mark, node);
    count(mark);
    if (open_.size() + 1 >= Settings::kMaxDepth) {
      fail(place(mark), "",
           cat("expected lists and maps nested at most ",
               Settings::kMaxDepth - 1, " deep, found more"));
    }
    open_.push_back({.node = std::move(node),
                     .mark = mark,
                     .is_block = style == YAML::EmitterStyle::Block});
  }

  void close() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    place_in_parent(std::move(closed.node), closed.mark);
  }

  void attach(Settings value, const YAML::Mark& mark) {
    require_no_key_wanted(mark, value);
    count(mark);
    place_in_parent(std::move(value), mark);
  }

  void place_in_parent(Settings value, const YAML::Mark& mark) {
    if (open_.empty()) {
      value.set_place(place(mark));
      root_ = std::move(value);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.is_list()) {
      value.set_place(place(mark));
      parent.node.append(std::move(value));
      return;
    }
    value.set_place(place(parent.key->second));
    // Not set(): the key is known to be new, and set() would look for it.
    parent.node.add_new(std::move(parent.key->first), std::move(value));
    parent.key.reset();
  }

  std::string file_;
  Settings root_;
  std::vector<Open> open_;
  std::optional<YAML::Mark> last_quoted_;
  int documents_ = 0;
  int values_ = 0;
};

TextPosition position_of(const YAML::Mark& mark) {
  return {.line = mark.line, .column = mark.column};
}

// The parser takes the end of the file for the closing quote.
void require_closed_quotes(std::string_view yaml, std::string_view file_name,
                           const YAML::Mark& opened) {
  if (quotes_are_closed(yaml, position_of(opened))) return;
  fail(cat(file_name, ":", opened.line + 1, ":", opened.column + 1), "",
       "these quotes are never closed; add the missing one, or see whether "
       "the file was cut short");
}

void require_text(std::string_view yaml, std::string_view file_name) {
  if (yaml.size() > kMaxSettingsBytes) {
    fail(std::string(file_name), "",
         cat("expected at most ", kMaxSettingsBytes, " bytes, found ",
             yaml.size()));
  }
  const std::size_t bad = first_byte_that_is_not_text(yaml);
  if (bad == yaml.size()) return;
  const auto line = std::ranges::count(yaml.substr(0, bad), '\n') + 1;
  fail(cat(file_name, ":", line), "",
       cat("expected text in UTF-8, found the byte ",
           static_cast<int>(static_cast<unsigned char>(yaml[bad])),
           "; is this a recipe, and saved as UTF-8?"));
}

}  // namespace

Settings parse_settings(std::string_view yaml, std::string_view file_name) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  require_text(yaml, file_name);
  if (yaml.starts_with(kByteOrderMark)) yaml.remove_prefix(3);

  TreeBuilder builder(file_name);
  try {
    std::istringstream stream{std::string(yaml)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) continue;
  } catch (const YAML::Exception& complaint) {
    throw Error(Fault::config,
                yaml_complaint(yaml, file_name, position_of(complaint.mark),
                               complaint.msg));
  }
  if (builder.last_quoted()) {
    require_closed_quotes(yaml, file_name, *builder.last_quoted());
  }
  Settings root = builder.take_root();
  if (root.place().empty()) root.set_place(cat(file_name, ":1"));
  return root;
}

Settings load_settings(const std::filesystem::path& path) {
  return parse_settings(read_text_file(path, kMaxSettingsBytes, Fault::config),
                        path.string());
}

}  // namespace polytask
