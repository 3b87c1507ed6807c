#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <consent_sync/consent/record.hpp>
#include <consent_sync/ledger/run.hpp>

namespace consent_sync::ledger {

/// One entry of a store's history: a change that the store confirmed, or the erasure of earlier entries. All
/// entries of a store form a chain: each has a link that hashes the link before it, so that no entry can be
/// altered, left out or put in without breaking every link after it.
///
///   digest = HMAC-SHA-256(secret, text)    text: write_evidence_text()
///   link   = SHA-256(link before, sequence as 8 bytes big-endian, digest)
///
/// Before the first entry the link is SHA-256("consent-sync evidence of " + store). What a person's entry
/// says lies beside the chain: once it is erased, the digest stays, and without the secret tells nothing.
struct EvidenceEntry {
  enum class Kind : std::uint8_t { change, erasure };

  Kind kind = Kind::change;
  std::uint64_t sequence = 0;  ///< from 1, without a gap
  bool is_erased = false;      ///< what the change was is gone; sequence, digest and link are left

  std::optional<consent::CustomerId> customer;
  std::optional<consent::Choice> before;  ///< nothing: it was not known
  std::optional<consent::Choice> after;   ///< as the store's reply said
  std::optional<consent::Timestamp> decided_at;
  std::optional<consent::Timestamp> confirmed_at;  ///< of an erasure: when it was done
  RunId run;
  consent::LineNumber line = 0;
  std::string input_sha256;  ///< of the run's input
  std::string correlation_id;
  std::vector<std::uint64_t> erases;  ///< of an erasure: the sequences of what it erased

  std::string secret;  ///< bytes; empty once erased
  std::string digest;  ///< 32 bytes
  std::string link;    ///< 32 bytes
};

std::string_view to_string(EvidenceEntry::Kind kind);

inline constexpr std::size_t evidence_field_count = 13;
using EvidenceFields = std::array<std::pair<std::string_view, std::string>, evidence_field_count>;

/// What an entry says, field by field, in the order and the words of its text and of every export.
EvidenceFields evidence_fields(const std::string& store, const EvidenceEntry& entry);

/// Sequences with a space in between.
std::string sequences_text(const std::vector<std::uint64_t>& sequences);

/// Makes `text` "name: value\n" for each field.
void write_evidence_text(const std::string& store, const EvidenceEntry& entry, std::string& text);

/// Lower-case hexadecimal: how secrets, digests and links are written down.
std::string to_hex(std::string_view bytes);

class EvidenceHasher;

/// Checks the chain of one store, entry by entry.
class EvidenceVerifier {
 public:
  explicit EvidenceVerifier(std::string store);
  ~EvidenceVerifier();

  /// The chain has to pass through `head`, which `witness` noted down. Before the first check().
  void expect(const EvidenceHead& head, const std::string& witness);
  /// Entries in their order.
  void check(const EvidenceEntry& entry);

  struct Verdict {
    EvidenceHead head;
    std::uint64_t changes = 0;
    std::uint64_t erasures = 0;
    std::uint64_t erased = 0;           ///< changes that were erased
    std::uint64_t broken = 0;           ///< findings in all
    std::vector<std::string> findings;  ///< the first of them, as sentences
  };
  /// Once, after the last entry.
  Verdict finish();

 private:
  struct Expected {
    EvidenceHead head;
    std::string witness;
  };

  void find(std::string sentence);
  void check_expected(std::uint64_t sequence, const std::string& link);

  const std::string store_;
  const std::unique_ptr<EvidenceHasher> hasher_;
  std::string text_;
  Verdict verdict_;
  std::multimap<std::uint64_t, Expected> expected_;  ///< those that are still to come, by their entries
  std::set<std::uint64_t> erased_;                   ///< found erased
  std::set<std::uint64_t> accounted_;                ///< named by an erasure
};

}  // namespace consent_sync::ledger
