#include "format.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "text.hpp"
#include "text_encoding.hpp"

namespace consent_sync::input {
namespace {

constexpr std::string_view white_space = " \t\r\n";

struct Signature {
  std::string_view start;
  std::string_view what;
};

constexpr Signature signatures[] = {
    {{"PK\x03\x04", 4}, "a spreadsheet (.xlsx) or another zip archive; export it as CSV, or unpack it"},
    {"\xD0\xCF\x11\xE0", "a spreadsheet of an old program (.xls); export it as CSV"},
    {"%PDF-", "a PDF; export it as CSV"},
    {"SQLite format 3", "a SQLite database; export it as CSV"},
    {"\x1F\x8B", "compressed twice; unpack it once"},
    {"\x28\xB5\x2F\xFD", "compressed twice; unpack it once"},
    {"BZh", "compressed with bzip2; unpack it, or use gzip or zstd"},
    {{"\xFD"
      "7zXZ\0",
      6},
     "compressed with xz; unpack it, or use gzip or zstd"},
};

// What a file is that is neither CSV nor JSON; "" if nothing is known against it.
std::string_view foreign_content(std::string_view head) {
  for (const Signature& signature : signatures) {
    if (head.starts_with(signature.start)) return signature.what;
  }
  head.remove_prefix(std::min(head.find_first_not_of(white_space), head.size()));
  const std::string start = lower(head.substr(0, 9));
  if (start.starts_with("<!doctype") || start.starts_with("<html") || start.starts_with("<?xml")) {
    return "a web page or XML, perhaps an error or log-in page in place of the export; look at it";
  }
  return {};
}

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
  const std::size_t mark = head.starts_with(utf8_mark) ? utf8_mark.size() : 0;
  if (head.size() == mark)
    throw FileError(fmt::format("{} is empty; it needs at least a header row", file_name));
  if (const std::string_view what = foreign_content(head.substr(mark)); !what.empty()) {
    throw FileError(fmt::format("{} is {}", file_name, what));
  }
  return mark;
}

std::string_view first_line(std::string_view head) {
  head.remove_prefix(std::min(head.find_first_not_of(white_space), head.size()));
  return head.substr(0, head.find_first_of("\r\n"));
}

}  // namespace consent_sync::input
