#include "polytask/data/table/label_table.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "polytask/base/bounded_file.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/data/problem_list.h"
#include "polytask/data/table/cell_text.h"
#include "polytask/data/table/csv_reader.h"
#include "polytask/data/table/shown_text.h"
#include "polytask/data/table/text_column.h"

namespace polytask {
namespace {

using Cells = std::vector<std::string_view>;
using Names = std::vector<std::string>;

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

// Where the cells of interest stand in a row.
struct Columns {
  std::size_t count = 0;  // with the last one that has a name
  std::size_t name = 0;
  std::vector<std::size_t> labels;   // [L]
  std::vector<std::size_t> unnamed;  // whose cells must be empty
};

// 0, 1 or NaN; nothing for any other text.
std::optional<float> parse_label(std::string_view text) {
  if (const auto answer = yes_or_no_in(text)) return *answer ? 1.0f : 0.0f;
  const bool missing = is_missing_answer(text) || number_in(text) == -1.0;
  return missing ? std::optional(kMissing) : std::nullopt;
}

std::size_t find_column(const Names& header, const std::string& wanted,
                        const std::string& table) {
  const auto found = std::ranges::find(header, wanted);
  if (found != header.end()) {
    return static_cast<std::size_t>(found - header.begin());
  }
  const std::string guess = nearest(wanted, header);
  const std::string advice =
      guess.empty() ? "name one of those" : cat("did you mean ", guess, "?");
  throw Error(Fault::config,
              cat(table, ": expected a column ", shown_quoted(wanted),
                  ", found the columns ", listed(header), "; ", advice));
}

void require_distinct_names(const Names& header, const std::string& table) {
  ProblemList problems;
  std::unordered_map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const auto [known, is_new] = first.try_emplace(header[i], i);
    if (header[i].empty()) continue;
    if (!is_plain_text(header[i])) {
      problems.add(cat("the name of column ", i + 1, ", ",
                       shown_quoted(header[i]), ", is not plain UTF-8 text"));
    } else if (!is_new) {
      problems.add(cat("columns ", known->second + 1, " and ", i + 1,
                       " are both called ", shown_quoted(header[i])));
    }
  }
  if (problems.count() == 0) return;
  throw Error(Fault::data,
              cat(table, ": expected a header that names each column once; ",
                  "correct it:", problems.text()));
}

std::string without_a_name(std::size_t column) {
  return cat("column ", column + 1, " has no name (pandas writes such a ",
             "column unless told index=False)");
}

Columns choose_columns(const Names& header, const LabelTableOptions& options) {
  const std::string table = options.table.string();
  Columns columns;
  std::vector<bool> taken(header.size());
  for (std::size_t at = header.size(); at-- > 0;) {
    if (header[at].empty()) {
      taken[at] = true;
      columns.unnamed.push_back(at);
    } else {
      columns.count = std::max(columns.count, at + 1);
      columns.name = at;  // in the end the first
    }
  }
  if (!options.name_column.empty()) {
    columns.name = find_column(header, options.name_column, table);
  }
  taken[columns.name] = true;
  for (const std::string& label : options.label_names) {
    const std::size_t at = find_column(header, label, table);
    if (taken[at]) {
      throw Error(Fault::config,
                  cat(table, ": expected each column to be used once, found ",
                      shown_quoted(label),
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
                  shown_quoted(header[columns.name]),
                  ", found none; are its cells separated by commas, tabs or "
                  "semicolons?"));
}

Names read_header(CsvReader& rows, const std::string& table) {
  Cells cells;
  const auto is_blank = [](std::string_view cell) {
    return without_blanks(cell).empty();
  };
  do {
    if (!rows.next(cells)) {
      throw Error(Fault::data, cat(table, ": expected a header and a row per ",
                                   "image, found an empty table"));
    }
  } while (std::ranges::all_of(cells, is_blank));
  Names header;
  for (const std::string_view name : cells) {
    header.emplace_back(without_blanks(name));
  }
  require_distinct_names(header, table);
  return header;
}

class RowCollector {
 public:
  RowCollector(LabelTable& table, const Columns& columns, CellValues values)
      : table_(table), columns_(columns), values_(values) {}

  void start(char separator) {
    if (values_ == CellValues::labels) return;
    texts_.assign(columns_.labels.size(), TextColumn(separator == ';'));
  }

  void add(const Cells& cells, std::int64_t line) {
    const auto is_filled = [&](std::size_t at) {
      return at < cells.size() && !without_blanks(cells[at]).empty();
    };
    std::size_t filled = cells.size();
    while (filled > 0 && !is_filled(filled - 1)) --filled;
    if (filled == 0) return;
    if (cells.size() < columns_.count || filled > columns_.count) {
      return add_misfit(cells.size(), filled, line);
    }
    for (const std::size_t at : columns_.unnamed) {
      if (is_filled(at)) unnamed_.try_emplace(at, line);
    }
    const std::string_view name = without_blanks(cells[columns_.name]);
    check_name(name, line);
    table_.names.emplace_back(name);
    table_.lines.push_back(line);
    for (std::size_t i = 0; i < columns_.labels.size(); ++i) {
      add_answer(cells[columns_.labels[i]], i, line);
    }
  }

  // Columns of texts become targets; to be called when all rows are there.
  void finish() {
    const std::size_t width = texts_.size();
    if (width == 0) return;
    table_.targets.resize(table_.names.size() * width);
    for (std::size_t i = 0; i < width; ++i) {
      TextColumn column = std::exchange(texts_[i], TextColumn(false));
      TextColumn::Meaning meaning = column.finish(table_.labels[i]);
      for (std::size_t row = 0; row < table_.names.size(); ++row) {
        table_.targets[row * width + i] = column.values()[row];
      }
      if (meaning.texts) table_.classes.push_back(*std::move(meaning.texts));
      if (meaning.unusable) {
        table_.unusable.push_back(*std::move(meaning.unusable));
      }
    }
  }

  [[nodiscard]] ProblemList problems() const {
    ProblemList all = problems_;
    for (const auto& [column, line] : unnamed_) {
      all.add(cat(without_a_name(column), ", but line ", line,
                  " has a cell there"));
    }
    return all;
  }

 private:
  void add_answer(std::string_view cell, std::size_t column,
                  std::int64_t line) {
    if (!texts_.empty()) return texts_[column].add(cell, line);
    const std::optional<float> label = parse_label(without_blanks(cell));
    table_.targets.push_back(label.value_or(kMissing));
    if (label) return;
    problems_.add(cat("line ", line, ", column ", table_.labels[column], ": ",
                      shown_quoted(cell)));
  }

  void add_misfit(std::size_t cells, std::size_t filled, std::int64_t line) {
    // Beyond the header's names there may be columns that have none.
    for (const std::size_t at : columns_.unnamed) {
      if (at + 1 != filled) continue;
      unnamed_.try_emplace(at, line);
      return;
    }
    problems_.add(cat("line ", line, ": ", cells,
                      " cells where the header has ", columns_.count));
  }

  void check_name(std::string_view name, std::int64_t line) {
    if (name.empty()) {
      problems_.add(cat("line ", line, ": no file name"));
    } else if (!is_plain_text(name)) {
      problems_.add(cat("line ", line, ": ", shown_quoted(name),
                        " is not plain UTF-8 text"));
    }
  }

  LabelTable& table_;
  const Columns& columns_;
  CellValues values_;
  std::vector<TextColumn> texts_;  // [L]; none where only labels may stand
  ProblemList problems_;
  std::map<std::size_t, std::int64_t> unnamed_;  // that hold something: line
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
  const Names header = read_header(rows, name);
  const Columns columns = choose_columns(header, options);
  LabelTable table;
  for (const std::size_t at : columns.labels) {
    table.labels.push_back(header[at]);
  }
  RowCollector collector(table, columns, options.values);
  collector.start(rows.separator());
  for (Cells cells; rows.next(cells);) collector.add(cells, rows.line());
  if (const ProblemList problems = collector.problems(); problems.count() > 0) {
    throw Error(Fault::data,
                cat(name, ": expected a row per image, with ",
                    options.values == CellValues::labels
                        ? "0, 1 or a missing label (empty, -1, nan)"
                        : "a number, a name or nothing",
                    " in each label column, found ", problems.count(),
                    problems.count() == 1 ? " problem" : " problems",
                    "; correct the table:", problems.text()));
  }
  collector.finish();
  if (table.names.empty()) {
    throw Error(Fault::data, cat(name, ": expected a row per image under the ",
                                 "header, found none"));
  }
  return table;
}

}  // namespace polytask
