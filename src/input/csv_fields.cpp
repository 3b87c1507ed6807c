#include "csv_fields.hpp"

#include <algorithm>

namespace consent_sync::input {
namespace {

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}
constexpr auto is_special = [](char c) { return c == ',' || c == '"' || c == '\r' || c == '\n'; };

constexpr std::string_view formula_starts = "=+-@\t\r\n";

// Unquoted blanks at the ends get lost in reading.
bool needs_quotes(std::string_view field) {
  if (field.empty()) return false;
  return is_blank(field.front()) || is_blank(field.back()) ||
         std::any_of(field.begin(), field.end(), is_special);
}

}  // namespace

void CsvFields::clear() {
  text_.clear();
  refers_ = false;
  is_ascii_ = false;
  spans_.clear();
}

void CsvFields::add(std::string_view field) {
  spans_.push_back({text_.size(), field.size()});
  text_ += field;
  text_ += ',';
}

void CsvFields::refer_to(std::string_view line) {
  line_ = line;
  refers_ = true;
  covered_ = 0;
}

void CsvFields::drop_apostrophes() {
  for (Span& span : spans_) {
    const std::string_view field = base().substr(span.begin, span.size);
    const std::size_t dropped = field.size() - without_apostrophe(field).size();
    span.begin += dropped;
    span.size -= dropped;
  }
}

std::string_view without_apostrophe(std::string_view field) {
  const std::size_t start = field.find_first_not_of('\'');
  const bool is_marked = start != 0 && start != std::string_view::npos &&
                         formula_starts.find(field[start]) != std::string_view::npos;
  return is_marked ? field.substr(1) : field;
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
