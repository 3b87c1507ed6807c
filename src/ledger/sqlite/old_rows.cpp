#include "old_rows.hpp"

#include <optional>

#include "../database/query.hpp"
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

}  // namespace

void gather_into_blocks(Connection& connection) {
  gather_sources(connection);
  gather_queues(connection);
}

}  // namespace consent_sync::ledger
