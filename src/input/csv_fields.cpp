#include "csv_fields.hpp"

#include <algorithm>

namespace consent_sync::input {
namespace {

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}
constexpr auto is_special = [](char c) { return c == ',' || c == '"' || c == '\r' || c == '\n'; };

// Unquoted blanks at the ends get lost in reading.
bool needs_quotes(std::string_view field) {
  if (field.empty()) return false;
  return is_blank(field.front()) || is_blank(field.back()) ||
         std::any_of(field.begin(), field.end(), is_special);
}

}  // namespace

void CsvFields::clear() {
  text_.clear();
  ends_.clear();
}

void CsvFields::add(std::string_view field) {
  text_ += field;
  ends_.push_back(text_.size());
  text_ += ',';
}

std::string_view CsvFields::operator[](std::size_t index) const {
  const std::size_t start = index == 0 ? 0 : ends_[index - 1] + 1;
  return std::string_view(text_).substr(start, ends_[index] - start);
}

void append_csv_field(std::string& line, std::string_view field) {
  if (!needs_quotes(field)) {
    line += field;
    return;
  }
  line += '"';
  for (const char c : field) {
    if (c == '"') line += '"';
    line += c;
  }
  line += '"';
}

}  // namespace consent_sync::input
