#include "evidence_block.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include "database/connection.hpp"
#include "staging/bytes.hpp"

namespace consent_sync::ledger {
namespace {

constexpr unsigned is_erasure = 1;
constexpr unsigned has_been_erased = 2;
constexpr unsigned has_customer = 4;
constexpr unsigned has_decided_at = 8;
constexpr unsigned has_confirmed_at = 16;

unsigned flags_of(const EvidenceEntry& entry) {
  return (entry.kind == EvidenceEntry::Kind::erasure ? is_erasure : 0) |
         (entry.is_erased ? has_been_erased : 0) | (entry.customer ? has_customer : 0) |
         (entry.decided_at ? has_decided_at : 0) | (entry.confirmed_at ? has_confirmed_at : 0);
}

void put_sequences(std::string& bytes, const std::vector<std::uint64_t>& sequences) {
  put_number(bytes, sequences.size());
  for (const std::uint64_t sequence : sequences) put_number(bytes, sequence);
}

void read_sequences(ByteReader& bytes, std::vector<std::uint64_t>& sequences) {
  sequences.clear();
  for (std::uint64_t left = bytes.number(); left > 0; --left) sequences.push_back(bytes.number());
}

}  // namespace

// Of what has been erased only the digest and the link are left.
void EvidenceBlock::add(const EvidenceEntry& entry) {
  put_byte(bytes_, flags_of(entry));
  if (entry.customer) put_number(bytes_, static_cast<std::uint64_t>(entry.customer->value()));
  if (!entry.is_erased) {
    put_byte(bytes_, byte_of(entry.before));
    put_byte(bytes_, byte_of(entry.after));
    put_signed(bytes_, difference(entry.line, line_));
    line_ = entry.line;
    put_sequences(bytes_, entry.erases);
  }
  if (entry.confirmed_at) {
    const std::int64_t confirmed_at = microseconds(*entry.confirmed_at);
    put_signed(bytes_, difference(confirmed_at, confirmed_at_));
    confirmed_at_ = confirmed_at;
  }
  if (entry.decided_at) put_signed(bytes_, difference(microseconds(*entry.decided_at), confirmed_at_));
  put_text(bytes_, entry.is_erased ? entry.digest : entry.secret);
  put_text(bytes_, entry.link);
  ++entries_;
  if (entry.is_erased) ++erased_;
  last_sequence_ = entry.sequence;
}

bool EvidenceBlockReader::next(EvidenceEntry& entry) {
  if (at_ == bytes_.size()) return false;
  read_stored([&] { read(entry); });
  return true;
}

void EvidenceBlockReader::read(EvidenceEntry& entry) {
  ByteReader bytes(std::string_view(bytes_).substr(at_));
  const unsigned flags = bytes.byte();
  entry = {};
  entry.kind = (flags & is_erasure) != 0 ? EvidenceEntry::Kind::erasure : EvidenceEntry::Kind::change;
  entry.sequence = next_sequence_++;
  entry.is_erased = (flags & has_been_erased) != 0;
  if ((flags & has_customer) != 0)
    entry.customer = consent::CustomerId::from(static_cast<std::int64_t>(bytes.number()));
  if (!entry.is_erased) {
    entry.before = choice_of(bytes.byte());
    entry.after = choice_of(bytes.byte());
    entry.line = line_ = sum(line_, bytes.signed_number());
    read_sequences(bytes, entry.erases);
  }
  if ((flags & has_confirmed_at) != 0) {
    confirmed_at_ = sum(confirmed_at_, bytes.signed_number());
    entry.confirmed_at = timestamp_of(confirmed_at_);
  }
  if ((flags & has_decided_at) != 0)
    entry.decided_at = timestamp_of(sum(confirmed_at_, bytes.signed_number()));
  (entry.is_erased ? entry.digest : entry.secret) = bytes.text();
  entry.link = bytes.text();
  at_ = bytes_.size() - bytes.left();
}

}  // namespace consent_sync::ledger
