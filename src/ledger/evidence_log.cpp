#include "evidence_log.hpp"

#include <map>
#include <memory>
#include <sstream>

#include "evidence_hash.hpp"

namespace consent_sync::ledger {
namespace {

std::vector<std::uint64_t> parse_sequences(const std::string& text) {
  std::istringstream words(text);
  std::vector<std::uint64_t> sequences;
  for (std::uint64_t sequence = 0; words >> sequence;) sequences.push_back(sequence);
  return sequences;
}

}  // namespace

std::optional<EvidenceHead> select_evidence_head(Connection& connection, const std::string& store) {
  Query query(connection.prepared(
                  "SELECT sequence, link FROM evidence WHERE store = ? ORDER BY sequence DESC LIMIT 1"),
              store);
  if (!query.next()) return std::nullopt;
  return EvidenceHead{query.count(0), query.blob(1)};
}

void EvidenceLog::append(EvidenceEntry& entry) {
  if (!head_) {
    head_ = select_evidence_head(connection_, store_)
                .value_or(EvidenceHead{0, std::string(view_of(hasher_.first_link(store_)))});
  }
  std::optional<std::int64_t> run;
  if (!entry.run.empty()) {
    run = key_of(entry.run);
    entry.input_sha256 = run_.input_sha256;
    entry.correlation_id = run_.correlation_id;
  }
  entry.sequence = head_->entries + 1;
  secrets_.draw(entry.secret);
  write_evidence_text(store_, entry, text_);
  const Sha256Digest digest = hasher_.digest(entry.secret, text_);
  head_->entries = entry.sequence;
  head_->link = view_of(hasher_.link(head_->link, entry.sequence, view_of(digest)));

  execute_later(
      connection_.appender(
          "INSERT INTO evidence (store, sequence, kind, customer, before, after, decided_at, confirmed_at, "
          "run, line, erases, secret, link) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      store_, entry.sequence, to_string(entry.kind), entry.customer, entry.before, entry.after,
      entry.decided_at, entry.confirmed_at, run, entry.line, sequences_text(entry.erases),
      Bytes{entry.secret}, Bytes{head_->link});
}

std::int64_t EvidenceLog::key_of(const RunId& run) {
  if (run_.id == run) return run_.key;
  execute(connection_.prepared(
              "INSERT INTO evidence_run (id, input_sha256, correlation_id) SELECT ?1, "
              "coalesce(max(input_sha256), ''), coalesce(max(correlation_id), '') FROM run WHERE id = ?1 "
              "ON CONFLICT (id) DO NOTHING"),
          run);
  Query query(connection_.prepared("SELECT key, input_sha256, correlation_id FROM evidence_run WHERE id = ?"),
              run);
  query.next();
  run_ = {run, query.integer(0), query.text(1), query.text(2)};
  return run_.key;
}

void read_evidence_entry(const Query& query, EvidenceEntry& entry) {
  entry.sequence = query.count(0);
  entry.kind = query.text(1) == to_string(EvidenceEntry::Kind::erasure) ? EvidenceEntry::Kind::erasure
                                                                        : EvidenceEntry::Kind::change;
  entry.is_erased = query.integer(2) != 0;
  entry.customer.reset();
  if (!query.is_null(3)) entry.customer = query.customer(3);
  entry.before = query.optional_choice(4);
  entry.after = query.optional_choice(5);
  entry.decided_at = query.optional_time(6);
  entry.confirmed_at = query.optional_time(7);
  entry.run = query.text(8);
  entry.line = query.integer(9);
  entry.input_sha256 = query.text(10);
  entry.correlation_id = query.text(11);
  entry.erases = parse_sequences(query.text(12));
  entry.secret = query.blob(13);
  entry.digest = query.blob(14);
  entry.link = query.blob(15);
}

void chain_old_evidence(Connection& connection) {
  Query query(connection.prepared(
      "SELECT store, customer, before, after, decided_at, confirmed_at, run_id, line FROM evidence_before_5 "
      "ORDER BY "
      "rowid"));
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
}

}  // namespace consent_sync::ledger
