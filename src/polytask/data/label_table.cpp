#include "polytask/data/label_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/data/bounded_file.h"
#include "polytask/data/csv_reader.h"
#include "polytask/data/label_names.h"
#include "polytask/data/problem_list.h"

namespace polytask {
namespace {

using Cells = std::vector<std::string>;

// Where the cells of interest stand in a row.
struct Columns {
  std::size_t count = 0;
  std::size_t name = 0;
  std::vector<std::size_t> labels;  // [L]
};

// Text as a message may show it: not a whole paragraph that a stray quote made,
// and nothing that a terminal would obey.
std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
  };
  std::size_t end = std::min(text.size(), kLongest);
  while (end > 0 && end < text.size() && continues(end)) --end;
  const std::string_view shown = text.substr(0, end);
  return cat('"',
             is_plain_text(shown) ? std::string(shown) : printable_ascii(shown),
             end < text.size() ? "..." : "", '"');
}

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

// The number in a cell, NaN when it is missing; nothing for other text.
std::optional<float> parse_number(std::string_view cell) {
  const std::string_view text = without_blanks(cell);
  if (text.empty()) return kMissing;
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  if (std::isnan(value)) return kMissing;
  const auto narrowed = static_cast<float>(value);
  return std::isfinite(narrowed) ? std::optional(narrowed) : std::nullopt;
}

// 0, 1 or NaN; nothing for any other text.
std::optional<float> parse_label(std::string_view cell) {
  const std::optional<float> value = parse_number(cell);
  if (!value || std::isnan(*value)) return value;
  if (*value == -1.0f) return kMissing;
  const bool is_label = *value == 0.0f || *value == 1.0f;
  return is_label ? std::optional(*value + 0.0f) : std::nullopt;
}

std::string listed(const Cells& header) {
  constexpr std::size_t kShown = 20;
  if (header.size() <= kShown) return join(header);
  return cat(join(Cells(header.begin(), header.begin() + kShown)), " and ",
             header.size() - kShown, " more");
}

std::size_t find_column(const Cells& header, const std::string& wanted,
                        const std::string& table) {
  const auto found = std::ranges::find(header, wanted);
  if (found != header.end()) {
    return static_cast<std::size_t>(found - header.begin());
  }
  const std::string guess = nearest(wanted, header);
  const std::string advice =
      guess.empty() ? "name one of those" : cat("did you mean ", guess, "?");
  throw Error(Fault::config,
              cat(table, ": expected a column ", in_quotes(wanted),
                  ", found the columns ", listed(header), "; ", advice));
}

void require_distinct_names(const Cells& header, const std::string& table) {
  ProblemList problems;
  std::unordered_map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const auto [known, is_new] = first.try_emplace(header[i], i);
    if (header[i].empty()) {
      problems.add(cat("column ", i + 1, " has no name (pandas writes such a ",
                       "column unless told index=False)"));
    } else if (!is_plain_text(header[i])) {
      problems.add(cat("the name of column ", i + 1, ", ", in_quotes(header[i]),
                       ", is not plain UTF-8 text"));
    } else if (!is_new) {
      problems.add(cat("columns ", known->second + 1, " and ", i + 1,
                       " are both called ", in_quotes(header[i])));
    }
  }
  if (problems.count() == 0) return;
  throw Error(Fault::data,
              cat(table, ": expected a header that names each column once; ",
                  "correct it:", problems.text()));
}

Columns choose_columns(const Cells& header, const LabelTableOptions& options) {
  const std::string table = options.table.string();
  Columns columns{.count = header.size(), .name = 0, .labels = {}};
  if (!options.name_column.empty()) {
    columns.name = find_column(header, options.name_column, table);
  }
  std::vector<bool> taken(header.size());
  taken[columns.name] = true;
  for (const std::string& label : options.label_names) {
    const std::size_t at = find_column(header, label, table);
    if (taken[at]) {
      throw Error(Fault::config,
                  cat(table, ": expected each column to be used once, found ",
                      in_quotes(label),
                      " twice among the names given; leave one ", "out"));
    }
    taken[at] = true;
    columns.labels.push_back(at);
  }
  if (options.label_names.empty()) {
    for (std::size_t at = 0; at < header.size(); ++at) {
      if (!taken[at]) columns.labels.push_back(at);
    }
  }
  if (!columns.labels.empty()) return columns;
  throw Error(Fault::data,
              cat(table, ": expected label columns beside ",
                  in_quotes(header[columns.name]),
                  ", found none; are its cells separated by commas?"));
}

Cells read_header(CsvReader& rows, const std::string& table) {
  Cells header;
  if (!rows.next(header)) {
    throw Error(Fault::data, cat(table, ": expected a header and a row an ",
                                 "image, found an empty table"));
  }
  for (std::string& name : header) name = std::string(without_blanks(name));
  require_distinct_names(header, table);
  return header;
}

// A path that stays inside of the folder it is taken from.
bool stays_inside(const std::filesystem::path& name) {
  return name.is_relative() && std::ranges::find(name, "..") == name.end();
}

