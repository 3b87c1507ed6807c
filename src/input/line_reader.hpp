#pragma once

#include <consent_sync/consent/record.hpp>
#include <cstddef>
#include <string_view>
#include <vector>

#include "byte_source.hpp"

namespace consent_sync::input {

inline constexpr std::size_t max_row_bytes = 1024 * 1024;

struct Line {
  consent::LineNumber number = 0;
  std::string_view text;   ///< without its end
  std::string_view whole;  ///< with its end: LF, CR LF, CR, or nothing at the end of the input
  bool too_long = false;   ///< `text` and `whole` are the first max_row_bytes, the rest is passed over
};

/// Cuts an input into lines that end with LF, CR LF or CR, in memory that does not grow with them.
class LineReader {
 public:
  /// Reads `chunk` bytes at a time.
  LineReader(ByteSource& source, std::size_t chunk);

  /// What lies ahead, `chunk` bytes or more unless the input ends before. Valid until next().
  std::string_view peek();

  /// Passes over bytes that peek() gave.
  void skip(std::size_t bytes) { begin_ += bytes; }

  /// The next line, valid until the next call; 64 bytes beyond it may be read. False at the end. Throws
  /// FileError.
  bool next(Line& line);

 private:
  struct End {
    std::size_t at;
    std::size_t length;  ///< 0: no end in what is buffered, up to `at`
  };

  End find_end();
  std::size_t find(char wanted, std::size_t& searched);
  void fill();
  void skip_rest_of_line();

  ByteSource& source_;
  std::size_t chunk_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  ///< what is buffered and not yet given out: [begin_, end_)
  std::size_t end_ = 0;
  std::size_t lf_searched_ = 0;  ///< no LF in [begin_, lf_searched_); the same for CR
  std::size_t cr_searched_ = 0;
  bool source_ended_ = false;
  bool inside_long_line_ = false;
  consent::LineNumber number_ = 0;
};

}  // namespace consent_sync::input
