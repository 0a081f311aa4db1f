// The rows of a CSV text: RFC 4180, and what spreadsheets make of it.
//
// Cells are separated by commas; a cell in double quotes may hold commas, line
// breaks and, doubled, quotes. Lines end in CR LF, LF or CR. A byte order mark
// at the start and lines with nothing but blanks are skipped.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace polytask {

inline constexpr std::size_t kMaxCsvColumns = 100'000;

class CsvReader {
 public:
  //   name   what to call the text in messages
  // Throws Fault::data when the text is UTF-16 or holds a zero byte.
  CsvReader(std::string text, std::string name);

  // Overwrites `cells` with the next row; false when there is none.
  // Throws Fault::data when a quote is out of place or never closed, and when
  // there are more than kMaxCsvColumns cells.
  [[nodiscard]] bool next(std::vector<std::string>& cells);

  // Where the row just read starts; the first line is 1.
  [[nodiscard]] std::int64_t line() const { return row_line_; }

 private:
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  void skip_blank_lines();
  void end_line();
  [[nodiscard]] std::string next_cell();
  [[nodiscard]] std::string next_quoted_cell();
  [[noreturn]] void fail(std::string_view problem) const;

  std::string text_;
  std::string name_;
  std::size_t at_ = 0;
  std::int64_t line_ = 1;
  std::int64_t row_line_ = 0;
};

// Without the blanks and tabs at both ends.
[[nodiscard]] std::string_view without_blanks(std::string_view cell);

}  // namespace polytask
