#include "csv.hpp"

#include "utf8.hpp"

namespace consent_sync::report {

std::string csv_cell(std::string_view text, char delimiter) {
  const bool edge_space = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  const bool is_plain = text.find_first_of(",;\t\"\r\n") == std::string_view::npos &&
                        text.find(delimiter) == std::string_view::npos;
  if (is_plain && !edge_space) return std::string(text);
  std::string cell = "\"";
  for (const char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + '"';
}

std::string inert(std::string_view text) {
  const std::size_t start = text.find_first_not_of('\'');
  const bool formula = start != std::string_view::npos &&
                       std::string_view("=+-@\t\r\n").find(text[start]) != std::string_view::npos;
  return (formula ? "'" : "") + std::string(text);
}

std::string csv_text_cell(std::string_view text, char delimiter) {
  return csv_cell(one_line(inert(text)), delimiter);
}

std::vector<std::string> split_csv_line(std::string_view line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      cells.back() += line[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

}  // namespace consent_sync::report
