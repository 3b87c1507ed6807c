#include "starter_job.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>
#include <boost/algorithm/string/predicate.hpp>

#include "../exit_code.hpp"
#include "../settings/settings.hpp"

namespace consent_sync::app {
namespace {

using input::ColumnFacts;
using input::Inspection;

/// A YAML scalar in quotation marks.
std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (static_cast<unsigned char>(c) < ' ') {
      result += fmt::format("\\x{:02X}", static_cast<unsigned>(c));
    } else {
      result += c;
    }
  }
  return result + '"';
}

bool is_mostly(std::uint64_t part, const ColumnFacts& column) {
  return column.values > 0 && 2 * part >= column.values;
}

bool is_inner(const ColumnFacts& column) {
  return column.name.find(": ") != std::string::npos || column.name.find("#/") != std::string::npos;
}

bool is_mixed(const ColumnFacts& column) {
  return column.ids > 0 && column.emails > 0 && is_mostly(column.ids + column.emails, column);
}

// What could be the key: a column of ids whose name says so, any of ids, or one of addresses.
std::string customer_line(const Inspection& found) {
  const ColumnFacts* ids = nullptr;
  const ColumnFacts* emails = nullptr;
  const ColumnFacts* mixed = nullptr;
  for (const ColumnFacts& column : found.columns) {
    if (is_inner(column)) continue;
    const bool different = column.has_many_words || 2 * column.words.size() > column.values;
    if (!emails && is_mostly(column.emails, column)) emails = &column;
    if (!mixed && is_mixed(column)) mixed = &column;
    const bool is_named = column.name.find("ustomer") != std::string::npos;
    if (is_mostly(column.ids, column) && different && column.time_formats.empty() && (!ids || is_named))
      ids = &column;
  }
  if (mixed && (!ids || ids == mixed)) {
    return fmt::format("    customer: {{id_or_email: {}}}          # ? are the numbers the store's ids\n",
                       in_quotes(mixed->name));
  }
  if (ids)
    return fmt::format("    customer: {{id: {}}}          # ? is it the store's id\n", in_quotes(ids->name));
  if (emails)
    return fmt::format("    customer: {{email: {}}}          # the store is asked whose they are\n",
                       in_quotes(emails->name));
  return "    # ? customer: {id: ...}     no column looks like the store's customer ids; join them to the "
         "file first\n";
}

std::vector<const ColumnFacts*> time_columns(const Inspection& found) {
  std::vector<const ColumnFacts*> columns;
  for (const ColumnFacts& column : found.columns) {
    if (!column.time_formats.empty() && !is_inner(column)) columns.push_back(&column);
  }
  return columns;
}

// Only the user knows which of two ways of reading a time is meant.
bool can_be_read_otherwise(const ColumnFacts& column) {
  return std::any_of(column.time_formats.begin(), column.time_formats.end(), [](const input::Finding& found) {
    return found.what.find(" or ") != std::string::npos;
  });
}

std::string time_line(const ColumnFacts& column) {
  std::string formats;
  bool wants_zone = false;
  for (const input::Finding& found : column.time_formats) {
    const bool is_pattern = found.what.find('%') != std::string::npos;
    wants_zone = wants_zone || (is_pattern && found.what.find("%z") == std::string::npos);
    formats += (formats.empty() ? "" : ", ") + (is_pattern ? in_quotes(found.what) : found.what);
  }
  return fmt::format("decided_at: {{from: {}, formats: [{}]{}}}", in_quotes(column.name), formats,
                     wants_zone ? ", zone: UTC" : "");
}

// Without a time the last row of a customer counts, which may be an older one.
std::string time_lines(const Inspection& found) {
  const std::vector<const ColumnFacts*> columns = time_columns(found);
  if (columns.size() == 1 && !can_be_read_otherwise(*columns.front()))
    return fmt::format("    {}          # ? when the person chose\n", time_line(*columns.front()));
  std::string lines;
  for (const ColumnFacts* column : columns)
    lines += fmt::format("    # ? {}          if it is when the person chose\n", time_line(*column));
  return lines;
}

std::vector<const ColumnFacts*> wordy_columns(const Inspection& found) {
  std::vector<const ColumnFacts*> columns;
  for (const ColumnFacts& column : found.columns) {
    const bool few = !column.has_many_words && !column.words.empty() && column.words.size() <= 8;
    if (few && column.time_formats.empty()) columns.push_back(&column);
  }
  return columns;
}

// Pairs and JSON texts have their categories within.
std::string decisions_lines(const Inspection& found) {
  std::string lines;
  for (const ColumnFacts& column : found.columns) {
    const std::size_t colon = column.name.find(": ");
    if (colon == std::string::npos) continue;
    const std::string line =
        fmt::format("    # ? decisions: {{pairs: {}}}\n", in_quotes(column.name.substr(0, colon)));
    if (lines.find(line) == std::string::npos) lines += line;
  }
  return lines;
}

