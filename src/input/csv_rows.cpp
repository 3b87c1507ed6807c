#include "csv_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <consent_sync/input/reader.hpp>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <new>
#include <utility>

namespace consent_sync::input {
namespace {

constexpr std::size_t parser_block = 4096;

std::string too_long() {
  return fmt::format("the row is longer than {} bytes", max_row_bytes);
}

constexpr bool is_around(char c, char delimiter) {
  return (c == ' ' || c == '\t') && c != delimiter;
}

std::string_view without_spaces(std::string_view text, char delimiter) {
  while (!text.empty() && is_around(text.front(), delimiter)) text.remove_prefix(1);
  while (!text.empty() && is_around(text.back(), delimiter)) text.remove_suffix(1);
  return text;
}

// Eight bytes at a time, the first in the lowest place.
constexpr std::uint64_t every_byte = 0x0101010101010101;
constexpr std::uint64_t high_bits = every_byte << 7U;

std::uint64_t load(const char* from, std::size_t size) {
  std::uint64_t word = every_byte * ' ';
  std::memcpy(&word, from, std::min(size, sizeof word));
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// The high bit of each byte that is `c`.
constexpr std::uint64_t places_of(char c, std::uint64_t word) {
  const std::uint64_t differing = word ^ (every_byte * static_cast<unsigned char>(c));
  return ~(((differing & ~high_bits) + ~high_bits) | differing) & high_bits;
}

}  // namespace

PlainLine cut_plain_line(std::string_view line, char delimiter, CsvFields& fields) {
  fields.refer_to(line);
  std::size_t start = 0;
  std::uint64_t bits = 0;
  std::uint64_t special = 0;
  for (std::size_t at = 0; at < line.size(); at += sizeof bits) {
    const std::uint64_t word = load(line.data() + at, line.size() - at);
    bits |= word;
    special |= places_of('"', word) | places_of('\0', word);
    std::uint64_t ends = places_of(delimiter, word);
    for (; ends != 0; ends &= ends - 1) {
      const std::size_t end = at + static_cast<std::size_t>(__builtin_ctzll(ends)) / 8;
      if (end >= line.size()) break;  // only what the last word was filled up with
      fields.add_part(without_spaces(line.substr(start, end - start), delimiter));
      start = end + 1;
    }
  }
  fields.add_part(without_spaces(line.substr(start), delimiter));
  if (special != 0 && line.find('"') != std::string_view::npos) {
    fields.clear();
    return PlainLine::quoted;
  }
  if ((bits & high_bits) == 0 && special == 0) fields.note_ascii();
  if (fields.size() > 1 || !fields[0].empty()) return PlainLine::row;
  fields.clear();
  return PlainLine::blank;
}

CsvRows::CsvRows(LineReader& lines, char delimiter, std::string file_name, bool trusts_quotes)
    : lines_(lines), delimiter_(delimiter), file_name_(std::move(file_name)), trusts_quotes_(trusts_quotes) {
  start_parser();
}

CsvRows::~CsvRows() {
  csv_free(&parser_);
}

// Strict: what follows a closing quotation mark, or a stray one, would otherwise join the next rows to this
// one.
void CsvRows::start_parser() {
  csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
  csv_set_delim(&parser_, static_cast<unsigned char>(delimiter_));
  csv_set_blk_size(&parser_, parser_block);
}

bool CsvRows::next() {
  if (!next_row()) return false;
  if (header_fields_ == 0) header_fields_ = row_.fields.size();
  return true;
}

bool CsvRows::next_row() {
  row_.fields.clear();
  row_.ended = false;
  damage_.clear();
  is_given_up_ = false;
  row_bytes_ = 0;
  quote_line_ = 0;
  lines_of_row_.clear();
  Line line;
  while (next_line(line)) {
    const bool starts_here = quote_line_ == 0;
    if (starts_here) line_ = line.number;
    if (starts_here && line.text.size() <= max_field_bytes) {
      const PlainLine plain = cut_plain_line(line.text, delimiter_, row_.fields);
      if (plain == PlainLine::row) return true;
      if (plain == PlainLine::blank) continue;
    }
    if (feed(line)) return true;
  }
  return finish_last_row();
}

bool CsvRows::next_line(Line& line) {
  if (again_.empty()) return lines_.next(line);
  current_ = std::move(again_.front());
  again_.pop_front();
  const std::string_view whole = current_.whole;
  line = {current_.number, whole.substr(0, current_.text_size), whole, false};
  return true;
}

// True when the row is at its end.
bool CsvRows::feed(const Line& line) {
  const std::size_t fields_before = row_.fields.size();
  row_bytes_ += line.whole.size();
  const std::size_t read =
      csv_parse(&parser_, line.whole.data(), line.whole.size(), on_field, on_row_end, &row_);
  if (read != line.whole.size()) {
    if (csv_error(&parser_) != CSV_EPARSE) throw std::bad_alloc();
    end_damaged(line, row_.fields.size() == fields_before);
    return true;
  }
  const bool quote_open = !row_.ended && parser_.quoted != 0;
  if (quote_open && (quote_line_ == 0 || row_.fields.size() > fields_before)) quote_line_ = line.number;
  if (quote_line_ != 0) keep(line);
  if (quote_open && (line.too_long || row_bytes_ > max_row_bytes)) {
    fail_unclosed("is not closed within a megabyte");
  }
  if (line.too_long) give_up_row(too_long());
  if (row_.ended && look_like_rows()) read_apart();
  if (row_.ended) check_sizes();
  return row_.ended || line.too_long;
}

bool CsvRows::finish_last_row() {
  if (csv_fini(&parser_, on_field, on_row_end, &row_) != 0) fail_unclosed("is never closed");
  if (row_.ended && look_like_rows()) read_apart();
  if (row_.ended) check_sizes();
  return row_.ended;
}

std::string CsvRows::problem(std::size_t columns) const {
  if (!damage_.empty()) return damage_;
  if (has_all(columns)) return {};
  const std::size_t fields = row_.fields.size();
  const bool may_end_with_delimiter = fields == columns + 1 && row_.fields[columns].empty();
  return fmt::format(
      "the row has {} field{} where the header row has {}{}", fields, fields == 1 ? "" : "s", columns,
      may_end_with_delimiter ? "; if each row ends with a delimiter, let the header row end with "
                               "one, too: else one may stand where none should"
                             : "");
}

// A delimiter at the row's end that the header row lacks may be one too many further up; and where the header
// row ends with one, a row that does, and lacks another, has one too few.
bool CsvRows::has_all(std::size_t columns) const {
  const CsvFields& fields = row_.fields;
  if (fields.size() == header_fields_) return header_fields_ == columns || fields[columns].empty();
  return header_fields_ > columns && fields.size() == columns && !fields[columns - 1].empty();
}

bool CsvRows::are_in_place(std::size_t columns) const {
  return !is_given_up_ && has_all(columns);
}

bool CsvRows::has_trailing_delimiter(std::size_t columns) const {
  return header_fields_ > columns && row_.fields.size() > columns && row_.fields[columns].empty();
}

void CsvRows::check_sizes() {
  if (row_bytes_ > max_row_bytes) damage_ = too_long();
  if (row_.fields.joined().size() <= max_field_bytes) return;
  for (std::size_t i = 0; i < row_.fields.size(); ++i) {
    if (row_.fields[i].size() > max_field_bytes && damage_.empty()) {
      damage_ = fmt::format("field {} is longer than {} bytes", i + 1, max_field_bytes);
    }
  }
}

void CsvRows::keep(const Line& line) {
  lines_of_row_.push_back({std::string(line.whole), line.text.size(), line.number});
}

// Each line would be a row of the header's columns if quotation marks meant nothing.
bool CsvRows::look_like_rows() const {
  const auto is_row = [this](const KeptLine& line) {
    return static_cast<std::size_t>(std::count(line.whole.begin(), line.whole.end(), delimiter_)) + 1 ==
           header_fields_;
  };
  return !trusts_quotes_ && header_fields_ > 1 && lines_of_row_.size() > 1 &&
         std::all_of(lines_of_row_.begin(), lines_of_row_.end(), is_row);
}

// A quotation mark stands in `line` where none may.
void CsvRows::end_damaged(const Line& line, bool is_within_first_field) {
  if (quote_line_ != 0) keep(line);
  if (look_like_rows()) return read_apart();
  if (quote_line_ != 0 && is_within_first_field)
    fail_unclosed(fmt::format("is closed in the middle of a field of line {}", line.number));
  give_up_row(fmt::format("field {} has a quotation mark in it that is not doubled", row_.fields.size() + 1));
  split_literally(line.text);
}

// A stray quotation mark has made one row of many: the first is damaged, the others are read for themselves.
void CsvRows::read_apart() {
  give_up_row(fmt::format(
      "a quotation mark opens a field here that would go on to line {}, over lines that look like "
      "rows of their own",
      lines_of_row_.back().number));
  const KeptLine& first = lines_of_row_.front();
  split_literally(std::string_view(first.whole).substr(0, first.text_size));
  again_.insert(again_.begin(), std::make_move_iterator(lines_of_row_.begin() + 1),
                std::make_move_iterator(lines_of_row_.end()));
}

// Quotation marks mean nothing here: to show a damaged row whole.
void CsvRows::split_literally(std::string_view text) {
  row_.fields.clear();
  for (;;) {
    const std::size_t end = text.find(delimiter_);
    row_.fields.add(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

void CsvRows::give_up_row(std::string why) {
  damage_ = std::move(why);
  is_given_up_ = true;
  csv_free(&parser_);
  start_parser();
}

void CsvRows::fail_unclosed(std::string_view how) const {
  throw FileError(
      fmt::format("{}: line {}: a quotation mark opens a field here and {}; close it, or double it if "
                  "it is part of the text",
                  file_name_, quote_line_, how));
}

void CsvRows::on_field(void* text, std::size_t size, void* row) {
  static_cast<Row*>(row)->fields.add({static_cast<const char*>(text), size});
}

void CsvRows::on_row_end(int, void* row) {
  static_cast<Row*>(row)->ended = true;
}

}  // namespace consent_sync::input
