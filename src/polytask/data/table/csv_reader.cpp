#include "polytask/data/table/csv_reader.h"

#include <algorithm>
#include <utility>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/table/cell_text.h"

namespace polytask {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kLineEnds = "\r\n";
constexpr std::string_view kSeparators = ",\t;";

// ';' of "sep=;" and of "\"sep=;\"", as spreadsheets write it; 0 of any other
// line.
char separator_said_in(std::string_view line) {
  if (line.size() >= 2 && line.front() == '"' && line.back() == '"') {
    line = line.substr(1, line.size() - 2);
  }
  const bool said = line.size() == 5 && line.substr(1, 3) == "ep=" &&
                    (line[0] == 's' || line[0] == 'S');
  return said && kSeparators.find(line[4]) != std::string_view::npos ? line[4]
                                                                     : '\0';
}

std::int64_t count_outside_quotes(std::string_view line, char separator) {
  std::int64_t count = 0;
  bool quoted = false;
  for (const char c : line) {
    quoted = quoted != (c == '"');
    count += !quoted && c == separator ? 1 : 0;
  }
  return count;
}

}  // namespace

CsvReader::CsvReader(std::string text, std::string name)
    : text_(std::move(text)), name_(std::move(name)) {
  if (text_.starts_with("\xff\xfe") || text_.starts_with("\xfe\xff")) {
    throw Error(Fault::data, cat(name_, ": expected UTF-8 text, found UTF-16; ",
                                 "save the table as CSV in UTF-8"));
  }
  if (text_.find('\0') != std::string::npos) {
    throw Error(Fault::data, cat(name_, ": expected a CSV table, found a file ",
                                 "that is not text; save it as CSV in UTF-8"));
  }
  if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  find_separator();
}

std::string_view CsvReader::line_at(std::size_t at) const {
  const std::size_t end = text_.find_first_of(kLineEnds, at);
  return std::string_view(text_).substr(at, end - at);
}

void CsvReader::find_separator() {
  skip_blank_lines();
  const std::string_view header = line_at(at_);
  if (const char said = separator_said_in(header)) {
    separator_ = said;
    at_ += header.size();
    if (!at_end()) end_line();
    return;
  }
  const std::size_t below = at_ + header.size();
  const std::size_t row = text_.find_first_not_of(kLineEnds, below);
  const std::string_view second =
      row == std::string::npos ? std::string_view() : line_at(row);
  std::pair<bool, std::int64_t> best{false, 0};
  for (const char candidate : kSeparators) {
    const std::int64_t count = count_outside_quotes(header, candidate);
    const bool in_both =
        count > 0 && count == count_outside_quotes(second, candidate);
    if (std::pair(in_both, count) <= best) continue;
    best = {in_both, count};
    separator_ = candidate;
  }
}

bool CsvReader::next(std::vector<std::string_view>& cells) {
  cells.clear();
  skip_blank_lines();
  if (at_end()) return false;
  row_line_ = line_;
  while (true) {
    if (cells.size() == kMaxCsvColumns) fail("more than 100000 cells");
    cells.push_back(next_cell());
    if (at_end()) return true;
    if (text_[at_] != separator_) {
      end_line();
      return true;
    }
    ++at_;  // the separator; a cell follows, if only an empty one
  }
}

void CsvReader::skip_blank_lines() {
  while (!at_end()) {
    std::size_t end = at_;
    while (end < text_.size() && (text_[end] == ' ' || text_[end] == '\t')) {
      ++end;
    }
    if (end < text_.size() && text_[end] != '\r' && text_[end] != '\n') return;
    at_ = end;
    if (!at_end()) end_line();
  }
}

bool CsvReader::at_line_end() const {
  return at_end() || text_[at_] == '\r' || text_[at_] == '\n';
}

void CsvReader::end_line() {
  at_ += text_.compare(at_, 2, "\r\n") == 0 ? 2 : 1;
  ++line_;
}

void CsvReader::skip_blanks() {
  while (!at_end() && text_[at_] != separator_ &&
         (text_[at_] == ' ' || text_[at_] == '\t')) {
    ++at_;
  }
}

std::string_view CsvReader::next_cell() {
  const std::size_t begin = at_;
  skip_blanks();
  if (!at_end() && text_[at_] == '"') return next_quoted_cell();
  for (; !at_line_end() && text_[at_] != separator_; ++at_) {
    if (text_[at_] == '"') {
      fail("a quote inside of a cell that does not start with one");
    }
  }
  return std::string_view(text_).substr(begin, at_ - begin);
}

// Moves what is between the quotes together, where two quotes stand for one.
std::string_view CsvReader::next_quoted_cell() {
  const std::size_t begin = ++at_;
  std::size_t end = begin;
  for (; !at_end(); ++at_) {
    const char c = text_[at_];
    if (c == '\n') ++line_;
    if (c == '"') {
      const bool doubled = text_.compare(at_ + 1, 1, "\"") == 0;
      if (!doubled) break;
      ++at_;
    }
    text_[end++] = c;
  }
  if (at_end()) fail("a quote that is never closed");
  ++at_;
  skip_blanks();
  if (!at_line_end() && text_[at_] != separator_) {
    fail("text behind the closing quote of a cell");
  }
  return std::string_view(text_).substr(begin, end - begin);
}

void CsvReader::fail(std::string_view problem) const {
  throw Error(Fault::data, cat(name_, ", line ", row_line_,
                               ": expected a row of CSV, found ", problem,
                               "; correct the row"));
}

}  // namespace polytask
