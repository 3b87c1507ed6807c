#include "inspection_text.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "../figures.hpp"

namespace consent_sync::app {
namespace {

using input::ColumnFacts;
using input::Finding;
using input::Inspection;

constexpr std::size_t shown_words = 12;

std::string times(std::uint64_t count, const char* one, const char* many) {
  return fmt::format("{} {}", show_count(count), count == 1 ? one : many);
}

std::string delimiter_name(char delimiter) {
  return delimiter == '\t' ? "tab" : fmt::format("\"{}\"", delimiter);
}

std::string list_words(const ColumnFacts& column) {
  std::string list;
  for (std::size_t i = 0; i < std::min(column.words.size(), shown_words); ++i) {
    list += fmt::format("{}\"{}\" {}", i == 0 ? "" : ", ", column.words[i].what,
                        show_count(column.words[i].count));
  }
  return column.words.size() > shown_words ? list + ", ..." : list;
}

// Times that can be read in several ways tell nothing of which way is meant.
std::string list_times(const ColumnFacts& column) {
  std::string list;
  for (const Finding& finding : column.time_formats) {
    list += fmt::format("{}{} ({}, first on line {})", list.empty() ? "" : "; ", finding.what,
                        show_count(finding.count), finding.first_line);
  }
  return column.time_formats.size() > 1 ? "times in several formats: " + list : "times: " + list;
}

std::string kind_of(const ColumnFacts& column) {
  if (column.values == 0) return "always empty";
  if (2 * column.emails >= column.values) return "e-mail addresses";
  if (2 * column.texts_with_emails >= column.values) return "texts with e-mail addresses in them";
  if (2 * column.tc_strings >= column.values) return "IAB TCF consent strings";
  if (!column.time_formats.empty()) return list_times(column);
  const bool all_different =
      column.has_many_words || (column.words.size() == column.values && column.values > 3);
  if (!all_different) return list_words(column);
  return 2 * column.ids >= column.values ? "whole numbers, mostly different" : "mostly different values";
}

std::string describe_column(const ColumnFacts& column) {
  std::string text = fmt::format("  {:<28} {}{}: {}\n", column.name, times(column.values, "value", "values"),
                                 column.empty == 0 ? "" : fmt::format(", {} empty", show_count(column.empty)),
                                 kind_of(column));
  for (const Finding& finding : column.mangled_ids) {
    text += fmt::format("      as ids: {} (first on line {}): {}\n", times(finding.count, "value", "values"),
                        finding.first_line, finding.what);
  }
  return text;
}

std::string list_findings(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += fmt::format("  {} (first on line {}): {}\n", times(finding.count, "row", "rows"),
                        finding.first_line, finding.what);
  }
  return text;
}

bool has_customers(const Inspection& found) {
  return std::any_of(found.columns.begin(), found.columns.end(), [](const ColumnFacts& column) {
    return column.values > 0 && (2 * column.ids >= column.values || 2 * column.emails >= column.values);
  });
}

}  // namespace

std::string describe_inspection(const std::string& path, const Inspection& found) {
  std::string text = fmt::format(
      "{}: {}{}, {}{}, {}\n", path, found.format == input::Format::csv ? "CSV" : "JSON",
      found.delimiter == '\0' ? "" : ", delimiter " + delimiter_name(found.delimiter), found.encoding,
      found.compression.empty() ? "" : ", " + found.compression, times(found.rows, "row", "rows"));
  if (found.suggests_windows_1252) {
    text +=
        "Some bytes are not UTF-8. If they are letters, the encoding may be Windows-1252: --input-encoding "
        "windows-1252\n";
  }
  text += "\nColumns\n";
  for (const ColumnFacts& column : found.columns) text += describe_column(column);
  if (found.has_more_columns) text += "  ... and more, which were not looked at\n";
  if (!found.damage.empty()) text += "\nRows that cannot be taken apart\n" + list_findings(found.damage);
  if (found.rows > 0 && !has_customers(found)) {
    text +=
        "\nNo column looks like the store's customer ids or e-mail addresses. Consent logs are often keyed "
        "by a visitor's "
        "anonymous id:\njoin the file to your customers' ids first.\n";
  }
  return text;
}

std::string describe_rehearsal(const input::Rehearsal& rehearsal, const std::string& mapping) {
  std::string text = fmt::format("\nRead {}: {} of {} understood\n", mapping,
                                 show_count(rehearsal.understood), times(rehearsal.rows, "row", "rows"));
  if (!rehearsal.passed_over.empty())
    text += fmt::format("  Columns passed over: {}\n", fmt::join(rehearsal.passed_over, ", "));
  text += list_findings(rehearsal.problems);
  if (rehearsal.has_more_problems) text += "  ... and more reasons\n";
  if (rehearsal.with_several_rows > 0) {
    text += fmt::format(
        "  Customers with several rows: {} of {}; with different choices: {}{}\n",
        show_count(rehearsal.with_several_rows), show_count(rehearsal.customers),
        show_count(rehearsal.with_different_choices),
        rehearsal.sampled == 1 ? "" : fmt::format(" (one customer in {} was looked at)", rehearsal.sampled));
  }
  return text;
}

std::string describe_as_it_is(const Inspection& found) {
  return found.as_it_is ? describe_rehearsal(*found.as_it_is, "as it is")
                        : fmt::format("\nRead as it is: {}\n", found.refusal);
}

std::string describe_need_of_mapping(const Inspection& found) {
  if (found.is_canonical && found.as_it_is->understood == found.as_it_is->rows)
    return "\nIt needs no mapping.\n";
  if (found.is_canonical) {
    return fmt::format(
        "\nIt needs no mapping for {} of its {}; what is wrong with the others stands above.\n",
        show_count(found.as_it_is->understood), times(found.as_it_is->rows, "row", "rows"));
  }
  if (!found.as_it_is && found.refusal.empty()) return "";
  const bool is_useless = !found.as_it_is || found.as_it_is->understood == 0;
  return fmt::format(
      "\nAs it is, {} cannot be used: mend it, or say in a mapping how it is to be read. No preset "
      "recognises it "
      "(consent-sync presets lists them); --write-job FILE writes a job file to fill in.\n",
      is_useless ? "it" : "most of it");
}

std::string describe_preset(const input::Preset& preset) {
  std::string text = fmt::format("{}: {}\n", preset.name, preset.about);
  if (!preset.needs.empty()) text += fmt::format("  needed: {}\n", preset.needs);
  if (!preset.to_place.empty()) {
    text += "  to be placed in input.mapping, under categories or ignored:";
    for (const std::string& name : preset.to_place) text += " " + name;
    text += '\n';
  }
  for (const std::string& sentence : preset.ambiguous) text += fmt::format("  ambiguous: {}\n", sentence);
  for (const std::string& sentence : preset.not_verified)
    text += fmt::format("  not verified: {}\n", sentence);
  return text;
}

}  // namespace consent_sync::app
