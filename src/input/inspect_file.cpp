#include <fmt/format.h>

#include <algorithm>
#include <consent_sync/input/inspection.hpp>
#include <consent_sync/input/preset.hpp>
#include <utility>

#include "csv_columns.hpp"
#include "csv_rows.hpp"
#include "format.hpp"
#include "json_elements.hpp"
#include "json_fault.hpp"
#include "json_memory.hpp"
#include "json_value.hpp"
#include "row_census.hpp"
#include "text.hpp"
#include "text_encoding.hpp"

namespace consent_sync::input {
namespace {

constexpr std::size_t chunk = 256 * 1024;

struct OpenFile {
  std::unique_ptr<ByteSource> bytes;
  std::unique_ptr<LineReader> lines;
};

OpenFile open_file(const std::string& path, const ReaderOptions& options, Inspection& found) {
  OpenFile file;
  file.bytes = open_bytes(path, &found.compression);
  file.bytes = in_utf8(std::move(file.bytes), options.encoding, &found.encoding);
  file.lines = std::make_unique<LineReader>(*file.bytes, chunk);
  file.lines->skip(check_start(file.lines->peek(), file.bytes->stored().name()));
  found.format = options.format;
  if (found.format == Format::automatic) found.format = format_of_name(path);
  if (found.format == Format::automatic) found.format = format_of_content(file.lines->peek());
  return file;
}

bool notes_damage(std::string_view text, consent::LineNumber line, Findings& damage, Inspection& found) {
  const std::string_view what = damage_of(text);
  if (what.empty()) return false;
  damage.add(what, line);
  if (text.find('\0') == std::string_view::npos) found.suggests_windows_1252 = true;
  return true;
}

void inspect_csv(OpenFile& file, const ReaderOptions& options, Inspection& found, RowCensus& census,
                 Findings& damage) {
  const std::string& name = file.bytes->stored().name();
  found.delimiter =
      options.delimiter != '\0' ? options.delimiter : take_delimiter(*file.lines, options.mapping.get());
  CsvRows rows(*file.lines, found.delimiter, name);
  if (!rows.next()) throw FileError(fmt::format("{} has no header row; it holds blank lines only", name));
  std::vector<CsvColumn> columns = name_columns(rows.fields(), name);
  for (CsvColumn& column : columns) {
    column.name = name_to_keep(column.name);
    census.expect(column.name);
  }
  while (rows.next()) {
    ++found.rows;
    if (const std::string problem = rows.problem(columns.size()); !problem.empty()) {
      damage.add(problem, rows.line());
    } else if (!notes_damage(rows.fields().joined(), rows.line(), damage, found)) {
      for (std::size_t i = 0; i < columns.size(); ++i)
        census.see(columns[i].name, rows.fields()[i], rows.line());
    }
  }
}

template <class Source>
void inspect_documents(Source& source, Inspection& found, RowCensus& census, Findings& damage) {
  simdjson::dom::parser parser;
  Line line;
  while (source.next(line)) {
    if (trim(line.text).empty()) continue;
    ++found.rows;
    simdjson::dom::element root;
    if (line.too_long) {
      damage.add(fmt::format("it is longer than {} bytes", max_row_bytes), line.number);
    } else if (notes_damage(line.text, line.number, damage, found)) {
      continue;
    } else if (const auto error =
                   fault_of_text(parser.parse(line.text.data(), line.text.size(), false).get(root))) {
      damage.add(fault_in_words(line.text, error), line.number);
    } else if (has_duplicate_keys(root)) {
      damage.add("an object in it has a key twice", line.number);
    } else {
      census.see_json("", root, line.number);
    }
  }
}

bool has_column(const Inspection& found, const std::string& wanted) {
  return std::any_of(found.columns.begin(), found.columns.end(), [&](const ColumnFacts& column) {
    return lower(column.name) == lower(wanted) || column.name.starts_with(wanted + "/") ||
           column.name == "/" + wanted || column.name.starts_with("/" + wanted + "/");
  });
}

std::vector<std::string> proposals_for(const Inspection& found) {
  std::vector<std::pair<std::size_t, std::string>> matches;
  for (const std::string_view name : preset_names()) {
    const Preset preset = find_preset(name);
    const auto& wanted = preset.recognised_by;
    const bool all = std::all_of(wanted.begin(), wanted.end(),
                                 [&](const std::string& column) { return has_column(found, column); });
    if (all && !wanted.empty()) matches.emplace_back(wanted.size(), name);
  }
  std::stable_sort(matches.begin(), matches.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  const bool has_tc_strings = std::any_of(
      found.columns.begin(), found.columns.end(),
      [](const ColumnFacts& column) { return column.values > 0 && 2 * column.tc_strings >= column.values; });
  const auto is_tcf = [](const auto& match) { return match.second == "tcf"; };
  if (has_tc_strings && std::none_of(matches.begin(), matches.end(), is_tcf)) matches.emplace_back(0, "tcf");
  std::vector<std::string> names;
  names.reserve(matches.size());
  for (auto& match : matches) names.push_back(std::move(match.second));
  return names;
}

void try_as_it_is(const std::string& path, const ReaderOptions& options, Inspection& found) {
  try {
    found.as_it_is = rehearse(path, options);
    found.is_canonical = 2 * found.as_it_is->understood >= found.as_it_is->rows;
  } catch (const FileError& problem) {
    found.refusal = problem.what();
  }
}

}  // namespace

Inspection inspect(const std::string& path, const ReaderOptions& options) {
  if (path == "-")
    throw FileError("standard input cannot be inspected, since an inspection reads twice; name a file");
  Inspection found;
  OpenFile file = open_file(path, options, found);
  RowCensus census;
  Findings damage(32);
  if (found.format == Format::csv) {
    inspect_csv(file, options, found, census, damage);
  } else if (first_line(file.lines->peek()).starts_with('[')) {
    JsonElements elements(*file.lines, file.bytes->stored().name());
    inspect_documents(elements, found, census, damage);
  } else {
    inspect_documents(*file.lines, found, census, damage);
  }
  found.columns = census.columns();
  found.has_more_columns = census.has_more_columns();
  found.damage = damage.sorted();
  found.proposals = proposals_for(found);
  if (!options.mapping) try_as_it_is(path, options, found);
  return found;
}

}  // namespace consent_sync::input
