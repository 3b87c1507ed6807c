#include "sources.hpp"

#include <vector>

#include "staging/bytes.hpp"

namespace consent_sync::ledger {
namespace {

using consent::LineNumber;

struct StoredBlock {
  LineNumber first_line;
  std::string bytes;
};

// A few at a time: they are written anew while the rest is still to be read.
std::vector<StoredBlock> blocks_from(Connection& connection, std::int64_t run, LineNumber first) {
  Query query(connection.prepared("SELECT first_line, rows FROM source_block WHERE run = ? AND first_line >= "
                                  "? ORDER BY first_line LIMIT 64"),
              run, first);
  std::vector<StoredBlock> found;
  while (query.next()) found.push_back({query.integer(0), query.blob(1)});
  return found;
}

/// What stays of a block.
SourceBlock without(StoredBlock block, const std::function<bool(LineNumber, std::string_view)>& goes,
                    std::uint64_t& removed) {
  SourceBlock rest(block.first_line);
  SourceBlockReader rows(block.first_line, std::move(block.bytes));
  while (rows.next()) {
    if (goes(rows.line(), rows.text())) {
      ++removed;
    } else {
      rest.add(rows.line(), rows.text());
    }
  }
  return rest;
}

void replace(Connection& connection, std::int64_t run, const SourceBlock& rest) {
  if (rest.is_empty()) {
    execute_later(connection.prepared("DELETE FROM source_block WHERE run = ? AND first_line = ?"), run,
                  rest.first_line());
  } else {
    execute_later(connection.prepared("UPDATE source_block SET rows = ? WHERE run = ? AND first_line = ?"),
                  Bytes{rest.bytes()}, run, rest.first_line());
  }
}

}  // namespace

void SourceBlock::add(LineNumber line, std::string_view text) {
  put_number(bytes_, static_cast<std::uint64_t>(line - last_line_));
  put_text(bytes_, text);
  last_line_ = line;
}

bool SourceBlockReader::next() {
  if (at_ == bytes_.size()) return false;
  read_stored([this] {
    ByteReader bytes(std::string_view(bytes_).substr(at_));
    line_ += static_cast<LineNumber>(bytes.number());
    text_ = bytes.text();
    at_ = bytes_.size() - bytes.left();
  });
  return true;
}

void SourceWriter::add(LineNumber line, std::string_view text) {
  if (text.empty()) return;
  if (!block_) block_.emplace(line);
  block_->add(line, text);
  if (block_->is_full()) finish();
}

void SourceWriter::finish() {
  if (!block_) return;
  execute_later(connection_.appender("INSERT INTO source_block (run, first_line, rows) VALUES (?, ?, ?)"),
                run_, block_->first_line(), Bytes{block_->bytes()});
  block_.reset();
}

Sources::Sources(Connection& connection, std::int64_t run)
    : query_(connection.scan("SELECT first_line, rows FROM source_block WHERE run = ? ORDER BY first_line"),
             run) {
  step();
}

void Sources::step() {
  while (true) {
    has_row_ = block_ && block_->next();
    if (has_row_ || !query_.next()) return;
    block_.emplace(query_.integer(0), query_.blob(1));
  }
}

std::string_view Sources::of(LineNumber line) {
  while (has_row_ && block_->line() < line) step();
  return has_row_ && block_->line() == line ? block_->text() : std::string_view();
}

std::uint64_t remove_sources(Connection& connection, std::int64_t run,
                             const std::function<bool(LineNumber, std::string_view)>& goes) {
  std::uint64_t removed = 0;
  std::vector<StoredBlock> stored = blocks_from(connection, run, 0);
  while (!stored.empty()) {
    const LineNumber last = stored.back().first_line;
    for (StoredBlock& block : stored) {
      const std::uint64_t removed_before = removed;
      const SourceBlock rest = without(std::move(block), goes, removed);
      if (removed != removed_before) replace(connection, run, rest);
    }
    stored = blocks_from(connection, run, last + 1);
  }
  return removed;
}

}  // namespace consent_sync::ledger