class RowCollector {
 public:
  RowCollector(LabelTable& table, CellValues values)
      : table_(table), values_(values) {}

  void add(const Cells& cells, const Columns& columns, std::int64_t line) {
    if (cells.size() != columns.count) {
      problems_.add(cat("line ", line, ": ", cells.size(),
                        " cells where the header has ", columns.count));
      return;
    }
    check_name(cells[columns.name], line);
    table_.names.push_back(cells[columns.name]);
    table_.lines.push_back(line);
    for (std::size_t i = 0; i < columns.labels.size(); ++i) {
      table_.targets.push_back(target_of(cells[columns.labels[i]], i, line));
    }
  }

  // Columns of class names become numbers.
  void number_classes() {
    const std::size_t width = table_.labels.size();
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      if (texts_[i].empty()) continue;
      add_numbers_as_text(i);
      ColumnClasses classes{.column = table_.labels[i], .names = {}};
      for (const auto& [row, text] : texts_[i]) classes.names.push_back(text);
      std::ranges::sort(classes.names);
      const auto repeated = std::ranges::unique(classes.names);
      classes.names.erase(repeated.begin(), repeated.end());
      for (const auto& [row, text] : texts_[i]) {
        const auto at = std::ranges::lower_bound(classes.names, text);
        table_.targets[row * width + i] =
            static_cast<float>(at - classes.names.begin());
      }
      table_.classes.push_back(std::move(classes));
    }
  }

  [[nodiscard]] const ProblemList& problems() const { return problems_; }

 private:
  float target_of(const std::string& cell, std::size_t column,
                  std::int64_t line) {
    const bool labels = values_ == CellValues::labels;
    const auto target = labels ? parse_label(cell) : parse_number(cell);
    if (target) return *target;
    if (labels) {
      problems_.add(cat("line ", line, ", column ", table_.labels[column], ": ",
                        in_quotes(cell)));
    } else if (!is_plain_text(cell)) {
      problems_.add(cat("line ", line, ", column ", table_.labels[column], ": ",
                        in_quotes(cell), " is not plain UTF-8 text"));
    } else {
      texts_.resize(table_.labels.size());
      texts_[column].emplace_back(table_.names.size() - 1,
                                  without_blanks(cell));
    }
    return kMissing;
  }

  // A number among names is a name as well.
  void add_numbers_as_text(std::size_t column) {
    const std::size_t width = table_.labels.size();
    for (std::size_t row = 0; row < table_.names.size(); ++row) {
      const float number = table_.targets[row * width + column];
      if (!std::isnan(number)) texts_[column].emplace_back(row, cat(number));
    }
  }

  void check_name(const std::string& name, std::int64_t line) {
    const std::filesystem::path path(name);
    if (without_blanks(name).empty()) {
      problems_.add(cat("line ", line, ": no file name"));
    } else if (!is_plain_text(name)) {
      problems_.add(cat("line ", line, ": ", in_quotes(name),
                        " is not plain UTF-8 text"));
    } else if (!stays_inside(path)) {
      problems_.add(cat("line ", line, ": ", in_quotes(name),
                        " is not inside of the folder of images"));
    } else {
      const auto [known, is_new] =
          lines_.try_emplace(path.lexically_normal().string(), line);
      if (is_new) return;
      problems_.add(cat("line ", line, ": ", in_quotes(name),
                        " again, first in line ", known->second));
    }
  }

  LabelTable& table_;
  CellValues values_;
  // Of each column the cells that hold text: row and text.
  std::vector<std::vector<std::pair<std::size_t, std::string>>> texts_;
  ProblemList problems_;
  std::unordered_map<std::string, std::int64_t> lines_;
};

}  // namespace

LabelTable read_label_table(const LabelTableOptions& options) {
  return parse_label_table(
      read_bounded_file(options.table,
                        {.what = "a CSV table", .most_bytes = kMaxTableBytes}),
      options);
}

LabelTable parse_label_table(std::string text,
                             const LabelTableOptions& options) {
  const std::string name = options.table.string();
  CsvReader rows(std::move(text), name);
  const Cells header = read_header(rows, name);
  const Columns columns = choose_columns(header, options);
  LabelTable table;
  for (const std::size_t at : columns.labels) {
    table.labels.push_back(header[at]);
  }
  RowCollector collector(table, options.values);
  for (Cells cells; rows.next(cells);) {
    collector.add(cells, columns, rows.line());
  }
  if (const ProblemList& problems = collector.problems();
      problems.count() > 0) {
    throw Error(Fault::data,
                cat(name, ": expected a row an image, with ",
                    options.values == CellValues::labels
                        ? "0, 1 or a missing label (empty, -1, nan)"
                        : "a number, a name or nothing",
                    " in each label column, found ", problems.count(),
                    " problems; correct the table:", problems.text()));
  }
  collector.number_classes();
  if (table.names.empty()) {
    throw Error(Fault::data, cat(name, ": expected a row an image under the ",
                                 "header, found none"));
  }
  return table;
}

}  // namespace polytask
