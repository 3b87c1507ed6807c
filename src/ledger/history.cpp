#include "evidence_log.hpp"
#include "run_rows.hpp"
#include "sql_ledger.hpp"

namespace consent_sync::ledger {
namespace {

/// Reads through a connection of its own: one state of the ledger from the first entry to the last.
class EvidenceInOrder final : public EvidenceCursor {
 public:
  EvidenceInOrder(const Connection& ledger, const std::string& store, const EvidenceFilter& filter)
      : connection_(ledger.another()) {
    connection_->begin_read();
    entries_.emplace(*connection_, store, filter);
  }

  const EvidenceEntry* next() override {
    return connection_->guarded([&]() -> const EvidenceEntry* {
      if (entries_ && entries_->next(entry_)) return &entry_;
      entries_.reset();
      return nullptr;
    });
  }

 private:
  std::unique_ptr<Connection> connection_;
  std::optional<EvidenceReader> entries_;
  EvidenceEntry entry_;
};

}  // namespace

std::vector<std::string> SqlLedger::stores() {
  return connection_.guarded([&] {
    // A history may have millions of entries: from store to store by its key.
    Query query(connection_.prepared(
        "WITH RECURSIVE told (store) AS (SELECT min(store) FROM evidence_block UNION ALL SELECT (SELECT "
        "min(evidence_block.store) FROM evidence_block WHERE evidence_block.store > told.store) FROM told "
        "WHERE told.store IS "
        "NOT "
        "NULL) SELECT store FROM told WHERE store IS NOT NULL UNION SELECT store FROM run ORDER BY store"));
    std::vector<std::string> stores;
    while (query.next()) stores.push_back(query.text(0));
    return stores;
  });
}

std::unique_ptr<EvidenceCursor> SqlLedger::read_evidence(const std::string& store,
                                                         const EvidenceFilter& filter) {
  return connection_.guarded([&]() -> std::unique_ptr<EvidenceCursor> {
    return std::make_unique<EvidenceInOrder>(connection_, store, filter);
  });
}

void SqlLedger::for_each_row_of(const std::string& store, consent::CustomerId customer,
                                const std::function<void(const RunId&, const RowResult&)>& visit) {
  connection_.guarded([&] {
    for (const auto& [key, id] : planned_runs(connection_, store)) {
      for (const RowResult& row : rows_of_customer(connection_, key, customer)) visit(id, row);
    }
  });
}

}  // namespace consent_sync::ledger
