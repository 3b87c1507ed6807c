#include "evidence_log.hpp"

#include "row_block.hpp"

namespace consent_sync::ledger {
namespace {

constexpr const char* select_blocks =
    "SELECT first_sequence, entries, id, input_sha256, correlation_id FROM evidence_block LEFT JOIN "
    "evidence_run ON key = run WHERE evidence_block.store = ?1 AND (CAST(?2 AS TEXT) IS NULL OR id = ?2) "
    "ORDER BY first_sequence";

void read_run(const Query& block, EvidenceEntry& entry) {
  entry.run = block.text(2);
  entry.input_sha256 = block.text(3);
  entry.correlation_id = block.text(4);
}

/// Of the entry's run all is set, too.
EvidenceEntry erased(const std::string& store, const EvidenceEntry& entry) {
  std::string text;
  write_evidence_text(store, entry, text);
  EvidenceEntry left;
  left.sequence = entry.sequence;
  left.is_erased = true;
  left.digest = view_of(EvidenceHasher().digest(entry.secret, text));
  left.link = entry.link;
  return left;
}

}  // namespace

std::optional<EvidenceHead> select_evidence_head(Connection& connection, const std::string& store) {
  Query query(connection.prepared("SELECT first_sequence, entries FROM evidence_block WHERE store = ? ORDER "
                                  "BY first_sequence DESC LIMIT 1"),
              store);
  if (!query.next()) return std::nullopt;
  EvidenceBlockReader block(query.count(0), query.blob(1));
  EvidenceEntry last;
  while (block.next(last)) continue;
  return EvidenceHead{last.sequence, last.link};
}

void EvidenceLog::append(EvidenceEntry& entry) {
  if (!head_) {
    head_ = select_evidence_head(connection_, store_)
                .value_or(EvidenceHead{0, std::string(view_of(hasher_.first_link(store_)))});
  }
  use_run(entry.run);
  entry.input_sha256 = run_.input_sha256;
  entry.correlation_id = run_.correlation_id;
  entry.sequence = head_->entries + 1;
  secrets_.draw(entry.secret);
  write_evidence_text(store_, entry, text_);
  const Sha256Digest digest = hasher_.digest(entry.secret, text_);
  entry.link = view_of(hasher_.link(head_->link, entry.sequence, view_of(digest)));
  head_->entries = entry.sequence;
  head_->link = entry.link;
  block_.add(entry);
  if (block_.is_full()) finish();
}

void EvidenceLog::finish() {
  if (block_.is_empty()) return;
  execute_later(
      connection_.appender("INSERT INTO evidence_block (store, first_sequence, run, entries) VALUES "
                           "(?, ?, ?, ?)"),
      store_, block_.first_sequence(), run_.key, Bytes{block_.bytes()});
  block_.clear();
}

void EvidenceLog::use_run(const RunId& run) {
  if (run_.id == run) return;
  finish();
  run_ = {};
  if (run.empty()) return;
  execute(connection_.prepared(
              "INSERT INTO evidence_run (id, input_sha256, correlation_id) SELECT ?1, "
              "coalesce(max(input_sha256), ''), coalesce(max(correlation_id), '') FROM run WHERE id = ?1 "
              "ON CONFLICT (id) DO NOTHING"),
          run);
  Query query(connection_.prepared("SELECT key, input_sha256, correlation_id FROM evidence_run WHERE id = ?"),
              run);
  query.next();
  run_ = {run, query.integer(0), query.text(1), query.text(2)};
}

std::vector<std::uint64_t> erase_from_evidence(Connection& connection, const std::string& store,
                                               consent::CustomerId customer) {
  std::vector<std::uint64_t> sequences;
  std::vector<EvidenceBlock> rewritten;
  {
    Query query(connection.scan(select_blocks), store, std::optional<RunId>());
    while (query.next()) {
      std::string entries = query.blob(1);
      if (!may_have(entries, customer)) continue;
      const std::size_t erased_before = sequences.size();
      EvidenceBlock block;
      EvidenceBlockReader reader(query.count(0), std::move(entries));
      for (EvidenceEntry entry; reader.next(entry); block.add(entry)) {
        if (entry.customer != customer) continue;
        read_run(query, entry);
        entry = erased(store, entry);
        sequences.push_back(entry.sequence);
      }
      if (sequences.size() != erased_before) rewritten.push_back(std::move(block));
    }
  }
  for (const EvidenceBlock& block : rewritten) {
    execute(connection.prepared("UPDATE evidence_block SET erased = ?, entries = ? WHERE store = ? AND "
                                "first_sequence = ?"),
            block.erased(), Bytes{block.bytes()}, store, block.first_sequence());
  }
  return sequences;
}

EvidenceReader::EvidenceReader(Connection& connection, const std::string& store, const EvidenceFilter& filter)
    : blocks_(connection.scan(select_blocks), store,
              filter.run.empty() ? std::nullopt : std::optional(filter.run)),
      filter_(filter) {}

// What an erased entry was is gone, its run as well.
bool EvidenceReader::next(EvidenceEntry& entry) {
  while (block_ || next_block()) {
    while (block_->next(entry)) {
      if (filter_.customer && entry.customer != filter_.customer) continue;
      if (entry.is_erased && !filter_.run.empty()) continue;
      if (!entry.is_erased) read_run(blocks_, entry);
      return true;
    }
    block_.reset();
  }
  return false;
}

bool EvidenceReader::next_block() {
  while (blocks_.next()) {
    std::string entries = blocks_.blob(1);
    if (filter_.customer && !may_have(entries, *filter_.customer)) continue;
    block_.emplace(blocks_.count(0), std::move(entries));
    return true;
  }
  return false;
}

}  // namespace consent_sync::ledger
