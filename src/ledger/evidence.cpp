#include <consent_sync/ledger/evidence.hpp>

#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "evidence_hash.hpp"

namespace consent_sync::ledger {
namespace {

constexpr std::size_t link_size = 32;

std::string words_for(const std::optional<consent::Choice>& choice) {
  if (!choice) return "unknown";
  return choice->is_empty() ? "undecided" : to_string(*choice);
}

std::string words_for(const std::optional<consent::Timestamp>& time) {
  return time ? consent::to_rfc3339(*time) : "";
}

}  // namespace

std::string_view to_string(EvidenceEntry::Kind kind) {
  return kind == EvidenceEntry::Kind::change ? "change" : "erasure";
}

EvidenceFields evidence_fields(const std::string& store, const EvidenceEntry& entry) {
  const bool has_change = entry.kind == EvidenceEntry::Kind::change && !entry.is_erased;
  return {{
      {"kind", std::string(to_string(entry.kind))},
      {"store", store},
      {"sequence", fmt::format_int(entry.sequence).str()},
      {"customer_id", entry.customer ? fmt::format_int(entry.customer->value()).str() : ""},
      {"before", has_change ? words_for(entry.before) : ""},
      {"after", has_change ? words_for(entry.after) : ""},
      {"decided_at", words_for(entry.decided_at)},
      {"confirmed_at", words_for(entry.confirmed_at)},
      {"run", entry.run},
      {"line", has_change ? fmt::format_int(entry.line).str() : ""},
      {"input_sha256", entry.input_sha256},
      {"correlation_id", entry.correlation_id},
      {"erases", sequences_text(entry.erases)},
  }};
}

std::string sequences_text(const std::vector<std::uint64_t>& sequences) {
  return sequences.empty() ? "" : fmt::format("{}", fmt::join(sequences, " "));
}

std::string evidence_text(const EvidenceFields& fields) {
  std::string text;
  text.reserve(512);
  for (const auto& [name, value] : fields) text.append(name).append(": ").append(value).append("\n");
  return text;
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
