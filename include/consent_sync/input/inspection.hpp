#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <consent_sync/input/reader.hpp>

namespace consent_sync::input {

/// Something that occurs in a file, how often, and on which line first.
struct Finding {
  std::string what;
  std::uint64_t count = 0;
  consent::LineNumber first_line = 0;
};

/// Stands for a column's name, or for a part of it, that may be somebody's e-mail address.
inline constexpr std::string_view hidden_name = "(an e-mail address)";

/// What the values of a column are like. A column is a column of a CSV, a member of JSON (its JSON Pointer),
/// or a category within a text of pairs or a JSON text ("groups: C0001", "purposes#/Analytics").
struct ColumnFacts {
  std::string name;
  std::uint64_t values = 0;  ///< those that are not empty
  std::uint64_t empty = 0;
  /// Distinct values by falling count, those with e-mail addresses left out; none when there are too many to
  /// be words.
  std::vector<Finding> words;
  bool has_many_words = false;
  std::uint64_t ids = 0;                ///< values that are ids of customers
  std::uint64_t tc_strings = 0;         ///< values that are IAB TCF consent strings
  std::uint64_t emails = 0;             ///< values that are e-mail addresses
  std::uint64_t texts_with_emails = 0;  ///< values that have one in them, and are none
  std::vector<Finding> mangled_ids;     ///< by what is wrong with them; where some of its values are ids, and
                                        ///< they are not few words
  /// How its values write times, each by the formats that read it, as a mapping names them ("%d/%m/%Y or
  /// %m/%d/%Y").
  std::vector<Finding> time_formats;
};

/// What a mapping (or the canonical form) makes of a file.
struct Rehearsal {
  std::uint64_t rows = 0;
  std::uint64_t understood = 0;
  std::vector<std::string> passed_over;  ///< see Reader::passed_over()
  std::vector<Finding> problems;         ///< by reason, the most frequent first
  bool has_more_problems = false;
  /// Of the customers, or of one in `sampled` where there are too many to remember.
  std::uint64_t customers = 0;
  std::uint64_t with_several_rows = 0;
  std::uint64_t with_different_choices = 0;
  std::uint64_t sampled = 1;
};

/// What was found in a file, whether or not it can be used as it is.
struct Inspection {
  Format format = Format::csv;
  char delimiter = '\0';    ///< of a CSV
  std::string compression;  ///< "gzip", "zstd" or ""
  std::string encoding;     ///< "UTF-8", "UTF-16LE", ...; what is declared, or a byte order mark tells
  std::uint64_t rows = 0;
  std::vector<ColumnFacts> columns;
  bool has_more_columns = false;       ///< than are kept
  std::vector<Finding> damage;         ///< rows that cannot be taken apart, by reason
  std::vector<std::string> proposals;  ///< presets that recognise the file, the best first
  /// What it is without a mapping; nothing where one was given, or `refusal` says why it is no input.
  std::optional<Rehearsal> as_it_is;
  std::string refusal;
  bool is_canonical = false;           ///< it needs no mapping: at least half of its rows are understood
  bool suggests_windows_1252 = false;  ///< bytes that are not UTF-8 would be letters in it
};

/// Reads a whole file and says what is in it, in memory that does not grow with it, and once more as it is,
/// unless `options` have a mapping. Standard input cannot be inspected: it is read twice. Throws FileError
/// for a file in which nothing can be told apart.
Inspection inspect(const std::string& path, const ReaderOptions& options);

/// Reads a whole file as a run would. Throws FileError.
Rehearsal rehearse(const std::string& path, const ReaderOptions& options);

}  // namespace consent_sync::input
