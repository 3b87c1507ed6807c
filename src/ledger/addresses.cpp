#include <algorithm>

#include "schema.hpp"
#include "sqlite_ledger.hpp"

namespace consent_sync::ledger {
namespace {

void bind_digest(SQLite::Statement& statement, int index, const AddressDigest& digest) {
  statement.bind(index, digest.data(), static_cast<int>(digest.size()));
}

}  // namespace

/// With another key than before, what is remembered can never be found again: it goes.
const AddressDigester& SqliteLedger::digester() {
  if (digester_) return *digester_;
  auto digester = std::make_unique<AddressDigester>(connection_.path());
  const AddressDigest proof = digester->proof();
  connection_.write([&] {
    auto& insert = connection_.prepared(
        "INSERT INTO email_key (id, proof) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET proof = "
        "excluded.proof "
        "WHERE proof <> excluded.proof");
    insert.tryReset();
    bind_digest(insert, 1, proof);
    const int changed = insert.exec();
    insert.tryReset();
    if (changed != 0) execute(connection_.prepared("DELETE FROM email_owner"));
    if (changed != 0) execute(connection_.prepared("DELETE FROM email_of_nobody"));
  });
  digester_ = std::move(digester);
  return *digester_;
}

std::uint64_t SqliteLedger::count_unasked_addresses(const RunId& id, consent::Timestamp since) {
  return connection_.guarded([&] {
    const RunKey run = require_run(connection_, id, {RunState::staging});
    AddressStream addresses(staged(id).rows, connection_.path(), run.key, run.store, since);
    std::uint64_t count = 0;
    while (addresses.next() != nullptr) {
      count += addresses.is_first() && addresses.owners() == AddressedRow::Owners::not_asked ? 1 : 0;
    }
    return count;
  });
}

std::vector<std::string> SqliteLedger::unasked_addresses(const RunId& id, consent::Timestamp since,
                                                         std::size_t limit) {
  std::vector<std::string> found;
  connection_.guarded([&] {
    const RunKey run = require_run(connection_, id, {RunState::staging});
    Staged& stage = staged(id);
    if (!stage.unasked) {
      stage.unasked =
          std::make_unique<AddressStream>(stage.rows, connection_.path(), run.key, run.store, since);
    }
    while (found.size() < limit) {
      const AddressEntry* entry = stage.unasked->next();
      if (entry == nullptr) break;
      if (!stage.unasked->is_first() || stage.unasked->owners() != AddressedRow::Owners::not_asked) continue;
      found.push_back(stage.rows.address_of(*entry));
    }
    stage.unasked->rest();
    if (found.size() < limit) stage.unasked.reset();
  });
  return found;
}

void SqliteLedger::note_addresses(const RunId& id, std::span<const AddressOwners> owners,
                                  consent::Timestamp now, const Traffic& traffic) {
  const AddressDigester& digest = digester();
  connection_.write([&] {
    const RunKey run = require_run(connection_, id, {RunState::staging});
    auto& known = connection_.prepared(
        "INSERT OR REPLACE INTO email_owner (store, address, customers, asked_at) VALUES (?, ?, ?, ?)");
    auto& nobodys =
        connection_.prepared("INSERT OR IGNORE INTO email_of_nobody (run, address) VALUES (?, ?)");
    for (const AddressOwners& owner : owners) {
      auto& insert = owner.customers.empty() ? nobodys : known;
      insert.tryReset();
      bind_digest(insert, 2, digest(owner.email));
      if (owner.customers.empty()) {
        bind_value(insert, 1, run.key);
      } else {
        const std::string customers = bytes_of(owner.customers);
        bind_value(insert, 1, run.store);
        insert.bind(3, customers.data(), static_cast<int>(customers.size()));
        bind_value(insert, 4, now);
      }
      insert.exec();
      insert.tryReset();
    }
    update_traffic(connection_, run.key, traffic);
  });
}

void SqliteLedger::identify(const RunId& id, consent::Timestamp since,
                            const std::function<bool(const AddressedRow&)>& visit) {
  connection_.guarded([&] {
    const RunKey run = require_run(connection_, id, {RunState::staging});
    Staging& rows = staged(id).rows;
    AddressStream addresses(rows, connection_.path(), run.key, run.store, since);
    AddressedRow row;
    while (const AddressEntry* entry = addresses.next()) {
      row.line = entry->line();
      row.is_invalid = entry->is_invalid();
      row.owners = addresses.owners();
      if (addresses.is_first()) row.customers = addresses.customers();
      if (visit(row)) rows.assign(*entry, row.customers);
    }
  });
}

void SqliteLedger::forget_addresses(const std::string& store, consent::Timestamp before) {
  // What is deleted is overwritten.
  connection_.guarded([&] { connection_.run_script("PRAGMA secure_delete = ON"); });
  connection_.write([&] {
    execute(connection_.prepared("DELETE FROM email_owner WHERE store = ? AND asked_at < ?"), store, before);
    execute(connection_.prepared(
                "DELETE FROM email_of_nobody WHERE run IN (SELECT key FROM run WHERE store = ? AND "
                "state IN ('finished', 'abandoned') AND ended_at < ?)"),
            store, before);
    execute(connection_.prepared(
                "DELETE FROM source WHERE run IN (SELECT key FROM run WHERE store = ? AND by_email = "
                "1 AND state IN ('finished', 'abandoned') AND ended_at < ?)"),
            store, before);
    execute(connection_.prepared("UPDATE run SET by_email = 2 WHERE store = ? AND by_email = 1 AND state IN "
                                 "('finished', 'abandoned') AND ended_at < ?"),
            store, before);
  });
}

}  // namespace consent_sync::ledger
