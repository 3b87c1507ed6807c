#include "reports_about.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <simdjson.h>

#include <consent_sync/input/reader.hpp>
#include <consent_sync/report/report.hpp>

namespace consent_sync::app {
namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

/// A line for each row is an input like others, compressed or not, whose choices nobody asks for.
input::ReaderOptions as_rows() {
  constexpr const char* mapping =
      "{customer: {id: customer_id}, decisions: {lists: {allow: before, deny: after}}, "
      "categories: {essential: e, functional: f, analytics: a, targeting: t}}";
  input::ReaderOptions options;
  options.mapping = std::make_shared<const input::Mapping>(input::read_mapping(mapping));
  return options;
}

/// Of a line of outcomes.*, behind its number: whose the row is. An address may be several customers'.
std::string_view customers_in(std::string_view line, input::Format format) {
  line.remove_prefix(std::min(line.find(',') + 1, line.size()));
  return line.substr(0, line.find(format == input::Format::csv ? "," : "\"outcome\":"));
}

bool outcomes_tell_of(const std::filesystem::path& file, consent::CustomerId customer) {
  if (std::filesystem::file_size(file) == 0) return false;
  const auto reader = input::open_reader(file.string(), as_rows());
  for (std::vector<input::Row> rows; reader->read(rows);) {
    for (const input::Row& row : rows) {
      if (has_id(customers_in(row.source, reader->format()), customer)) return true;
    }
  }
  return false;
}

/// As it was written: where the first cell is the customer's id, that decides, else any may.
bool rejected_rows_tell_of(const std::filesystem::path& file, consent::CustomerId customer) {
  constexpr std::string_view id = "customer_id";
  std::ifstream rows(file);
  std::string row;
  const bool id_is_first = file.extension() == ".csv" && std::getline(rows, row) && row.starts_with(id);
  const char delimiter = id_is_first && row.size() > id.size() ? row[id.size()] : ',';
  while (std::getline(rows, row)) {
    if (has_id(id_is_first ? row.substr(0, row.find(delimiter)) : row, customer)) return true;
  }
  return rows.bad();
}

/// Where a row names its customer's id, that tells whose it is.
bool has_row_by_address(const std::filesystem::path& file) {
  std::ifstream rows(file);
  std::string row;
  if (file.extension() == ".csv" && std::getline(rows, row) && row.starts_with("customer_id")) return false;
  while (std::getline(rows, row)) {
    if (row.find('@') != std::string::npos && row.find("\"customer_id\":") == std::string::npos) return true;
  }
  return rows.bad();
}

}  // namespace

bool has_id(std::string_view text, consent::CustomerId customer) {
  const std::string id = fmt::format("{}", customer.value());
  for (std::size_t at = text.find(id); at != std::string_view::npos; at = text.find(id, at + 1)) {
    const std::size_t end = at + id.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]))) return true;
  }
  return false;
}

bool tells_of(const std::filesystem::path& report, consent::CustomerId customer) {
  try {
    for (const std::string_view format : report::outcomes_formats) {
      const std::filesystem::path file = report / fmt::format("outcomes.{}", format);
      if (std::filesystem::exists(file) && outcomes_tell_of(file, customer)) return true;
    }
    return rejected_rows_tell_of(report / "rejected.csv", customer) ||
           rejected_rows_tell_of(report / "rejected.ndjson", customer);
  } catch (const std::exception&) {  // it cannot be read to its end
    return true;
  }
}

std::vector<std::filesystem::path> files_by_address(const std::filesystem::path& report) {
  std::vector<std::filesystem::path> files;
  for (const char* name : {"rejected.csv", "rejected.ndjson"}) {
    if (has_row_by_address(report / name)) files.push_back(report / name);
  }
  return files;
}

std::string store_of(const std::filesystem::path& report) {
  simdjson::dom::parser parser;
  std::string_view store;
  const auto error = parser.load((report / "summary.json").string())["store"].get(store);
  return error == simdjson::SUCCESS ? std::string(store) : "";
}

}  // namespace consent_sync::app
