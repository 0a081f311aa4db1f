// The rows of a CSV text: RFC 4180, and what spreadsheets make of it.
//
// Cells are separated by commas, tabs or semicolons: by what a first line such
// as "sep=;" says, else by what separates the header as well as the row below
// it. A cell in double quotes may hold separators, line breaks and, doubled,
// quotes; blanks around its quotes are none of it. Lines end in CR LF, LF or
// CR. A byte order mark at the start and lines with nothing but blanks are
// skipped.

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
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  // Overwrites `cells` with the next row; false when there is none. The cells
  // stand as long as the reader does.
  // Throws Fault::data when a quote is out of place or never closed, and when
  // there are more than kMaxCsvColumns cells.
  [[nodiscard]] bool next(std::vector<std::string_view>& cells);

  // Where the row just read starts; the first line is 1.
  [[nodiscard]] std::int64_t line() const { return row_line_; }

  [[nodiscard]] char separator() const { return separator_; }

 private:
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] bool at_line_end() const;
  [[nodiscard]] std::string_view line_at(std::size_t at) const;
  void find_separator();
  void skip_blank_lines();
  void end_line();
  void skip_blanks();
  [[nodiscard]] std::string_view next_cell();
  [[nodiscard]] std::string_view next_quoted_cell();
  [[noreturn]] void fail(std::string_view problem) const;

  std::string text_;
  std::string name_;
  char separator_ = ',';
  std::size_t at_ = 0;
  std::int64_t line_ = 1;
  std::int64_t row_line_ = 0;
};

}  // namespace polytask
