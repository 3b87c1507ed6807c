#pragma once

#include <csv.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "csv_fields.hpp"
#include "line_reader.hpp"

namespace consent_sync::input {

inline constexpr std::size_t max_field_bytes = 64 * 1024;

/// Cuts CSV into rows and fields: libcsv, fed line by line so that each row knows the line it starts on, and
/// a damaged row costs its own lines only. Lines without quotation marks, which are most, are cut without it,
/// in the same way. The first row is the header: what a quotation mark joins to one row, though each line has
/// as many fields as the header, is taken apart again, unless quotation marks are trusted.
class CsvRows {
 public:
  CsvRows(LineReader& lines, char delimiter, std::string file_name, bool trusts_quotes = false);
  ~CsvRows();
  CsvRows(const CsvRows&) = delete;
  CsvRows& operator=(const CsvRows&) = delete;

  /// The next row that is not blank. False at the end. Throws FileError, also for a quotation mark that is
  /// never closed, not within max_row_bytes, or by one within a field.
  bool next();

  /// Where the row starts.
  consent::LineNumber line() const { return line_; }

  /// Of a damaged row, what is known of it.
  const CsvFields& fields() const { return row_.fields; }

  /// For a row of rejected.csv; see CsvFields.
  void drop_apostrophes() { row_.fields.drop_apostrophes(); }

  /// Why the row could not be cut into fields; "" if it could.
  const std::string& damage() const { return damage_; }

  /// Why the row cannot be used beneath a header row of so many columns; "" if it can.
  std::string problem(std::size_t columns) const;

  /// The fields are those of the columns, beneath a header row of so many: no delimiter more or less can have
  /// moved one. The row may be too long all the same.
  bool are_in_place(std::size_t columns) const;

  /// As the header row does, the row ends with a delimiter, behind which is no field.
  bool has_trailing_delimiter(std::size_t columns) const;

 private:
  bool has_all(std::size_t columns) const;
  struct Row {
    CsvFields fields;
    bool ended = false;
  };

  void start_parser();
  bool next_row();
  bool next_line(Line& line);
  bool feed(const Line& line);
  bool finish_last_row();
  void check_sizes();
  void split_literally(std::string_view text);
  void give_up_row(std::string why);
  void keep(const Line& line);
  bool look_like_rows() const;
  void end_damaged(const Line& line, bool is_within_first_field);
  void read_apart();
  [[noreturn]] void fail_unclosed(std::string_view how) const;

  static void on_field(void* text, std::size_t size, void* row);
  static void on_row_end(int terminator, void* row);

  LineReader& lines_;
  char delimiter_;
  std::string file_name_;
  bool trusts_quotes_;
  csv_parser parser_{};
  Row row_;
  std::string damage_;
  bool is_given_up_ = false;  ///< its fields are not, or not for sure, what it has
  consent::LineNumber line_ = 0;
  consent::LineNumber quote_line_ = 0;  ///< where the quotation mark that is open was opened; 0: none is
  std::size_t row_bytes_ = 0;
  std::size_t header_fields_ = 0;

  struct KeptLine {
    std::string whole;
    std::size_t text_size = 0;
    consent::LineNumber number = 0;
  };
  std::vector<KeptLine> lines_of_row_;  ///< of a row with a field of several lines
  std::deque<KeptLine> again_;          ///< to be read before any other line
  KeptLine current_;                    ///< of those, the one that is read
};

enum class PlainLine : std::uint8_t { row, blank, quoted };

/// Cuts a line as libcsv does if it has no quotation mark: at each delimiter, and spaces and tabs around a
/// field are not part of it. A blank line is no row; one with a quotation mark is left alone.
PlainLine cut_plain_line(std::string_view line, char delimiter, CsvFields& fields);

}  // namespace consent_sync::input
