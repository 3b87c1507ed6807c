#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <consent_sync/ledger/rows.hpp>

#include "database/connection.hpp"
#include "database/query.hpp"

namespace consent_sync::ledger {

// What people wrote in rows that are not well, or not yet (`source_block`): as it stood in the input, in its
// order, many rows to one piece of the database. Most of it goes when the run ends.

/// One piece, known by the line it began with.
class SourceBlock {
 public:
  explicit SourceBlock(consent::LineNumber first_line) : first_line_(first_line), last_line_(first_line) {}

  /// Lines rise from call to call, from the first line on.
  void add(consent::LineNumber line, std::string_view text);
  bool is_empty() const { return bytes_.empty(); }
  bool is_full() const { return bytes_.size() >= usual_bytes; }
  consent::LineNumber first_line() const { return first_line_; }
  const std::string& bytes() const { return bytes_; }

 private:
  static constexpr std::size_t usual_bytes = 16 * 1024;

  consent::LineNumber first_line_;
  consent::LineNumber last_line_;
  std::string bytes_;
};

/// Reads a piece row by row. Throws DatabaseError (damaged) for bytes that are none.
class SourceBlockReader {
 public:
  SourceBlockReader(consent::LineNumber first_line, std::string bytes)
      : bytes_(std::move(bytes)), line_(first_line) {}

  /// False at the end.
  bool next();
  consent::LineNumber line() const { return line_; }
  /// Until the next call of next().
  std::string_view text() const { return text_; }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
  consent::LineNumber line_;
  std::string_view text_;
};

/// Writes the sources of a run that has none yet, within a transaction of the caller's.
class SourceWriter {
 public:
  SourceWriter(Connection& connection, std::int64_t run) : connection_(connection), run_(run) {}

  /// Lines rise from call to call. Nothing is kept of a row without a text.
  void add(consent::LineNumber line, std::string_view text);
  /// Once all are added.
  void finish();

 private:
  Connection& connection_;
  const std::int64_t run_;
  std::optional<SourceBlock> block_;
};

/// The sources of a run, for whoever goes through its rows.
class Sources {
 public:
  Sources(Connection& connection, std::int64_t run);

  /// Lines rise from call to call. Empty: it was not kept. Until the next call.
  std::string_view of(consent::LineNumber line);

 private:
  void step();

  Query query_;
  std::optional<SourceBlockReader> block_;
  bool has_row_ = false;
};

/// Takes the sources out that are to go, within a transaction of the caller's: how many. `goes` is asked
/// about each, in the order of the lines.
std::uint64_t remove_sources(Connection& connection, std::int64_t run,
                             const std::function<bool(consent::LineNumber, std::string_view)>& goes);

}  // namespace consent_sync::ledger
