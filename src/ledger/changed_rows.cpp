#include "changed_rows.hpp"

#include "staging/bytes.hpp"

namespace consent_sync::ledger {

RowResult row_of(const StoredChange& stored) {
  RowResult row;
  row.line = stored.change.line;
  row.customer = stored.change.customer;
  row.decided_at = stored.decided_at;
  row.outcome = stored.end.outcome;
  row.before = stored.change.before;
  row.after = stored.change.wanted;
  row.http_status = stored.end.http_status;
  row.attempts = stored.end.attempts;
  row.reason = stored.end.reason;
  return row;
}

ChangedRows::ChangedRows(Connection& connection, std::int64_t run) : rows_(connection.workspace()) {
  for_each_change(connection, run, [this](const StoredChange& stored) {
    if (stored.change.account == 0) rows_.add(entry_of(stored), stored.end.reason);
  });
  reader_.emplace(rows_);
  step();
}

void ChangedRows::step() {
  const Entry* entry = reader_->next();
  has_row_ = entry != nullptr;
  if (!has_row_) return;
  read(*entry, row_);
  row_.reason = reader_->text();
}

ChangedRows::Entry ChangedRows::entry_of(const StoredChange& stored) {
  Entry entry;
  entry.line = stored.change.line;
  entry.customer = stored.change.customer.value();
  entry.decided_at = stored.decided_at.value_or(untold).time_since_epoch().count();
  entry.http_status = stored.end.http_status;
  entry.attempts = stored.end.attempts;
  entry.outcome = stored.end.outcome;
  entry.before = byte_of(stored.change.before);
  entry.after = stored.change.wanted.code();
  return entry;
}

void ChangedRows::read(const Entry& entry, RowResult& row) {
  const consent::Timestamp decided_at{std::chrono::microseconds(entry.decided_at)};
  row.line = entry.line;
  row.customer = consent::CustomerId::from(entry.customer);
  row.decided_at = decided_at == untold ? std::nullopt : std::optional(decided_at);
  row.outcome = entry.outcome;
  row.before = choice_of(entry.before);
  row.after = choice_of(entry.after);
  row.http_status = entry.http_status;
  row.attempts = entry.attempts;
}

}  // namespace consent_sync::ledger
