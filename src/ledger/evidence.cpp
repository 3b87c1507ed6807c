#include <consent_sync/ledger/evidence.hpp>

#include <charconv>
#include <concepts>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "evidence_hash.hpp"

namespace consent_sync::ledger {
namespace {

constexpr std::size_t link_size = 32;

bool has_change(const EvidenceEntry& entry) {
  return entry.kind == EvidenceEntry::Kind::change && !entry.is_erased;
}

void append(std::string& text, std::integral auto number) {
  const fmt::format_int digits(number);
  text.append(digits.data(), digits.size());
}

void append(std::string& text, const std::optional<consent::Choice>& choice) {
  if (!choice || choice->is_empty()) {
    text += choice ? "undecided" : "unknown";
  } else {
    append_to(text, *choice);
  }
}

void append(std::string& text, const std::optional<consent::Timestamp>& time) {
  if (time) consent::append_rfc3339(text, *time);
}

/// What an entry of a store says, in the order of its text.
struct Field {
  std::string_view name;
  void (*append_value)(std::string& text, const std::string& store, const EvidenceEntry& entry);
};

using Text = std::string&;
using Store = const std::string&;
using Entry = const EvidenceEntry&;

constexpr std::array<Field, evidence_field_count> all_fields{{
    {"kind", [](Text text, Store, Entry entry) { text += to_string(entry.kind); }},
    {"store", [](Text text, Store store, Entry) { text += store; }},
    {"sequence", [](Text text, Store, Entry entry) { append(text, entry.sequence); }},
    {"customer_id",
     [](Text text, Store, Entry entry) {
       if (entry.customer) append(text, entry.customer->value());
     }},
    {"before",
     [](Text text, Store, Entry entry) {
       if (has_change(entry)) append(text, entry.before);
     }},
    {"after",
     [](Text text, Store, Entry entry) {
       if (has_change(entry)) append(text, entry.after);
     }},
    {"decided_at", [](Text text, Store, Entry entry) { append(text, entry.decided_at); }},
    {"confirmed_at", [](Text text, Store, Entry entry) { append(text, entry.confirmed_at); }},
    {"run", [](Text text, Store, Entry entry) { text += entry.run; }},
    {"line",
     [](Text text, Store, Entry entry) {
       if (has_change(entry)) append(text, entry.line);
     }},
    {"input_sha256", [](Text text, Store, Entry entry) { text += entry.input_sha256; }},
    {"correlation_id", [](Text text, Store, Entry entry) { text += entry.correlation_id; }},
    {"erases", [](Text text, Store, Entry entry) { text += sequences_text(entry.erases); }},
}};

}  // namespace

std::string_view to_string(EvidenceEntry::Kind kind) {
  return kind == EvidenceEntry::Kind::change ? "change" : "erasure";
}

EvidenceFields evidence_fields(const std::string& store, const EvidenceEntry& entry) {
  EvidenceFields fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    fields[i].first = all_fields[i].name;
    all_fields[i].append_value(fields[i].second, store, entry);
  }
  return fields;
}

void write_evidence_text(const std::string& store, const EvidenceEntry& entry, std::string& text) {
  text.clear();
  for (const Field& field : all_fields) {
    text.append(field.name).append(": ");
    field.append_value(text, store, entry);
    text += '\n';
  }
}

std::string sequences_text(const std::vector<std::uint64_t>& sequences) {
  return sequences.empty() ? "" : fmt::format("{}", fmt::join(sequences, " "));
}

std::string to_string(const EvidenceHead& head) {
  return fmt::format("{}:{}", head.entries, to_hex(head.link));
}

std::optional<EvidenceHead> parse_evidence_head(std::string_view text) {
  EvidenceHead head;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, head.entries);
  if (error != std::errc() || at == end || *at != ':') return std::nullopt;
  head.link = from_hex(std::string_view(at + 1, static_cast<std::size_t>(end - at - 1)));
  if (head.link.size() != link_size) return std::nullopt;
  return head;
}

}  // namespace consent_sync::ledger
