#include "polytask/data/csv_reader.h"

#include <algorithm>
#include <utility>

#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kLineEnds = "\r\n";

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
}

bool CsvReader::next(std::vector<std::string>& cells) {
  cells.clear();
  skip_blank_lines();
  if (at_end()) return false;
  row_line_ = line_;
  while (true) {
    if (cells.size() == kMaxCsvColumns) fail("more than 100000 cells");
    cells.push_back(next_cell());
    if (at_end()) return true;
    if (text_[at_] != ',') {
      end_line();
      return true;
    }
    ++at_;  // the comma; a cell follows, if only an empty one
  }
}

void CsvReader::skip_blank_lines() {
  while (!at_end()) {
    const std::size_t end =
        std::min(text_.find_first_of(kLineEnds, at_), text_.size());
    const std::string_view rest(text_);
    if (!without_blanks(rest.substr(at_, end - at_)).empty()) return;
    at_ = end;
    if (!at_end()) end_line();
  }
}

void CsvReader::end_line() {
  at_ += text_.compare(at_, 2, "\r\n") == 0 ? 2 : 1;
  ++line_;
}

std::string CsvReader::next_cell() {
  if (text_[at_] == '"') return next_quoted_cell();
  const std::size_t end =
      std::min(text_.find_first_of(",\r\n", at_), text_.size());
  std::string cell = text_.substr(at_, end - at_);
  if (cell.find('"') != std::string::npos) {
    fail("a quote inside of a cell that does not start with one");
  }
  at_ = end;
  return cell;
}

std::string CsvReader::next_quoted_cell() {
  std::string cell;
  for (++at_; !at_end(); ++at_) {
    const char c = text_[at_];
    if (c == '\n') ++line_;
    if (c != '"') {
      cell += c;
      continue;
    }
    ++at_;
    const char after = at_end() ? '\n' : text_[at_];
    if (after == ',' || after == '\r' || after == '\n') return cell;
    if (after != '"') fail("text behind the closing quote of a cell");
    cell += '"';
  }
  fail("a quote that is never closed");
}

void CsvReader::fail(std::string_view problem) const {
  throw Error(Fault::data, cat(name_, ", line ", row_line_,
                               ": expected a row of CSV, found ", problem,
                               "; correct the row"));
}

std::string_view without_blanks(std::string_view cell) {
  constexpr std::string_view kBlanks = " \t";
  const std::size_t first = cell.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return cell.substr(first, cell.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace polytask
