#include <consent_sync/report/history.hpp>

#include <ostream>

#include "csv.hpp"
#include "json_writer.hpp"

namespace consent_sync::report {
namespace {

struct Hash {
  std::string_view name;
  std::string value;
};

std::array<Hash, 3> hashes_of(const ledger::EvidenceEntry& entry) {
  return {{{"secret", ledger::to_hex(entry.secret)},
           {"digest", ledger::to_hex(entry.digest)},
           {"link", ledger::to_hex(entry.link)}}};
}

void write_header(std::ostream& out) {
  for (const auto& [name, value] : ledger::evidence_fields("", {})) out << name << ',';
  out << "secret,digest,link\n";
}

void write_csv(const ledger::EvidenceEntry& entry, const std::string& store, std::ostream& out) {
  for (const auto& [name, value] : ledger::evidence_fields(store, entry)) out << csv_cell(value) << ',';
  const auto hashes = hashes_of(entry);
  out << hashes[0].value << ',' << hashes[1].value << ',' << hashes[2].value << '\n';
}

bool is_number(std::string_view name) {
  return name == "sequence" || name == "line" || name == "customer_id";
}

void write_json(const ledger::EvidenceEntry& entry, const std::string& store, std::ostream& out) {
  char before = '{';
  for (const auto& [name, value] : ledger::evidence_fields(store, entry)) {
    if (value.empty()) continue;
    out << before << '"' << name << "\":" << (is_number(name) ? value : json_text(value));
    before = ',';
  }
  for (const auto& [name, value] : hashes_of(entry)) {
    if (!value.empty()) out << ",\"" << name << "\":\"" << value << '"';
  }
  out << "}\n";
}

}  // namespace

void write_history(ledger::EvidenceCursor& history, const std::string& store, HistoryFormat format,
                   std::ostream& out) {
  if (format == HistoryFormat::csv) write_header(out);
  while (const ledger::EvidenceEntry* entry = history.next()) {
    if (!out) return;
    if (format == HistoryFormat::csv) {
      write_csv(*entry, store, out);
    } else {
      write_json(*entry, store, out);
    }
  }
}

}  // namespace consent_sync::report
