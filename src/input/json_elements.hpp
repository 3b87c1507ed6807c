#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "line_reader.hpp"

namespace consent_sync::input {

/// Cuts an input that is one JSON array into its elements, wherever its lines end, in memory that does not
/// grow with it. Elements are not checked, only told apart.
class JsonElements {
 public:
  /// The next byte that is not white space is the [ of the array.
  JsonElements(LineReader& bytes, std::string file_name);

  /// The next element, valid until the next call; 64 bytes beyond it may be read. Its number is that of the
  /// line it starts on. False at the end of the array, after which only white space follows. Throws FileError
  /// for what is no array, or not the whole of one.
  bool next(Line& element);

 private:
  enum class Place : std::uint8_t { before_array, before_first, after_element, after_comma, after_array };

  int next_byte();
  int next_token();
  bool start_element();
  void take_element();
  void take(char byte);
  void count_line(char byte);
  [[noreturn]] void fail(const char* how) const;

  LineReader& bytes_;
  std::string file_name_;
  std::string_view ahead_;  ///< what was peeked and not yet used
  std::size_t used_ = 0;    ///< of what was peeked
  Place place_ = Place::before_array;
  std::vector<char> element_;
  std::size_t size_ = 0;  ///< of the element; what is beyond the buffer is not kept
  consent::LineNumber line_ = 1;
  bool after_cr_ = false;
  int pushed_back_ = -1;
};

}  // namespace consent_sync::input
