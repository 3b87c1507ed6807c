#include <consent_sync/ledger/evidence.hpp>

#include <fmt/format.h>

#include "evidence_hash.hpp"

namespace consent_sync::ledger {
namespace {

constexpr std::size_t most_told = 100;

std::string entries_named(std::uint64_t first, std::uint64_t last) {
  return first == last ? fmt::format("entry {} is", first) : fmt::format("entries {} to {} are", first, last);
}

}  // namespace

EvidenceVerifier::EvidenceVerifier(std::string store)
    : store_(std::move(store)), hasher_(std::make_unique<EvidenceHasher>()) {
  verdict_.head = {0, std::string(view_of(hasher_->first_link(store_)))};
}

EvidenceVerifier::~EvidenceVerifier() = default;

void EvidenceVerifier::expect(const EvidenceHead& head, const std::string& witness) {
  if (head.entries != 0) expected_.emplace(head.entries, Expected{head, witness});
}

void EvidenceVerifier::check(const EvidenceEntry& entry) {
  const std::uint64_t next = verdict_.head.entries + 1;
  if (entry.sequence > next) find(entries_named(next, entry.sequence - 1) + " missing");
  if (entry.sequence < next) find(fmt::format("entry {} stands out of its place", entry.sequence));

  std::string digest = entry.digest;
  if (!entry.is_erased) {
    write_evidence_text(store_, entry, text_);
    digest = view_of(hasher_->digest(entry.secret, text_));
    for (const std::uint64_t sequence : entry.erases) accounted_.insert(sequence);
  }
  // After a gap the link has to be believed: what comes after it can still be held against it.
  const bool follows = entry.sequence == next;
  if (follows && entry.link != view_of(hasher_->link(verdict_.head.link, entry.sequence, digest))) {
    find(fmt::format("entry {} is not what was recorded: its link does not match", entry.sequence));
  }
  if (entry.is_erased) {
    erased_.insert(entry.sequence);
    ++verdict_.erased;
  } else if (entry.kind == EvidenceEntry::Kind::change) {
    ++verdict_.changes;
  } else {
    ++verdict_.erasures;
  }
  verdict_.head = {entry.sequence, entry.link};
  check_expected(entry.sequence, entry.link);
}

EvidenceVerifier::Verdict EvidenceVerifier::finish() {
  for (const std::uint64_t sequence : erased_) {
    if (!accounted_.contains(sequence)) {
      find(fmt::format("entry {} was taken out, and no erasure accounts for it", sequence));
    }
  }
  for (const auto& [entries, left] : expected_) {
    find(fmt::format("the history ends at entry {}, but {} saw {} entries", verdict_.head.entries,
                     left.witness, entries));
  }
  return std::move(verdict_);
}

void EvidenceVerifier::check_expected(std::uint64_t sequence, const std::string& link) {
  while (!expected_.empty() && expected_.begin()->first <= sequence) {
    const Expected& seen = expected_.begin()->second;
    if (seen.head.entries != sequence || seen.head.link != link) {
      find(fmt::format("entry {} is not the one that {} saw", seen.head.entries, seen.witness));
    }
    expected_.erase(expected_.begin());
  }
}

void EvidenceVerifier::find(std::string sentence) {
  ++verdict_.broken;
  if (verdict_.findings.size() < most_told) verdict_.findings.push_back(std::move(sentence));
}

}  // namespace consent_sync::ledger
