#include <algorithm>

#include "sql_ledger.hpp"

namespace consent_sync::ledger {
namespace {

Bytes bytes_of(const AddressDigest& digest) {
  return {{reinterpret_cast<const char*>(digest.data()), digest.size()}};
}

}  // namespace

/// With another key than before, what is remembered can never be found again: it goes.
AddressDigester& SqlLedger::digester() {
  if (digester_) return *digester_;
  auto digester = std::make_unique<AddressDigester>(connection_.hash_key());
  const AddressDigest proof = digester->proof();
  connection_.write([&] {
    const int changed = execute(
        connection_.prepared("INSERT INTO email_key (id, proof) VALUES (1, ?) ON CONFLICT (id) DO "
                             "UPDATE SET proof = excluded.proof WHERE email_key.proof <> excluded.proof"),
        bytes_of(proof));
    if (changed != 0) execute(connection_.prepared("DELETE FROM email_owner"));
    if (changed != 0) execute(connection_.prepared("DELETE FROM email_of_nobody"));
  });
  digester_ = std::move(digester);
  return *digester_;
}

std::uint64_t SqlLedger::count_unasked_addresses(const RunId& id, consent::Timestamp since) {
  return connection_.guarded([&] {
    const RunKey run = require_run(connection_, id, {RunState::staging});
    AddressStream addresses(staged(id).rows, connection_, run.key, run.store, since);
    std::uint64_t count = 0;
    while (addresses.next() != nullptr) {
      count += addresses.is_first() && addresses.owners() == AddressedRow::Owners::not_asked ? 1 : 0;
    }
    return count;
  });
}

std::vector<std::string> SqlLedger::unasked_addresses(const RunId& id, consent::Timestamp since,
                                                      std::size_t limit) {
  std::vector<std::string> found;
  connection_.guarded([&] {
    const RunKey run = require_run(connection_, id, {RunState::staging});
    Staged& stage = staged(id);
    if (!stage.unasked) {
      stage.unasked = std::make_unique<AddressStream>(stage.rows, connection_, run.key, run.store, since);
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

void SqlLedger::note_addresses(const RunId& id, std::span<const AddressOwners> owners, consent::Timestamp now,
                               const Traffic& traffic) {
  AddressDigester& digest = digester();
  connection_.write([&] {
    const RunKey run = own_run(id, {RunState::staging});
    auto& known = connection_.prepared(
        "INSERT INTO email_owner (store, address, customers, asked_at) VALUES (?, ?, ?, ?) ON CONFLICT "
        "(store, "
        "address) DO UPDATE SET customers = excluded.customers, asked_at = excluded.asked_at");
    auto& nobodys = connection_.prepared(
        "INSERT INTO email_of_nobody (run, address) VALUES (?, ?) ON CONFLICT (run, address) DO NOTHING");
    for (const AddressOwners& owner : owners) {
      const AddressDigest address = digest(owner.email);
      if (owner.customers.empty()) {
        execute(nobodys, run.key, bytes_of(address));
      } else {
        const std::string customers = ledger::bytes_of(owner.customers);
        execute(known, run.store, bytes_of(address), Bytes{customers}, now);
      }
    }
    update_traffic(connection_, run.key, traffic);
  });
}

void SqlLedger::identify(const RunId& id, consent::Timestamp since,
                         const std::function<bool(const AddressedRow&)>& visit) {
  connection_.guarded([&] {
    const RunKey run = require_run(connection_, id, {RunState::staging});
    Staging& rows = staged(id).rows;
    AddressStream addresses(rows, connection_, run.key, run.store, since);
    AddressedRow row;
    while (const AddressEntry* entry = addresses.next()) {
      row.line = entry->line();
      row.is_invalid = entry->is_invalid();
      row.owners = addresses.owners();
      if (addresses.is_first()) row.customers = addresses.customers();
      if (visit(row)) {
        rows.assign(*entry, row.customers);
      } else {
        rows.note_owners(*entry, row.customers);
      }
    }
  });
}

void SqlLedger::forget_addresses(const std::string& store, consent::Timestamp before) {
  connection_.write([&] {
    connection_.own(store);
    execute(connection_.prepared("DELETE FROM email_owner WHERE store = ? AND asked_at < ?"), store, before);
    execute(connection_.prepared(
                "DELETE FROM email_of_nobody WHERE run IN (SELECT key FROM run WHERE store = ? AND "
                "state IN ('finished', 'abandoned') AND coalesce(ended_at, started_at) < ?)"),
            store, before);
    execute(connection_.prepared(
                "DELETE FROM source_block WHERE run IN (SELECT key FROM run WHERE store = ? AND by_email = "
                "1 AND state IN ('finished', 'abandoned') AND coalesce(ended_at, started_at) < ?)"),
            store, before);
    execute(connection_.prepared("UPDATE run SET by_email = 2 WHERE store = ? AND by_email = 1 AND state IN "
                                 "('finished', 'abandoned') AND coalesce(ended_at, started_at) < ?"),
            store, before);
  });
}

}  // namespace consent_sync::ledger
