#include "old_rows.hpp"

#include <map>
#include <memory>
#include <optional>
#include <sstream>

#include "../database/query.hpp"
#include "../evidence_log.hpp"
#include "../queue.hpp"
#include "../slot.hpp"
#include "../sources.hpp"

namespace consent_sync::ledger {
namespace {

/// Of rows that are sorted by run (column 0): a writer for each run, which `write` gives a row.
template <class Writer, class Write>
void write_each_run(Connection& connection, Query& rows, Write write) {
  std::optional<Writer> writer;
  std::int64_t run = 0;
  while (rows.next()) {
    if (!writer || rows.integer(0) != run) {
      if (writer) writer->finish();
      run = rows.integer(0);
      writer.emplace(connection, run);
    }
    write(*writer);
  }
  if (writer) writer->finish();
}

void gather_sources(Connection& connection) {
  Query query(connection.prepared("SELECT run, line, text FROM source ORDER BY run, line"));
  write_each_run<SourceWriter>(connection, query,
                               [&](SourceWriter& writer) { writer.add(query.integer(1), query.blob(2)); });
}

void gather_queues(Connection& connection) {
  Query query(
      connection.prepared(
          "SELECT queue.run, rank, queue.decided_at, queue.line, queue.customer, queue.before, wanted, "
          "input, base_held, base_asked, base_in_doubt, input_row.decided_at, http_status, attempts, reason "
          "FROM queue LEFT JOIN input_row ON input_row.run = queue.run AND input_row.line = (queue.line & "
          "?1) ORDER BY "
          "queue.run, rank, queue.decided_at, (queue.line & ?1), queue.line"),
      most_lines);
  write_each_run<QueueWriter>(connection, query, [&](QueueWriter& writer) {
    const QueuePosition position{static_cast<int>(query.integer(1)), query.time(2), query.integer(3)};
    const consent::Base base{query.optional_choice(8), query.optional_choice(9), query.integer(10) != 0};
    const consent::Change change{line_of(position.line),   query.customer(4), query.optional_choice(5),
                                 query.choice(6),          query.choice(7),   base,
                                 account_of(position.line)};
    StoredChange stored{position, change, query.optional_time(11)};
    if (change.account == 0) {
      stored.end.http_status = static_cast<int>(query.integer(12));
      stored.end.attempts = static_cast<int>(query.integer(13));
      stored.end.reason = query.text(14);
    }
    writer.add(stored);
  });
}

std::vector<std::uint64_t> parse_sequences(const std::string& text) {
  std::istringstream words(text);
  std::vector<std::uint64_t> sequences;
  for (std::uint64_t sequence = 0; words >> sequence;) sequences.push_back(sequence);
  return sequences;
}

/// A row of `evidence`, from its column 3 on.
EvidenceEntry read_old_entry(const Query& query) {
  EvidenceEntry entry;
  entry.sequence = query.count(3);
  if (query.text(4) == to_string(EvidenceEntry::Kind::erasure)) entry.kind = EvidenceEntry::Kind::erasure;
  entry.is_erased = query.integer(5) != 0;
  if (!query.is_null(6)) entry.customer = query.customer(6);
  entry.before = query.optional_choice(7);
  entry.after = query.optional_choice(8);
  entry.decided_at = query.optional_time(9);
  entry.confirmed_at = query.optional_time(10);
  entry.line = query.integer(11);
  entry.erases = parse_sequences(query.text(12));
  entry.secret = query.blob(13);
  entry.digest = query.blob(14);
  entry.link = query.blob(15);
  return entry;
}

/// The chain of versions 5 to 8: links stay as they are.
void gather_evidence(Connection& connection) {
  auto& insert = connection.prepared(
      "INSERT INTO evidence_block (store, first_sequence, run, erased, entries) VALUES (?, ?, ?, ?, ?)");
  EvidenceBlock block;
  std::string store;
  std::optional<std::int64_t> run;
  const auto finish = [&] {
    if (block.is_empty()) return;
    execute(insert, store, block.first_sequence(), run, block.erased(), Bytes{block.bytes()});
    block.clear();
  };
  Query query(connection.prepared(
      "SELECT store, run IS NULL, run, sequence, kind, erased, customer, before, after, decided_at, "
      "confirmed_at, line, erases, secret, digest, link FROM evidence ORDER BY store, sequence"));
  while (query.next()) {
    const EvidenceEntry entry = read_old_entry(query);
    const std::optional<std::int64_t> its_run =
        query.integer(1) != 0 ? std::nullopt : std::optional(query.integer(2));
    const bool follows =
        query.text(0) == store && its_run == run && entry.sequence == block.last_sequence() + 1;
    if (!follows || block.is_full()) finish();
    store = query.text(0);
    run = its_run;
    block.add(entry);
  }
  finish();
}

/// What versions before 5 kept was no chain yet.
void chain_old_evidence(Connection& connection) {
  Query table(connection.prepared("SELECT 1 FROM sqlite_master WHERE name = 'evidence_before_5'"));
  if (!table.next()) return;
  Query query(connection.prepared(
      "SELECT store, customer, before, after, decided_at, confirmed_at, run_id, line FROM evidence_before_5 "
      "ORDER BY rowid"));
  std::map<std::string, std::unique_ptr<EvidenceLog>> logs;
  while (query.next()) {
    EvidenceEntry entry;
    entry.customer = query.customer(1);
    entry.before = query.optional_choice(2);
    entry.after = query.choice(3);
    entry.decided_at = query.optional_time(4);
    entry.confirmed_at = query.time(5);
    entry.run = query.text(6);
    entry.line = query.integer(7);
    const auto log = logs.try_emplace(query.text(0)).first;
    if (!log->second) log->second = std::make_unique<EvidenceLog>(connection, log->first);
    log->second->append(entry);
  }
  for (const auto& [store, log] : logs) log->finish();
}

}  // namespace

void gather_into_blocks(Connection& connection) {
  gather_sources(connection);
  gather_queues(connection);
  gather_evidence(connection);
  chain_old_evidence(connection);
}

}  // namespace consent_sync::ledger
