#include "format.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "text.hpp"

namespace consent_sync::input {
namespace {

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
constexpr std::string_view utf16_marks[] = {"\xFF\xFE", "\xFE\xFF"};
constexpr std::string_view white_space = " \t\r\n";

}  // namespace

Format format_of_name(std::string_view path) {
  std::string name = lower(path);
  for (const std::string_view packed : {".gz", ".zst"}) {
    if (name.ends_with(packed)) name.resize(name.size() - packed.size());
  }
  if (name.ends_with(".csv") || name.ends_with(".tsv")) return Format::csv;
  if (name.ends_with(".ndjson") || name.ends_with(".jsonl")) return Format::ndjson;
  return Format::automatic;
}

Format format_of_content(std::string_view head) {
  const std::size_t first = head.find_first_not_of(white_space);
  const bool json = first != std::string_view::npos && (head[first] == '{' || head[first] == '[');
  return json ? Format::ndjson : Format::csv;
}

std::size_t check_start(std::string_view head, const std::string& file_name) {
  for (const std::string_view mark : utf16_marks) {
    if (head.starts_with(mark)) {
      throw FileError(fmt::format("{} is UTF-16; convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)", file_name));
    }
  }
  const std::size_t mark = head.starts_with(utf8_mark) ? utf8_mark.size() : 0;
  if (head.size() == mark)
    throw FileError(fmt::format("{} is empty; it needs at least a header row", file_name));
  return mark;
}

std::string_view first_line(std::string_view head) {
  head.remove_prefix(std::min(head.find_first_not_of(white_space), head.size()));
  return head.substr(0, head.find_first_of("\r\n"));
}

}  // namespace consent_sync::input