std::string words_of(const std::vector<const ColumnFacts*>& columns) {
  std::vector<std::string> words;
  for (const ColumnFacts* column : columns) {
    for (const input::Finding& word : column->words) {
      const std::string text = in_quotes(word.what);
      if (std::find(words.begin(), words.end(), text) == words.end()) words.push_back(text);
    }
  }
  std::string list;
  for (std::size_t i = 0; i < std::min<std::size_t>(words.size(), 24); ++i)
    list += (i == 0 ? "" : ", ") + words[i];
  return list;
}

std::string own_mapping(const Inspection& found) {
  const std::vector<const ColumnFacts*> columns = wordy_columns(found);
  std::string text = "  mapping:\n" + customer_line(found) + time_lines(found) + decisions_lines(found);
  text += fmt::format("    values:                     # ? words found: {}\n", words_of(columns));
  text += "      allow: []\n      deny: []\n";
  text +=
      "    categories:                 # ? which of these make which of ours; several: {all: [...]} or {any: "
      "[...]}\n";
  for (const ColumnFacts* column : columns) text += fmt::format("      #   {}\n", in_quotes(column->name));
  for (const char* category : {"essential", "functional", "analytics", "targeting"}) {
    text += fmt::format("      # {}:\n", category);
  }
  return text;
}

bool has_time(const input::Preset& preset) {
  const YAML::Node time = YAML::Load(preset.mapping)["decided_at"];
  return time && !time.IsNull();
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Rows with a category that has no place are invalid.
std::string ignored_line(const input::Preset& preset, const Inspection& found) {
  using Form = input::DecisionFields::Form;
  input::Mapping mapping;
  try {
    mapping = input::read_mapping(preset.mapping);
  } catch (const input::MappingError&) {
    return "";  // it leaves something to the user
  }
  if (mapping.decisions.form != Form::pairs) return "";
  std::vector<std::string> ignored;
  for (const ColumnFacts& column : found.columns) {
    const std::size_t colon = column.name.find(": ");
    if (colon == std::string::npos) continue;
    const std::string category = column.name.substr(colon + 2);
    if (boost::iequals(column.name.substr(0, colon), mapping.decisions.field->name) &&
        !has(mapping.parts, category) && !has(mapping.ignored, category))
      ignored.push_back(in_quotes(category));
  }
  if (ignored.empty()) return "";
  for (const std::string& name : mapping.ignored) ignored.push_back(in_quotes(name));
  return fmt::format("    ignored: [{}]          # ? or into one of the categories\n",
                     fmt::join(ignored, ", "));
}

std::string preset_mapping(const input::Preset& preset, const Inspection& found) {
  std::string text = fmt::format("  preset: {}\n", preset.name);
  for (const std::string& sentence : preset.ambiguous) text += fmt::format("  # ambiguous: {}\n", sentence);
  for (const std::string& sentence : preset.not_verified)
    text += fmt::format("  # not verified: {}\n", sentence);
  text += "  mapping:                      # what stands here takes the place of the preset's own\n";
  text += sections_for(preset, found);
  if (!preset.needs.empty()) text += fmt::format("    # ? {}\n", preset.needs);
  for (const std::string& name : preset.to_place) {
    text += fmt::format("    # ? {} goes into one of the categories, or here:\n", name);
  }
  if (!preset.to_place.empty()) text += "    # ignored: []\n";
  return text;
}

// No mapping can name them.
Inspection with_names(Inspection found) {
  std::erase_if(found.columns, [](const ColumnFacts& column) {
    return column.name.find(input::hidden_name) != std::string::npos;
  });
  return found;
}

std::error_code last_error() {
  return {errno, std::generic_category()};
}

std::error_code write_job(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return last_error();
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

std::string sections_for(const input::Preset& preset, const Inspection& inspected) {
  const Inspection found = with_names(inspected);
  return customer_line(found) + (has_time(preset) ? "" : time_lines(found)) + ignored_line(preset, found);
}

std::string starter_job(const std::string& path, const Config& config, const Inspection& found,
                        const input::Preset* preset) {
  std::string text =
      "# Written by consent-sync inspect. Look at every line with a ?, then try it: consent-sync run "
      "THIS-FILE\n"
      "command: sync\n"
      "dry_run: true                   # take this away once the report is as it should be\n"
      "input:\n";
  text += fmt::format("  path: {}\n", in_quotes(path));
  if (config.input.reader.encoding != input::Encoding::automatic) {
    text += fmt::format("  encoding: {}\n", encoding_name(config.input.reader.encoding));
  } else if (found.suggests_windows_1252) {
    text += "  # ? encoding: windows-1252    some bytes are not UTF-8\n";
  }
  if (config.input.reader.delimiter != '\0')
    text += fmt::format("  delimiter: {}\n", in_quotes({&config.input.reader.delimiter, 1}));
  if (preset) return text + preset_mapping(*preset, found);
  return found.is_canonical ? text : text + own_mapping(with_names(found));
}

void write_new_file(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  std::error_code problem = file < 0 ? last_error() : write_job(file, text);
  if (file >= 0 && ::close(file) != 0 && !problem) problem = last_error();
  if (!problem) return;
  if (file >= 0) ::unlink(path.c_str());
  throw Failure(ExitCode::usage, fmt::format("{} cannot be written: {}", path, problem.message()));
}

}  // namespace consent_sync::app
