#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace consent_sync::input {

/// The fields of one row, side by side in one buffer that is used again for the next.
class CsvFields {
 public:
  void clear();
  void add(std::string_view field);

  std::size_t size() const { return ends_.size(); }
  std::string_view operator[](std::size_t index) const;

  /// All fields, each followed by a comma: to look at all of them at once.
  std::string_view joined() const { return text_; }

 private:
  std::string text_;
  std::vector<std::size_t> ends_;
};

/// Appends a field as RFC 4180 has it, in quotation marks where it needs them.
void append_csv_field(std::string& line, std::string_view field);

}  // namespace consent_sync::input
