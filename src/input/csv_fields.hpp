#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace consent_sync::input {

/// The fields of one row: copied side by side into one buffer that is used again for the next, or parts of a
/// line that lies elsewhere.
class CsvFields {
 public:
  void clear();
  void add(std::string_view field);

  /// From now on, fields are parts of `line`, which has to stay where it is.
  void refer_to(std::string_view line);
  void add_part(std::string_view field) {
    covered_ += field.size() + (spans_.empty() ? 0 : 1);
    spans_.push_back({static_cast<std::size_t>(field.data() - line_.data()), field.size()});
  }

  /// The line has only ASCII characters and no NUL.
  void note_ascii() { is_ascii_ = true; }
  bool are_ascii() const { return is_ascii_; }

  /// Makes each field of a row of rejected.csv what it was in the input; see without_apostrophe().
  void drop_apostrophes();

  std::size_t size() const { return spans_.size(); }
  std::string_view operator[](std::size_t index) const {
    return base().substr(spans_[index].begin, spans_[index].size);
  }

  /// All fields and what is between them: to look at all of them at once.
  std::string_view joined() const { return base(); }

  /// The fields are parts of a line in their order, and only one separator lies between two of them.
  bool are_the_line() const { return refers_ && covered_ == line_.size(); }

 private:
  struct Span {
    std::size_t begin;
    std::size_t size;
  };

  std::string_view base() const { return refers_ ? line_ : std::string_view(text_); }

  std::string text_;
  std::string_view line_;
  bool refers_ = false;
  bool is_ascii_ = false;
  std::size_t covered_ = 0;  ///< bytes of the line that are fields or separators
  std::vector<Span> spans_;
};

/// rejected.csv has an apostrophe before what a spreadsheet would run as a formula: the field as it was.
std::string_view without_apostrophe(std::string_view field);

/// Appends a field as RFC 4180 has it, in quotation marks where it needs them.
void append_csv_field(std::string& line, std::string_view field);

}  // namespace consent_sync::input
